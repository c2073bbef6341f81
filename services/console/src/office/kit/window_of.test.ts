import { beforeEach, expect, test, vi } from "vitest";
import { timestamp } from "../../shared/dates.ts";
import { daysOf, nthOf, windowOf } from "./window_of.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-09-12T01:00:00Z") });
});

const span = (first: string, end: string) =>
  ({ windowStart: timestamp(Date.parse(`${first}T00:00:00+08:00`)), windowEnd: timestamp(Date.parse(`${end}T00:00:00+08:00`)) }) as unknown as Parameters<typeof windowOf>[0];

test("the days of a window, whatever its length", () => {
  expect(windowOf(span("2026-09-07", "2026-09-14"))).toBe("9月7日 周一 至 9月13日 周日");
  expect(windowOf(span("2026-09-01", "2026-10-01"))).toBe("9月1日 至 9月30日");
  expect(windowOf(span("2026-09-01", "2027-09-01"))).toBe("9月1日 至 2027年8月31日");
});

test("two days of an alert's window say no weekdays, and the year when it is another", () => {
  expect(daysOf("2026-09-07", "2026-09-20")).toBe("9月7日 至 9月20日");
  expect(daysOf("2026-09-01", "2027-08-31")).toBe("9月1日 至 2027年8月31日");
});

test("duties of one window, one kind and one helper are numbered; one alone is not", () => {
  const duty = (name: string, first: string, more = {}) => ({ ...span(first, "2026-10-01"), name, child: "c", helper: "h", kind: 2, ...more });
  const nth = nthOf([
    duty("a", "2026-09-01"), duty("b", "2026-09-01", { helper: "other" }), duty("c", "2026-09-01"), duty("d", "2026-09-07"),
    duty("e", "2026-09-01", { kind: 1 }), duty("f", "2026-09-01", { child: "other" }), duty("g", "2026-09-01"),
  ]);
  expect([...nth]).toEqual([["a", 1], ["c", 2], ["g", 3]]);
});
