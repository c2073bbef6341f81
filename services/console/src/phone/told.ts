// Who is told of an alert the moment it is raised, in words.

import { AlertAction, LevelSchema, type AlertEntry } from "../gen/tonghu/alerts/v1/alert_pb.ts";
import { millis } from "../shared/dates.ts";
import { wordOf } from "../shared/words.ts";
import { text } from "./text.ts";

/** Each person once, with the level at which they are told. Steps that are taken together have the same time. */
export function toldAtOnce(entries: AlertEntry[]): string[] {
  const told = entries.filter(({ action, staffName }) => action === AlertAction.TOLD && staffName !== "");
  const first = millis(told[0]?.time);
  const people = new Map<string, string>();
  for (const { time, staffMember, staffName, level } of told) {
    if (millis(time) === first && !people.has(staffMember)) people.set(staffMember, text.emergencyPage.person(staffName, wordOf(LevelSchema, level)));
  }
  return Array.from(people.values());
}
