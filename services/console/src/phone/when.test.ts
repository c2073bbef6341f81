import { describe, expect, it } from "vitest";
import { timestamp } from "../shared/dates.ts";
import { choicesAt, timeOf } from "./when.ts";

const day = 24 * 3600_000;
const at = (time: string) => Date.parse(`${time}+08:00`);

describe("when something happened", () => {
  it("is the true time of the recording for a phone whose clock is wrong by a day", () => {
    const phone = at("2026-11-27T18:00:00");
    expect(timeOf({ kind: "now" }, phone, -day)).toBe(at("2026-11-26T18:00:00"));
  });
  it("takes yesterday from the true day", () => {
    const phone = at("2026-11-27T18:00:00");
    expect(timeOf({ kind: "hour", daysBack: 1, hour: 16 }, phone, -day)).toBe(at("2026-11-25T16:00:00"));
  });
  it("leaves alone what a person typed", () => {
    const phone = at("2026-11-27T18:00:00");
    expect(timeOf({ kind: "typed", at: "2026-11-24T10:30" }, phone, -day)).toBe(at("2026-11-24T10:30:00"));
  });
  it("never lies behind the recording", () => {
    const phone = at("2026-11-26T18:00:00");
    expect(timeOf({ kind: "typed", at: "2026-12-01T10:00" }, phone, 0)).toBe(phone);
    expect(timeOf({ kind: "hour", daysBack: 0, hour: 23 }, phone, 0)).toBe(phone);
  });
  it("is told in whole nanoseconds, though the clock's error is known in fractions of a millisecond", () => {
    const { nanos } = timestamp(timeOf({ kind: "now" }, at("2026-11-26T18:00:00") + 123, 0.3));
    expect(Number.isInteger(nanos)).toBe(true);
  });
  it("offers what is over, in China's time", () => {
    const ids = (time: string) => choicesAt(at(time)).map(({ id }) => id);
    expect(ids("2026-11-26T07:30:00")).toEqual(["now", "yesterday"]);
    expect(ids("2026-11-26T12:00:00")).toEqual(["now", "morning", "yesterday"]);
    expect(ids("2026-11-26T18:00:00")).toEqual(["now", "morning", "afternoon", "yesterday"]);
  });
});
