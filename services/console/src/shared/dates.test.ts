import { beforeEach, expect, test, vi } from "vitest";
import { clockOffset, now, takeServerDate } from "./clock.ts";
import { formatCountdown, formatDate, formatDay, formatRelative, formatSeconds, formatTime, isoDay, startOfDay, timestamp } from "./dates.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-09-12T01:00:00Z") });
});

test("times are China's, whatever the PC is set to", () => {
  const time = Date.parse("2026-09-11T17:05:00Z"); // past midnight in China
  expect(formatTime(time)).toBe("9月12日 周六 01:05");
  expect(isoDay(time)).toBe("2026-09-12");
  expect(startOfDay("2026-09-12")).toBe(Date.parse("2026-09-11T16:00:00Z"));
  expect(formatDay("2027-01-15")).toBe("2027年1月15日 周五");
  expect(formatDay("****")).toBe("");
  expect(formatDate("2026-12-07")).toBe("2026年12月7日");
  expect(formatDate("")).toBe("");
});

test("how long ago, how long until, how long", () => {
  const at = Date.parse("2026-09-12T01:00:00Z");
  expect(formatRelative(at - 30_000, at)).toBe("刚刚");
  expect(formatRelative(at - 3 * 3600_000, at)).toBe("3小时前");
  expect(formatRelative(at + 2 * 86400_000, at)).toBe("2天后");
  expect(formatCountdown(at + 3 * 3600_000 + 5 * 60_000, at)).toBe("3小时05分");
  expect(formatCountdown(at - 1, at)).toBe("");
  expect(formatSeconds(129600)).toBe("1天12小时");
  expect(formatSeconds(0)).toBe("立即");
});

test("a time survives the way to the API's form, also before 1970", () => {
  expect(timestamp(1_500)).toEqual({ seconds: 1n, nanos: 500_000_000 });
  expect(timestamp(-500)).toEqual({ seconds: -1n, nanos: 500_000_000 });
});

test("the server's time counts, not the PC's; the grain of the Date header does not make it jump", () => {
  takeServerDate("Sun, 13 Sep 2026 01:00:00 GMT", 0); // the PC is a day behind
  expect(isoDay(now())).toBe("2026-09-13");
  const before = clockOffset();
  takeServerDate("Sun, 13 Sep 2026 01:00:01 GMT", 0);
  expect(clockOffset()).toBe(before);
  takeServerDate("not a date", 0);
  expect(clockOffset()).toBe(before);
});
