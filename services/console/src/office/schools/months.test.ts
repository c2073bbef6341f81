import { expect, test } from "vitest";
import { kindOf, monthsOf, schoolDaysOf, tidied, toggled } from "./months.ts";

const term = { firstDay: "2026-09-01", lastDay: "2026-10-09", holidays: ["2026-10-01", "2026-10-02"], makeupDays: ["2026-09-27"] };

test("months begin on their weekday, and weeks on Monday", () => {
  const [september, october, ...none] = monthsOf(term);
  expect(none).toEqual([]);
  expect(september!.month).toBe("2026-09");
  expect(september!.weeks[0]).toEqual([undefined, "2026-09-01", "2026-09-02", "2026-09-03", "2026-09-04", "2026-09-05", "2026-09-06"]);
  expect(september!.weeks.every((week) => week.length === 7)).toBe(true);
  expect(october!.weeks.flat().filter(Boolean)).toHaveLength(31);
  expect(monthsOf({ firstDay: "2026-10-01", lastDay: "2026-09-01" })).toEqual([]);
  expect(monthsOf({ firstDay: "", lastDay: "2026-09-01" })).toEqual([]);
});

test("a day has school or not, and why", () => {
  expect(kindOf("2026-09-01", term)).toBe("school");
  expect(kindOf("2026-09-05", term)).toBe("weekend");
  expect(kindOf("2026-09-27", term)).toBe("makeup");
  expect(kindOf("2026-10-01", term)).toBe("holiday");
  expect(kindOf("2026-08-31", term)).toBe("outside");
  expect(schoolDaysOf(term)).toBe(22 + 7 - 2 + 1);
});

test("only a day with school can be closed", () => {
  const closed = [{ firstDay: "2026-09-03", lastDay: "2026-09-05" }, { firstDay: "2026-09-26", lastDay: "2026-10-01" }];
  expect(kindOf("2026-09-02", term, closed)).toBe("school");
  expect(kindOf("2026-09-03", term, closed)).toBe("closed");
  expect(kindOf("2026-09-05", term, closed)).toBe("weekend");
  expect(kindOf("2026-09-27", term, closed)).toBe("closed");
  expect(kindOf("2026-10-01", term, closed)).toBe("holiday");
});

test("a press makes a weekday a holiday and a Sunday a school day, another takes that back", () => {
  const once = toggled(toggled(term, "2026-09-03"), "2026-09-13");
  expect(once.holidays).toEqual(["2026-09-03", "2026-10-01", "2026-10-02"]);
  expect(once.makeupDays).toEqual(["2026-09-13", "2026-09-27"]);
  expect(toggled(toggled(once, "2026-09-03"), "2026-09-13")).toEqual(term);
});

test("a term that was made shorter keeps no days beyond its end", () => {
  expect(tidied({ ...term, lastDay: "2026-09-26" })).toMatchObject({ holidays: [], makeupDays: [] });
});
