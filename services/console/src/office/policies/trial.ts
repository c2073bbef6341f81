// A trial's figures by month, and within a month by school. Pure.

import type { DutyPolicyFigures, DutyPolicyTrial } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";

/** Each duty counts once: due = inTime + late + missed. */
export interface Counted {
  due: number;
  inTime: number;
  /** Done in the window, but reported late. */
  late: number;
  /** Not done in the window, or not reported until the duty was due; made up for or not. */
  missed: number;
}

export interface TrialRow {
  key: string;
  /** YYYY-MM */
  month: string;
  /** Empty in the row of a month. */
  school: string;
  draft: Counted;
  current: Counted;
  /** The schools of a month. */
  children?: TrialRow[];
}

const none: Counted = { due: 0, inTime: 0, late: 0, missed: 0 };

export function countedOf(figures: DutyPolicyFigures | undefined): Counted {
  if (figures === undefined) return none;
  const { duties, done, reportedLate, doneLate, missed } = figures;
  return { due: duties, inTime: done - reportedLate, late: reportedLate, missed: doneLate + missed };
}

function sum(a: Counted, b: Counted): Counted {
  return { due: a.due + b.due, inTime: a.inTime + b.inTime, late: a.late + b.late, missed: a.missed + b.missed };
}

/** A row a month, the oldest first. */
export function monthsOf(trials: DutyPolicyTrial[]): TrialRow[] {
  const months = new Map<string, TrialRow>();
  for (const { month, school, draft, current } of trials) {
    const row = { key: `${month} ${school}`, month, school, draft: countedOf(draft), current: countedOf(current) };
    const before = months.get(month) ?? { key: month, month, school: "", draft: none, current: none, children: [] };
    months.set(month, { ...before, draft: sum(before.draft, row.draft), current: sum(before.current, row.current), children: [...before.children!, row] });
  }
  return [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
}
