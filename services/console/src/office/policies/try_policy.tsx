// Who would be told now, if nobody answered.

import { useQuery } from "@connectrpc/connect-query";
import { Select } from "antd";
import { useState } from "react";
import { AlertKind, type EscalationPolicy } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { PolicyService } from "../../gen/tonghu/alerts/v1/policy_service_pb.ts";
import { ChildService } from "../../gen/tonghu/registry/v1/child_service_pb.ts";
import { Timeline } from "../alerts/timeline.tsx";
import { Loaded, Section } from "../kit/page.tsx";
import { useParent } from "../kit/place.ts";
import { SchoolChoice } from "../kit/schools.tsx";
import { kit } from "../kit/text.ts";
import { policies as t } from "./text.ts";

export function TryPolicy({ kind, policy }: { kind: number; policy: EscalationPolicy | undefined }) {
  const ofSchool = [AlertKind.ATTENDANCE_NOT_SENT, AlertKind.WHISPER_OVERDUE, AlertKind.TERM_MISSING].includes(kind);
  const [child, setChild] = useState("");
  const [school, setSchool] = useState("");
  const who = ofSchool ? school : child;
  return (
    <Section title={t.try}>
      <p className="quiet">{ofSchool ? t.trySchool : t.tryHelp}{policy !== undefined && t.tryDraft}</p>
      {ofSchool ? <SchoolChoice label={kit.all} value={school} onChange={setSchool} /> : <ChildChoice value={child} change={setChild} />}
      {who !== "" && <Told kind={kind} child={ofSchool ? "" : child} school={ofSchool ? school : ""} policy={policy} />}
    </Section>
  );
}

function Told({ kind, child, school, policy }: { kind: number; child: string; school: string; policy: EscalationPolicy | undefined }) {
  const parent = useParent();
  const told = useQuery(PolicyService.method.tryEscalationPolicy, { parent, kind, child, school, ...(policy === undefined ? {} : { policy }) });
  return <Loaded query={told}>{({ entries }) => <div style={{ marginTop: 16 }}><Timeline entries={entries} /></div>}</Loaded>;
}

/** A child by the beginning of the name. */
function ChildChoice({ value, change }: { value: string; change: (child: string) => void }) {
  const parent = useParent();
  const [typed, setTyped] = useState("");
  const found = useQuery(ChildService.method.listChildren, { parent, displayNamePrefix: typed, pageSize: 20 }, { placeholderData: (before) => before });
  return (
    <Select
      aria-label={t.child}
      placeholder={t.childHint}
      value={value === "" ? undefined : value}
      onChange={change}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      style={{ width: 260 }}
      options={found.data?.children.map((child) => ({ value: child.name, label: `${child.displayName} ${kit.classOf(child.grade, child.classNumber)}` }))}
    />
  );
}
