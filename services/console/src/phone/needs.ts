// What a helper still has to do for a child, kind by kind, in few words. Pure.

import type { ContactKind } from "../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DutyKind, DutyKindSchema, DutyState } from "../gen/tonghu/pairing/v1/duty_pb.ts";
import { formatDay, formatTime } from "../shared/dates.ts";
import { wordOf } from "../shared/words.ts";
import { text } from "./text.ts";

const t = text.weekPage;
const soonWithin = 7 * 24 * 3600_000;

/** A duty as the week shows it; times in milliseconds since 1970. */
export interface Owed {
  /** Absent in what a phone kept before there were kinds other than talks. */
  kind?: DutyKind;
  state: DutyState;
  /** Absent in what a phone kept before windows were longer than a week. */
  windowStart?: number;
  windowEnd: number;
  dueTime: number;
}

/** A contact that waits on the phone: it does a duty of the same number. */
export interface Waiting {
  kind: ContactKind;
  at: number;
}

export interface Need {
  kind: DutyKind;
  mark: "missed" | "late" | "open";
  /** By when, and how often: what stands behind the kind's word. */
  words: string;
  /** Whether the next seven days are the last to do it in, or it is late already. */
  soon: boolean;
  /** When the most urgent duty of the kind is judged; of two children of one mark the earlier comes first. */
  due: number;
}

const kindOf = ({ kind = DutyKind.TALK }: Owed) => kind;
const isOwed = ({ state }: Owed) => state === DutyState.OPEN || state === DutyState.MISSED;
const isIn = ({ at }: Waiting, { windowStart = 0, windowEnd }: Owed) => windowStart <= at && at < windowEnd;

/** What is still owed when the contacts that wait have arrived: each does one duty, of its window first, then the oldest that is over. */
function leftOf(owed: Owed[], waiting: Waiting[]): Owed[] {
  let left = owed.filter(isOwed);
  for (const contact of waiting) {
    const oldestFirst = left.filter((duty) => Number(kindOf(duty)) === Number(contact.kind)).sort((a, b) => a.windowEnd - b.windowEnd);
    const done = oldestFirst.find((duty) => duty.state === DutyState.OPEN && isIn(contact, duty))
      ?? oldestFirst.find((duty) => isIn(contact, duty)) ?? oldestFirst.find(({ windowEnd }) => windowEnd <= contact.at);
    left = left.filter((duty) => duty !== done);
  }
  return left;
}

/** What is to be done, the most urgent kind first, each kind once. `owed` is in the order of urgency. */
export function needsOf(owed: Owed[], waiting: Waiting[], at: number): Need[] {
  const kinds = new Map<DutyKind, Owed[]>();
  for (const duty of leftOf(owed, waiting)) kinds.set(kindOf(duty), [...(kinds.get(kindOf(duty)) ?? []), duty]);
  return [...kinds].map(([kind, duties]) => ({ kind, ...needOf(duties, at) }));
}

function needOf(duties: Owed[], at: number): Omit<Need, "kind"> {
  const missed = duties.filter(({ state }) => state === DutyState.MISSED);
  const [first] = missed.length > 0 ? missed : duties;
  const { windowEnd, dueTime: due } = first!;
  if (missed.length > 0) return { mark: "missed", words: t.missed(missed.length), soon: true, due };
  const times = duties.filter((duty) => duty.windowEnd === windowEnd).length;
  const day = formatDay(windowEnd - 1);
  if (windowEnd <= at) return { mark: "late", words: t.reportBy(times, day, formatTime(due)), soon: true, due };
  return { mark: "open", words: t.before(times, day), soon: windowEnd <= at + soonWithin, due };
}

/** Which of two comes first: what was missed, then by the time of the judgement. */
export function moreUrgent(a: Need, b: Need): number {
  return Number(b.mark === "missed") - Number(a.mark === "missed") || a.due - b.due;
}

/** What is settled: 谈心、家访已完成，亲情通话已免除. */
export function settledWords(owed: Owed[]): string {
  const kindsIn = (excused: boolean) =>
    [...new Set(owed.filter((duty) => !isOwed(duty) && (duty.state === DutyState.EXCUSED) === excused).map(kindOf))]
      .map((kind) => wordOf(DutyKindSchema, kind)).join("、");
  const [made, excused] = [kindsIn(false), kindsIn(true)];
  return [made && t.made(made), excused && t.excused(excused)].filter((part) => part !== "").join("，");
}
