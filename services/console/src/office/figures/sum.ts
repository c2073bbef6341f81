// Adding up weeks.

import type { WeekCounts } from "../../gen/tonghu/reporting/v1/report_service_pb.ts";

const fields = ["contacts", "dutiesDue", "done", "doneLateReported", "excused", "missed", "doneLate", "alertsRaised", "alertsAcknowledged", "alertsResolved"] as const;
export type Sum = Record<(typeof fields)[number], number>;

export function sumOf(weeks: Pick<WeekCounts, (typeof fields)[number]>[]): Sum {
  const sum = Object.fromEntries(fields.map((field) => [field, 0])) as Sum;
  for (const week of weeks) for (const field of fields) sum[field] += Number(week[field]);
  return sum;
}

/** The share of duties done in their week, of those that were not excused: 96.3 %. */
export function rateOf(sum: Sum): string {
  const owed = sum.dutiesDue - sum.excused;
  return owed === 0 ? "—" : `${((sum.done / owed) * 100).toFixed(1)} %`;
}
