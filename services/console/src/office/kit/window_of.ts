// The days in which a duty is owed.

import type { Duty } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { formatDay, millis, startOfDay } from "../../shared/dates.ts";
import { kit } from "./text.ts";

const twoWeeks = 14 * 86_400_000;

const withoutWeekday = (time: number) => formatDay(time).split(" ")[0]!;

/** "9月7日 至 9月20日": from one day to another, both YYYY-MM-DD. */
export function daysOf(first: string, last: string): string {
  return kit.fromTo(withoutWeekday(startOfDay(first)), withoutWeekday(startOfDay(last)));
}

/** "9月7日 周一 至 9月13日 周日", "9月1日 至 9月30日": from the first day to the last; weekdays say nothing of long windows. */
export function windowOf(duty: Pick<Duty, "windowStart" | "windowEnd">): string {
  const [start, end] = [millis(duty.windowStart) ?? 0, millis(duty.windowEnd) ?? 1];
  const said = (time: number) => (end - start > twoWeeks ? withoutWeekday(time) : formatDay(time));
  return kit.fromTo(said(start), said(end - 1));
}

type Row = Pick<Duty, "name" | "child" | "helper" | "kind" | "windowStart">;

/** Numbers the duties that a helper owes to one child in one window, by their names: 1, 2, … Those that are alone are left out. */
export function nthOf(duties: Row[]): Map<string, number> {
  const windows = new Map<string, string[]>();
  for (const { name, child, helper, kind, windowStart } of duties) {
    const window = [child, helper, kind, windowStart?.seconds].join(" ");
    windows.set(window, [...(windows.get(window) ?? []), name]);
  }
  const several = [...windows.values()].filter(({ length }) => length > 1);
  return new Map(several.flatMap((names) => names.map((name, i): [string, number] => [name, i + 1])));
}
