import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { DutyPolicyFiguresSchema, DutyPolicyTrialSchema } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { countedOf, monthsOf } from "./trial.ts";

const figures = { duties: 10, done: 6, reportedLate: 2, doneLate: 1, missed: 3, alerts: 4 };

describe("a trial's figures", () => {
  it("count each duty once", () => {
    const counted = countedOf(create(DutyPolicyFiguresSchema, figures));
    expect(counted).toEqual({ due: 10, inTime: 4, late: 2, missed: 4 });
    expect(counted.inTime + counted.late + counted.missed).toBe(counted.due);
    expect(countedOf(undefined).due).toBe(0);
  });
  it("are summed by month, with the schools beneath", () => {
    const trial = (school: string, month: string) => create(DutyPolicyTrialSchema, { school, month, draft: figures });
    const rows = monthsOf([trial("a", "2026-09"), trial("a", "2026-10"), trial("b", "2026-08"), trial("b", "2026-09")]);
    expect(rows.map(({ month, draft, children }) => [month, draft.due, children!.map(({ school }) => school)])).toEqual([
      ["2026-08", 10, ["b"]],
      ["2026-09", 20, ["a", "b"]],
      ["2026-10", 10, ["a"]],
    ]);
    expect(rows[1]!.current.due).toBe(0);
  });
});
