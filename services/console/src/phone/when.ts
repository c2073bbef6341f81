// When something happened, as a person says it on a phone whose clock may be wrong. Pure.

import { isoDay, startOfDay } from "../shared/dates.ts";

/** "Just now"; an hour of a day so many days back; or a day and time that the person typed. */
export type When = { kind: "now" } | { kind: "hour"; daysBack: number; hour: number } | { kind: "typed"; at: string };

const hour = 3600_000;

/**
 * The time that is meant, in milliseconds since 1970: never later than the recording.
 * @param phone what the phone's clock said at the recording
 * @param offset how far the server's clock was ahead of the phone's
 */
export function timeOf(when: When, phone: number, offset: number): number {
  const recorded = phone + offset;
  switch (when.kind) {
    case "now":
      return recorded;
    case "hour": {
      // "Yesterday" is the day before the true today, not the day before the phone's.
      const day = startOfDay(isoDay(recorded - when.daysBack * 24 * hour));
      return Math.min(day + when.hour * hour, recorded);
    }
    case "typed":
      // A person reads the time from a wall or a diary: the phone's error has no part in what was typed.
      return Math.min(Date.parse(`${when.at}:00+08:00`), recorded);
  }
}

/** The choices that are offered at a time: those that are over. */
export function choicesAt(now: number): { id: string; when: When }[] {
  const hourNow = Math.floor((now - startOfDay(isoDay(now))) / hour);
  const today = [
    { id: "morning", when: { kind: "hour", daysBack: 0, hour: 9 } as When, from: 12 },
    { id: "afternoon", when: { kind: "hour", daysBack: 0, hour: 15 } as When, from: 18 },
  ].filter((choice) => hourNow >= choice.from);
  return [
    { id: "now", when: { kind: "now" } },
    ...today.map(({ id, when }) => ({ id, when })),
    { id: "yesterday", when: { kind: "hour", daysBack: 1, hour: 16 } },
  ];
}
