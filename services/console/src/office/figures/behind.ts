// The events that a number of the figures counts: what they are, and how they are found.

import { AlertAction, type Alert } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { AlertService } from "../../gen/tonghu/alerts/v1/alert_service_pb.ts";
import { ContactKindSchema, ContactService } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DutyKindSchema, DutyState, DutyStateSchema, type Duty } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { DutyService } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { ChildService } from "../../gen/tonghu/registry/v1/child_service_pb.ts";
import { formatTime, millis, startOfDay, timestamp } from "../../shared/dates.ts";
import { wordOf } from "../../shared/words.ts";
import { moreOf, whatOf } from "../alerts/words.tsx";
import { allRows } from "../kit/all_rows.ts";
import { windowOf } from "../kit/window_of.ts";
import type { Sum } from "./sum.ts";
import { figures as t } from "./text.ts";

export type Figure = keyof Sum;

/** Which number: a figure of a place from one Monday until before another. */
export interface Question {
  parent: string;
  figure: Figure;
  from: string;
  before: string;
  /** A county's or township's code, or a school's name. */
  place: string;
  /** The schools of the place; undefined for the whole county. */
  schools: string[] | undefined;
}

/** One event. */
export interface Event {
  key: string;
  child: string;
  school: string;
  who: string;
  when: string;
  what: string;
  /** The alert's name; empty for others. */
  alert: string;
}

// A week's figures are those of its duties' states (services/pairing/README.md, Figures).
const duties: Partial<Record<Figure, (duty: Duty) => boolean>> = {
  dutiesDue: ({ state }) => state !== DutyState.OPEN,
  done: ({ state }) => state === DutyState.DONE,
  doneLateReported: ({ state, reportedLate }) => state === DutyState.DONE && reportedLate,
  excused: ({ state }) => state === DutyState.EXCUSED,
  missed: ({ state }) => state === DutyState.MISSED || state === DutyState.DONE_LATE,
  doneLate: ({ state }) => state === DutyState.DONE_LATE,
};

const alerts: Partial<Record<Figure, AlertAction>> = {
  alertsRaised: AlertAction.RAISED,
  alertsAcknowledged: AlertAction.ACKNOWLEDGED,
  alertsResolved: AlertAction.RESOLVED,
};

const day = 86_400_000;
const longestContact = 60 * day; // a contact is reported within 60 days
const longestAlert = 180 * day;

export async function eventsBehind(question: Question, signal: AbortSignal): Promise<Event[]> {
  const counts = duties[question.figure];
  const action = alerts[question.figure];
  if (action !== undefined) return alertEvents(question, action, signal);
  const inside = await childrenOf(question, signal);
  return counts === undefined ? contactEvents(question, inside, signal) : dutyEvents(question, counts, inside, signal);
}

/** The children who are at the place's schools now; undefined: all of the county. */
async function childrenOf({ parent, schools }: Question, signal: AbortSignal): Promise<Set<string> | undefined> {
  if (schools === undefined) return undefined;
  const children = new Set<string>();
  for (const school of schools) {
    const rows = await allRows(ChildService.method.listChildren, { parent, school, pageSize: 1000 }, (answer) => answer.children, { purpose: t.purpose, signal });
    rows.forEach(({ name }) => children.add(name));
  }
  return children;
}

async function dutyEvents({ parent, from, before }: Question, counts: (duty: Duty) => boolean, inside: Set<string> | undefined, signal: AbortSignal): Promise<Event[]> {
  const input = { parent, windowFrom: timestamp(startOfDay(from)), windowBefore: timestamp(startOfDay(before)), pageSize: 1000 };
  const rows = await allRows(DutyService.method.listDuties, input, (answer) => answer.duties, { purpose: t.purpose, signal });
  // A duty counts in the week in which its window begins, however long the window is.
  const begins = (duty: Duty) => (millis(duty.windowStart) ?? 0) >= startOfDay(from);
  return rows.filter((duty) => begins(duty) && counts(duty) && (inside === undefined || inside.has(duty.child))).map((duty) => ({
    key: duty.name, child: duty.child, school: "", who: duty.helper, alert: "",
    when: windowOf(duty),
    what: [wordOf(DutyKindSchema, duty.kind), wordOf(DutyStateSchema, duty.state), duty.reportedLate ? t.reportedLate : "", duty.excuse].filter(Boolean).join("　"),
  }));
}

async function contactEvents({ parent, from, before }: Question, inside: Set<string> | undefined, signal: AbortSignal): Promise<Event[]> {
  const [start, end] = [startOfDay(from), startOfDay(before)];
  const input = { parent, happenFrom: timestamp(start - longestContact), happenBefore: timestamp(end), pageSize: 1000 };
  const rows = await allRows(ContactService.method.listContacts, input, (answer) => answer.contacts, { purpose: t.purpose, signal });
  const reported = (time: number) => time >= start && time < end;
  return rows.filter((contact) => reported(millis(contact.reportTime) ?? 0) && (inside === undefined || inside.has(contact.child))).map((contact) => ({
    key: contact.name, child: contact.child, school: "", who: contact.helper, alert: "",
    when: formatTime(contact.happenTime),
    what: `${wordOf(ContactKindSchema, contact.kind)}　${t.reportedAt(formatTime(contact.reportTime))}`,
  }));
}

async function alertEvents({ parent, from, before, place, schools }: Question, action: AlertAction, signal: AbortSignal): Promise<Event[]> {
  const [start, end] = [startOfDay(from), startOfDay(before)];
  const input = { parent, raiseFrom: timestamp(action === AlertAction.RAISED ? start : start - longestAlert), raiseBefore: timestamp(end), pageSize: 500 };
  const rows = await allRows(AlertService.method.listAlerts, input, (answer) => answer.alerts, { purpose: t.purpose, signal });
  // An alert counts in the township in which its school lay then.
  const inPlace = (alert: Alert) => schools === undefined || alert.school === place || alert.townshipCode === place;
  return rows.filter((alert) => alert.school !== "" && inPlace(alert)).flatMap((alert) =>
    alert.entries.filter((entry) => entry.action === action && (millis(entry.time) ?? 0) >= start && (millis(entry.time) ?? 0) < end).map((entry, i) => ({
      key: `${alert.name} ${i}`, child: alert.child, school: alert.school, who: action === AlertAction.RAISED ? alert.acknowledgedBy : entry.staffMember, alert: alert.name,
      when: formatTime(entry.time), what: [whatOf(alert), moreOf(alert)].filter(Boolean).join("　"),
    })));
}
