// An alert in words.

import { Tag } from "antd";
import { AlertKind, AlertKindSchema, AlertState, AlertStateSchema, EmergencyKindSchema, type Alert } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { ConcernSchema } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DutyKindSchema } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { formatDay } from "../../shared/dates.ts";
import { wordOf } from "../../shared/words.ts";
import { daysOf } from "../kit/window_of.ts";
import { alerts as t } from "./text.ts";

/** The state as a word; the colour only repeats it. */
export function StateTag({ state }: { state: AlertState }) {
  return <Tag className={`state state-${state}`}>{wordOf(AlertStateSchema, state)}</Tag>;
}

export function stateClass(state: AlertState): string {
  return `edge-${state}`;
}

/** What an alert is about, on one line: 任务逾期（家访）, 突发事件：走失. */
export function whatOf(alert: Alert): string {
  const kind = wordOf(AlertKindSchema, alert.kind);
  switch (alert.kind) {
    case AlertKind.DUTY_MISSED:
      return t.of(kind, wordOf(DutyKindSchema, alert.dutyKind));
    case AlertKind.EMERGENCY:
      return t.which(kind, wordOf(EmergencyKindSchema, alert.emergency?.kind ?? 0));
    case AlertKind.CONCERN: {
      const concerns = [...new Set(alert.markedContacts.flatMap((one) => one.concerns))].sort((a, b) => a - b);
      return concerns.length === 0 ? kind : t.which(kind, concerns.map((one) => wordOf(ConcernSchema, one)).join("、"));
    }
    default:
      return kind;
  }
}

/** When and how often: the days in which the duty was owed, the mornings absent. */
export function moreOf(alert: Alert): string {
  if (alert.kind === AlertKind.ABSENCE) {
    const last = alert.mornings[alert.mornings.length - 1];
    return [last && formatDay(last.date), t.mornings(alert.occurrences)].filter(Boolean).join("，");
  }
  if (alert.kind === AlertKind.CONCERN) return alert.occurrences > 1 ? t.contacts(alert.occurrences) : "";
  if (alert.lastDay !== "") return daysOf(alert.date, alert.lastDay);
  if (alert.kind === AlertKind.OPERATOR) return alert.notices > 1n ? t.times(Number(alert.notices)) : "";
  return alert.date === "" ? "" : formatDay(alert.date);
}
