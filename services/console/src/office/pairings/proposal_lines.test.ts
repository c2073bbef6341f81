import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { LeftOutReason, ProposalReason, ProposePairingsResponseSchema } from "../../gen/tonghu/pairing/v1/proposal_service_pb.ts";
import { faultOf, linesOf, loadsOf } from "./proposal_lines.ts";

describe("a proposal's lines", () => {
  const proposal = create(ProposePairingsResponseSchema, {
    pairings: [{ child: "a", school: "s", grade: 3, classNumber: 1, helper: { helper: "h" }, reasons: [ProposalReason.SAME_SCHOOL] }],
    leftOut: [{ child: "b", school: "s", grade: 3, classNumber: 2, reason: LeftOutReason.NO_CAPACITY }],
  });
  it("are the children with a helper, then those without", () => {
    expect(linesOf(proposal)).toEqual([
      { child: "a", school: "s", grade: 3, classNumber: 1, helper: "h", reasons: [ProposalReason.SAME_SCHOOL], leftOut: LeftOutReason.UNSPECIFIED },
      { child: "b", school: "s", grade: 3, classNumber: 2, helper: "", reasons: [], leftOut: LeftOutReason.NO_CAPACITY },
    ]);
  });
  it("make loads of what is chosen", () => {
    const helpers = [{ helper: "h", children: 1, maxChildren: 2 }, { helper: "g", children: 0, maxChildren: 0 }];
    expect([...loadsOf(helpers, ["h", "h", "", "g"])]).toEqual([["h", { before: 1, after: 3, most: 2 }], ["g", { before: 0, after: 1, most: 0 }]]);
  });
  it("are found by the field that a refusal names", () => {
    expect(faultOf("requests[12].pairing.helper")).toBe(12);
    expect(faultOf("requests")).toBe(-1);
    expect(faultOf("")).toBe(-1);
  });
});
