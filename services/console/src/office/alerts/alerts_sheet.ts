// The alerts as a table in a file.

import { AlertStateSchema, LevelSchema, type Alert } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { formatTime } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { wordOf } from "../../shared/words.ts";
import type { Sheet } from "../kit/export.tsx";
import { lookUpNames } from "../kit/names.tsx";
import { alerts as t } from "./text.ts";
import { moreOf, whatOf } from "./words.tsx";

export async function sheetOf(alerts: Alert[]): Promise<Sheet> {
  const found = await lookUpNames(alerts.flatMap((alert) => [alert.child, alert.school, alert.acknowledgedBy]));
  const named = (name: string) => (name === "" ? "" : (found.get(name) ?? idOf(name)));
  const columns: [string, (alert: Alert) => string][] = [
    [t.caseNumber, (alert) => idOf(alert.name)],
    [t.columns.state, (alert) => wordOf(AlertStateSchema, alert.state)],
    [t.columns.what, whatOf],
    [t.date, moreOf],
    [t.columns.child, (alert) => named(alert.child)],
    [t.school, (alert) => named(alert.school)],
    [t.raised, (alert) => formatTime(alert.raiseTime)],
    [t.columns.told, (alert) => wordOf(LevelSchema, alert.level)],
    [t.columns.owner, (alert) => named(alert.acknowledgedBy)],
    [t.takeUpTime, (alert) => formatTime(alert.acknowledgeTime)],
    [t.settleTime, (alert) => formatTime(alert.resolveTime)],
    [t.resolution, (alert) => alert.resolution],
  ];
  return { head: columns.map(([title]) => title), rows: alerts.map((alert) => columns.map(([, of]) => of(alert))) };
}
