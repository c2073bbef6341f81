// One child: the file, and everything that was done on one time line.

import { useQuery } from "@connectrpc/connect-query";
import { Code, ConnectError } from "@connectrpc/connect";
import { Button } from "antd";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { CareLevelSchema, GuardianshipTypeSchema, SexSchema, type Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { ChildService } from "../../gen/tonghu/registry/v1/child_service_pb.ts";
import { formatDay, formatTime } from "../../shared/dates.ts";
import { idOf, resource } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { useBack } from "../kit/back.ts";
import { useNames } from "../kit/names.tsx";
import { Facts, LoadedPage, Page, Section } from "../kit/page.tsx";
import { useCounty } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { ChildPairings } from "../pairings/child_pairings.tsx";
import { BreakGlass } from "./break_glass.tsx";
import { ChangeChild } from "./child_form.tsx";
import { ChildTimeline } from "./child_timeline.tsx";
import { RecordContact } from "./contact_form.tsx";
import { ReportEmergency } from "./emergency_form.tsx";
import { Phone } from "./facts.tsx";
import { childForm, contactForm, emergencyForm } from "./form_text.ts";
import { Readers } from "./readers.tsx";
import { children as t } from "./text.ts";

export function ChildPage() {
  const name = resource(useCounty(), "children", useParams().id ?? "");
  const child = useQuery(ChildService.method.getChild, { name });
  if (child.error !== null && ConnectError.from(child.error).code === Code.PermissionDenied) {
    return <BreakGlass child={name} opened={() => void child.refetch()} />;
  }
  return <LoadedPage title={t.title} query={child}>{(found) => <Shown child={found} />}</LoadedPage>;
}

function Shown({ child }: { child: Child }) {
  const me = useMe();
  const back = useBack(`/${useCounty()}/children`);
  const names = useNames([child.school]);
  return (
    <Page
      title={child.displayName}
      about={`${names(child.school)}　${kit.classOf(child.grade, child.classNumber)}　${wordOf(CareLevelSchema, child.careLevel || 1)}`}
      actions={
        <>
          <Button onClick={back}>{kit.back}</Button>
          <Button onClick={() => window.print()}>{t.print}</Button>
          <Actions child={child} />
        </>
      }
    >
      <div className="two-columns">
        <div>
          <div className="print-only"><File child={child} /></div>
          <div className="no-print"><ChildTimeline child={child.name} /></div>
        </div>
        <aside>
          <div className="no-print"><File child={child} /></div>
          {me.may("pairings.read") && <ChildPairings child={child.name} />}
          <div className="no-print"><Readers child={child.name} /></div>
        </aside>
      </div>
    </Page>
  );
}

/** What can be done for the child; one form at a time. */
function Actions({ child }: { child: Child }) {
  const me = useMe();
  const county = useCounty();
  const navigate = useNavigate();
  const [doing, setDoing] = useState<"" | "change" | "contact" | "emergency">("");
  const close = () => setDoing("");
  return (
    <>
      {me.may("children.update") && <Button onClick={() => setDoing("change")}>{childForm.open}</Button>}
      {me.may("emergencies.report") && <Button danger onClick={() => setDoing("emergency")}>{emergencyForm.open}</Button>}
      {me.may("contacts.create") && <Button type="primary" onClick={() => setDoing("contact")}>{contactForm.open}</Button>}
      {doing === "change" && <ChangeChild child={child} close={close} />}
      {doing === "contact" && <RecordContact child={child} close={close} />}
      {doing === "emergency" && (
        <ReportEmergency child={child} close={close} reported={(alert) => navigate(`/${county}/alerts/${idOf(alert.name)}`)} />
      )}
    </>
  );
}

function File({ child }: { child: Child }) {
  const { guardian } = child;
  return (
    <Section title={t.file}>
      <Facts
        items={[
          [t.columns.sex, wordOf(SexSchema, child.sex)],
          [t.birth, child.birthDate.includes("*") ? child.birthDate : formatDay(child.birthDate)],
          [t.idNumber, <span className="number">{child.identityNumber}</span>],
          [t.ethnic, child.ethnicGroup],
          [t.boarding, child.boarding ? t.yes : t.no],
          [t.columns.guardianship, wordOf(GuardianshipTypeSchema, child.guardianshipType)],
          [t.columns.guardian, guardian && t.relation(guardian.relation, guardian.displayName)],
          [t.columns.phone, guardian && <Phone number={guardian.phone} />],
          ...child.parents.map((parent): [string, React.ReactNode] => [
            parent.relation || t.parents,
            <>
              {parent.displayName}　<Phone number={parent.phone} />
              {parent.workplace !== "" && <div className="quiet">{t.workplace}：{parent.workplace}</div>}
            </>,
          ]),
          [t.registered, formatTime(child.createTime)],
          [t.updated, formatTime(child.updateTime)],
        ]}
      />
    </Section>
  );
}
