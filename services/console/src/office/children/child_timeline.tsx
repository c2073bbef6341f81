// Pairings, duties, contacts, absences and alerts of a child, on one time line, the newest on top.

import { Segmented, Tag, Timeline } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { AlertService } from "../../gen/tonghu/alerts/v1/alert_service_pb.ts";
import { SignalService } from "../../gen/tonghu/alerts/v1/signal_service_pb.ts";
import { ContactKindSchema, ContactService, type Contact } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DutyKindSchema, DutyState, DutyStateSchema } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { DutyService } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { PairingEndReasonSchema, PairingRoleSchema, PairingService } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDay, formatTime, millis, startOfDay } from "../../shared/dates.ts";
import { countyOf, idOf, parentOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { moreOf, StateTag, whatOf } from "../alerts/words.tsx";
import { useNames } from "../kit/names.tsx";
import { Nothing, Section, Trouble } from "../kit/page.tsx";
import { useList } from "../kit/pages.tsx";
import { useFilters } from "../kit/place.ts";
import { nthOf, windowOf } from "../kit/window_of.ts";
import { ChangeContact } from "./change_contact.tsx";
import { ExcuseDuty } from "./excuse_duty.tsx";
import { Marks } from "./marks.tsx";
import { children as t } from "./text.ts";

type Kind = "contacts" | "duties" | "alerts" | "pairings" | "absences";

interface Moment {
  key: string;
  kind: Kind;
  at: number;
  when: string;
  color: string;
  what: ReactNode;
}

export function ChildTimeline({ child }: { child: string }) {
  const [{ show }, setFilters] = useFilters({ show: "all" });
  // Duties to come are listed where duties alone are asked for: there they can be excused ahead.
  const { moments, error } = useMoments(child, show === "duties");
  const shown = moments.filter(({ kind }) => show === "all" || kind === show).sort((a, b) => b.at - a.at);
  return (
    <Section
      title={t.timeline}
      actions={
        <Segmented size="small" value={show} onChange={(next) => setFilters({ show: next as string })}
          options={Object.entries(t.show).map(([value, label]) => ({ value, label }))} />
      }
    >
      {error != null && <Trouble error={error} />}
      {shown.length === 0 ? <Nothing>{t.timelineEmpty}</Nothing> : (
        <Timeline
          items={shown.map(({ key, color, when, what }) => ({
            key,
            color,
            content: <><span className="quiet">{when}</span>　{what}</>,
          }))}
        />
      )}
    </Section>
  );
}

function useMoments(child: string, withComing: boolean): { moments: Moment[]; error: unknown } {
  const me = useMe();
  const input = { parent: parentOf(countyOf(child)), child, pageSize: 200 };
  const contacts = useList(ContactService.method.listContacts, { ...input, showWithdrawn: true }, (a) => a.contacts, { enabled: me.may("contacts.read") });
  const duties = useList(DutyService.method.listDuties, input, (a) => a.duties, { enabled: me.may("duties.read") });
  const pairings = useList(PairingService.method.listPairings, { ...input, showEnded: true }, (a) => a.pairings, { enabled: me.may("pairings.read") });
  const alerts = useList(AlertService.method.listAlerts, input, (a) => a.alerts, { enabled: me.may("alerts.read") });
  const absences = useList(SignalService.method.listAbsences, input, (a) => a.absences, { enabled: me.may("attendances.read") });
  const names = useNames([...[...contacts.rows, ...duties.rows, ...pairings.rows].map((row) => row.helper), ...contacts.rows.flatMap((row) => row.togetherWith)]);
  const nth = nthOf(duties.rows);
  const dutyKinds = new Map(duties.rows.map(({ name, kind }) => [name, wordOf(DutyKindSchema, kind)]));
  const closed = ({ closedDuties }: Contact) => closedDuties.length > 0 && (
    <span className="quiet">{t.closed([...new Set(closedDuties.map((name) => dutyKinds.get(name)))].filter(Boolean).join("、"))} </span>
  );
  const moments: Moment[] = [
    ...contacts.rows.map((row): Moment => ({
      key: row.name, kind: "contacts", at: millis(row.happenTime) ?? 0, when: formatTime(row.happenTime), color: row.withdrawn ? "#8793a8" : "#237804",
      what: <>{row.withdrawn ? <><del>{t.contact(wordOf(ContactKindSchema, row.kind), names(row.helper))}</del> <Tag>{t.withdrawn}</Tag></> : <b>{t.contact(wordOf(ContactKindSchema, row.kind), names(row.helper))}</b>} <Marks contact={row} />{row.group !== "" && <Tag>{t.group}</Tag>}{row.togetherWith.length > 0 && <span className="quiet">{t.together(row.togetherWith.map(names).join("、"))} </span>}{closed(row)}<ChangeContact contact={row} />{row.note !== "" && <p className="prose note-text">{row.note}</p>}</>,
    })),
    ...duties.rows.filter((row) => withComing || (millis(row.windowStart) ?? 0) <= now()).map((row): Moment => ({
      key: row.name, kind: "duties", at: millis(row.windowStart) ?? 0, color: row.missed ? "#cf1322" : "#8793a8",
      when: windowOf(row),
      what: (
        <>
          {t.dutyOf(wordOf(DutyKindSchema, row.kind), wordOf(DutyStateSchema, row.state), nth.get(row.name))}　{names(row.helper)}
          {row.state === DutyState.OPEN && me.may("duties.excuse") && <ExcuseDuty duty={row} />}
          {row.excuse !== "" && <p className="prose note-text">{row.excuse}</p>}
        </>
      ),
    })),
    ...pairings.rows.map((row): Moment => ({
      key: row.name, kind: "pairings", at: millis(row.startTime) ?? 0, when: formatTime(row.startTime), color: "#0958d9",
      what: t.paired(wordOf(PairingRoleSchema, row.role), names(row.helper)),
    })),
    ...pairings.rows.filter((row) => row.endTime !== undefined).map((row): Moment => ({
      key: `${row.name}-end`, kind: "pairings", at: millis(row.endTime) ?? 0, when: formatTime(row.endTime), color: "#8793a8",
      what: t.unpaired(wordOf(PairingRoleSchema, row.role), names(row.helper), wordOf(PairingEndReasonSchema, row.endReason)),
    })),
    ...alerts.rows.map((row): Moment => ({
      key: row.name, kind: "alerts", at: millis(row.raiseTime) ?? 0, when: formatTime(row.raiseTime), color: "#cf1322",
      what: <><Link className="strong" to={`/${countyOf(child)}/alerts/${idOf(row.name)}`}>{whatOf(row)}</Link> <span className="quiet">{moreOf(row)}</span> <StateTag state={row.state} /></>,
    })),
    ...absences.rows.map((row): Moment => ({
      key: `absent-${row.morning?.date}`, kind: "absences", at: startOfDay(row.morning?.date ?? ""), when: formatDay(row.morning?.date ?? ""), color: "#ad4e00",
      what: row.morning?.withLeave ? t.absentWithLeave : t.absent,
    })),
  ];
  return { moments, error: [contacts, duties, pairings, alerts, absences].find(({ error }) => error != null)?.error };
}
