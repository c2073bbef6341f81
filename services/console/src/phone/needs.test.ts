import { beforeEach, describe, expect, it, vi } from "vitest";
import { ContactKind } from "../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DutyKind, DutyState } from "../gen/tonghu/pairing/v1/duty_pb.ts";
import { moreUrgent, needsOf, settledWords, type Owed } from "./needs.ts";

const at = (time: string) => Date.parse(`${time}+08:00`);
const now = at("2026-11-26T18:00:00"); // a Thursday
const twoDays = 2 * 24 * 3600_000;

beforeEach(() => {
  vi.useFakeTimers({ now });
});

function duty(kind: DutyKind, first: string, end: string, state = DutyState.OPEN): Owed {
  const windowEnd = at(`${end}T00:00:00`);
  return { kind, state, windowStart: at(`${first}T00:00:00`), windowEnd, dueTime: windowEnd + twoDays };
}
const talk = (state = DutyState.OPEN) => duty(DutyKind.TALK, "2026-11-23", "2026-11-30", state);
const visit = (state = DutyState.OPEN) => duty(DutyKind.HOME_VISIT, "2026-11-01", "2026-12-01", state);
const said = (owed: Owed[], waiting: Parameters<typeof needsOf>[1] = []) =>
  needsOf(owed, waiting, now).map(({ kind, mark, words }) => `${kind} ${mark} ${words}`);

describe("what is to be done for a child", () => {
  it("is each kind once, in the order of urgency", () => {
    expect(said([talk(), visit()])).toEqual(["1 open 11月29日 周日前", "2 open 11月30日 周一前"]);
  });
  it("counts what is owed several times in one window", () => {
    expect(said([visit(), visit()])).toEqual(["2 open 2 次，11月30日 周一前"]);
  });
  it("names the window's last day, whatever the window's length, when the report is due", () => {
    const [july, october] = [duty(DutyKind.HOME_VISIT, "2026-10-01", "2026-11-25"), duty(DutyKind.TALK, "2026-11-16", "2026-11-26")];
    expect(said([july, october])).toEqual([
      "2 late 11月24日 周二前的还没有报，11月27日 周五 00:00 截止", "1 late 11月25日 周三前的还没有报，11月28日 周六 00:00 截止",
    ]);
    expect(said([july, july])).toEqual(["2 late 11月24日 周二前的 2 次还没有报，11月27日 周五 00:00 截止"]);
  });
  it("is what was missed before what is open of the same kind", () => {
    const missed = duty(DutyKind.TALK, "2026-11-09", "2026-11-16", DutyState.MISSED);
    expect(said([missed, talk()])).toEqual(["1 missed 逾期，已上报，请尽快补做"]);
    expect(said([missed, missed, visit()])).toEqual(["1 missed 逾期 2 次，已上报，请尽快补做", "2 open 11月30日 周一前"]);
  });
  it("says the year of a window that ends in another, and that it has time", () => {
    const [home] = needsOf([duty(DutyKind.PARENTS_HOME, "2026-09-01", "2027-09-01")], [], now);
    expect(home).toMatchObject({ words: "2027年8月31日 周二前", soon: false });
    expect(needsOf([talk()], [], now)[0]?.soon).toBe(true);
  });
  it("takes what a phone kept before there were kinds for talks", () => {
    const { windowEnd, dueTime } = talk();
    const before = { state: DutyState.OPEN, windowEnd, dueTime };
    expect(said([before])).toEqual(["1 open 11月29日 周日前"]);
    expect(said([before], [{ kind: ContactKind.TALK, at: now }])).toEqual([]);
  });
});

describe("a contact that waits", () => {
  it("does a duty of its own kind only", () => {
    expect(said([talk(), visit()], [{ kind: ContactKind.TALK, at: now }])).toEqual(["2 open 11月30日 周一前"]);
    expect(said([talk()], [{ kind: ContactKind.WHISPER_ANSWER, at: now }])).toEqual(["1 open 11月29日 周日前"]);
  });
  it("does one duty of several", () => {
    const one = { kind: ContactKind.HOME_VISIT, at: now };
    expect(said([visit(), visit()], [one])).toEqual(["2 open 11月30日 周一前"]);
    expect(said([visit(), visit()], [one, one])).toEqual([]);
  });
  it("does the duty of its window, and makes up for an older one when there is none", () => {
    const missed = duty(DutyKind.TALK, "2026-11-09", "2026-11-16", DutyState.MISSED);
    const one = { kind: ContactKind.TALK, at: now };
    expect(said([missed, talk()], [one])).toEqual(["1 missed 逾期，已上报，请尽快补做"]);
    expect(said([missed, talk()], [one, one])).toEqual([]);
    expect(said([missed, talk()], [{ ...one, at: at("2026-11-17T10:00:00") }])).toEqual(["1 open 11月29日 周日前"]);
  });
  it("leaves a duty alone whose window had not begun", () => {
    expect(said([talk()], [{ kind: ContactKind.TALK, at: at("2026-11-22T10:00:00") }])).toEqual(["1 open 11月29日 周日前"]);
  });
});

it("what was missed comes first, then what is judged first", () => {
  const first = (owed: Owed[]) => needsOf(owed, [], now)[0]!;
  const missed = first([duty(DutyKind.HOME_VISIT, "2026-10-01", "2026-11-01", DutyState.MISSED)]);
  const [soon, later] = [first([talk()]), first([visit()])];
  expect([later, soon, missed].sort(moreUrgent)).toEqual([missed, soon, later]);
});

it("what is settled is said by kinds", () => {
  expect(settledWords([talk(DutyState.DONE), visit(DutyState.DONE_LATE), visit(DutyState.DONE)])).toBe("谈心、家访已完成");
  expect(settledWords([talk(DutyState.DONE), visit(DutyState.EXCUSED), duty(DutyKind.LETTER, "2026-11-01", "2026-12-01")])).toBe("谈心已完成，家访已免除");
  expect(settledWords([])).toBe("");
});
