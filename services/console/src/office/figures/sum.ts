// Weeks, and adding them up.

import type { WeekCounts } from "../../gen/tonghu/reporting/v1/report_service_pb.ts";

const fields = ["contacts", "contactsDoubtful", "dutiesDue", "done", "doneDoubtful", "doneLateReported", "excused", "missed", "doneLate", "alertsRaised", "alertsAcknowledged", "alertsResolved"] as const;
export type Sum = Record<(typeof fields)[number], number>;

export function sumOf(weeks: Pick<WeekCounts, (typeof fields)[number]>[]): Sum {
  const sum = Object.fromEntries(fields.map((field) => [field, 0])) as Sum;
  for (const week of weeks) for (const field of fields) sum[field] += Number(week[field]);
  return sum;
}

/** The share of duties done in their week, of those that were not excused: 96.3 %. What a doubtful contact did is not counted as done. */
export function rateOf(sum: Sum): string {
  const owed = sum.dutiesDue - sum.excused;
  return owed === 0 ? "—" : `${(((sum.done - sum.doneDoubtful) / owed) * 100).toFixed(1)} %`;
}

const day = 86_400_000;

/** The Monday of a day's week, YYYY-MM-DD. */
export function mondayOf(date: string): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  return new Date(at - ((new Date(at).getUTCDay() + 6) % 7) * day).toISOString().slice(0, 10);
}

/** The Monday after. */
export function nextMonday(monday: string): string {
  return new Date(Date.parse(`${monday}T00:00:00Z`) + 7 * day).toISOString().slice(0, 10);
}
