import { describe, expect, it } from "vitest";
import { CadencePeriod as P, Festival as F } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { cadenceOf, cadenceWords, choiceOf, isBeforeFestivals, nextMonday, windowChoices } from "./cadence.ts";

const words = (period: P, every: number, times: number) => cadenceWords({ period, every, times });

describe("how often a duty is owed", () => {
  it("is said as people say it", () => {
    expect(words(P.WEEK, 1, 1)).toBe("每周1次");
    expect(words(P.WEEK, 0, 2)).toBe("每周2次");
    expect(words(P.WEEK, 2, 1)).toBe("每两周1次");
    expect(words(P.WEEK, 4, 1)).toBe("每4周1次");
    expect(words(P.MONTH, 1, 2)).toBe("每月2次");
    expect(words(P.MONTH, 2, 1)).toBe("每两个月1次");
    expect(words(P.MONTH, 6, 1)).toBe("每6个月1次");
    expect(words(P.TERM, 1, 1)).toBe("每学期1次");
    expect(words(P.TERM_THIRD, 1, 1)).toBe("学期初、中、末各1次");
    expect(words(P.YEAR, 1, 1)).toBe("每学年1次");
    expect(cadenceWords({ period: P.FESTIVAL, every: 1, times: 1, festivals: [F.SPRING, F.MID_AUTUMN], days: 14 })).toBe("春节、中秋前14天内各1次");
    expect(cadenceWords({ period: P.FESTIVAL, every: 1, times: 2, festivals: [F.TOMB_SWEEPING], days: 3 })).toBe("清明前3天内2次");
  });
  it("is not at all for no times, whatever the window, and where nothing was said", () => {
    expect(words(P.MONTH, 1, 0)).toBe("不要求");
    expect(cadenceWords(undefined)).toBe("不要求");
  });
  it("is chosen, and the choice found again", () => {
    for (const { value, label } of windowChoices) {
      const cadence = cadenceOf(value, 3, [F.SPRING], 7);
      expect(cadenceWords(cadence)).toBe(value === -1 ? label : isBeforeFestivals(value) ? "春节前7天内3次" : `${label}3次`);
      expect(cadence.festivals).toEqual(isBeforeFestivals(value) ? [F.SPRING] : undefined);
      expect(choiceOf(cadence)).toBe(value);
    }
    expect(choiceOf({ period: P.MONTH, every: 0, times: 1 })).toBe(choiceOf({ period: P.MONTH, every: 1, times: 1 }));
    expect(new Set(windowChoices.map(({ label }) => label)).size).toBe(14);
  });
});

describe("the Monday after a day", () => {
  it("is later than the day, also for a Monday", () => {
    expect(nextMonday("2026-11-26")).toBe("2026-11-30"); // a Thursday
    expect(nextMonday("2026-11-29")).toBe("2026-11-30"); // a Sunday
    expect(nextMonday("2026-11-30")).toBe("2026-12-07");
    expect(nextMonday("2026-12-28")).toBe("2027-01-04");
  });
});
