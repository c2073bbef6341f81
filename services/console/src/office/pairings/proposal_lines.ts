// The lines of a proposal as its table shows them, and the loads that follow from what is chosen.

import { LeftOutReason, type ProposalHelper, type ProposalReason, type ProposePairingsResponse } from "../../gen/tonghu/pairing/v1/proposal_service_pb.ts";

/** The most pairings that are accepted at once. */
export const mostAtOnce = 1000;

export interface Line {
  child: string;
  school: string;
  grade: number;
  classNumber: number;
  /** Who is proposed; empty: nobody. */
  helper: string;
  reasons: ProposalReason[];
  /** Why nobody is; unspecified where somebody is. */
  leftOut: LeftOutReason;
}

/** The children who get a helper, then those who get nobody. */
export function linesOf({ pairings, leftOut }: Pick<ProposePairingsResponse, "pairings" | "leftOut">): Line[] {
  return [
    ...pairings.map(({ child, school, grade, classNumber, helper, reasons }) => ({
      child, school, grade, classNumber, helper: helper?.helper ?? "", reasons, leftOut: LeftOutReason.UNSPECIFIED,
    })),
    ...leftOut.map(({ child, school, grade, classNumber, reason }) => ({ child, school, grade, classNumber, helper: "", reasons: [], leftOut: reason })),
  ];
}

export interface Load {
  before: number;
  after: number;
  /** 0: no limit. */
  most: number;
}

/** What each helper has now, and would have when the chosen ones were accepted: one entry of `chosen` for each line. */
export function loadsOf(helpers: readonly Pick<ProposalHelper, "helper" | "children" | "maxChildren">[], chosen: readonly string[]): Map<string, Load> {
  const loads = new Map(helpers.map(({ helper, children, maxChildren }) => [helper, { before: children, after: children, most: maxChildren }]));
  for (const helper of chosen) {
    const load = loads.get(helper);
    if (load !== undefined) load.after += 1;
  }
  return loads;
}

/** The place of the line that a refusal names: 3 for "requests[3].pairing.helper"; -1 for none. */
export function faultOf(field: string): number {
  const place = /^requests\[(\d+)\]/.exec(field)?.[1];
  return place === undefined ? -1 : Number(place);
}
