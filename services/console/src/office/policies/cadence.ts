// How often a duty is owed, in words, and what can be chosen for it. Pure.

import { CadencePeriod, FestivalSchema, type DutyPolicy, type Festival } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { isoDay, startOfDay } from "../../shared/dates.ts";
import { wordOf } from "../../shared/words.ts";
import { policies as t } from "./text.ts";

const day = 86_400_000;

/** How many days ahead a rule may begin. */
export const farthest = 400;

export interface Window {
  period: CadencePeriod;
  /** How many periods make a window; 0 means 1. */
  every: number;
}

/** How often something is owed. */
export interface Often extends Window {
  times: number;
  /** Before which festivals, and how many days, of the period FESTIVAL. */
  festivals?: Festival[];
  days?: number;
}

/** How many days before a festival a window may have, with the festival's own, and has unless another number is chosen. */
export const mostFestivalDays = 30, usualFestivalDays = 7;

/** 每周, 每两周, 每月, 每3个月, 每学期, 学期初、中、末各, 每学年, 节前; empty for a period that is not known. */
export function windowWords({ period, every }: Window): string {
  const n = Math.max(every, 1);
  switch (period) {
    case CadencePeriod.WEEK:
      return n === 1 ? t.everyWeek : t.weeksOf(n);
    case CadencePeriod.MONTH:
      return n === 1 ? t.everyMonth : t.monthsOf(n);
    case CadencePeriod.TERM:
      return t.everyTerm;
    case CadencePeriod.TERM_THIRD:
      return t.thirdsOfTerm;
    case CadencePeriod.YEAR:
      return t.everyYear;
    case CadencePeriod.FESTIVAL:
      return t.beforeFestivals;
    default:
      return "";
  }
}

/** 每周1次, 每两周1次, 每月2次, 学期初、中、末各1次, 春节、中秋前7天内各1次; 不要求 when the duty is not owed. */
export function cadenceWords(cadence: Often | undefined): string {
  if (cadence === undefined || cadence.times === 0) return t.notOwed;
  const { festivals = [], days = 0 } = cadence;
  const when = cadence.period === CadencePeriod.FESTIVAL ? t.daysBefore(festivals.map((festival) => wordOf(FestivalSchema, festival)), days) : windowWords(cadence);
  return when + t.timesOf(cadence.times);
}

const windows: Window[] = [
  ...[1, 2, 3, 4].map((every) => ({ period: CadencePeriod.WEEK, every })),
  ...[1, 2, 3, 4, 6].map((every) => ({ period: CadencePeriod.MONTH, every })),
  ...[CadencePeriod.TERM, CadencePeriod.TERM_THIRD, CadencePeriod.YEAR, CadencePeriod.FESTIVAL].map((period) => ({ period, every: 1 })),
];

/** What a choice of windows holds: the place in the list, as -1 for a duty that is not owed. */
export const windowChoices: { value: number; label: string }[] = [
  { value: -1, label: t.notOwed },
  ...windows.map((window, value) => ({ value, label: windowWords(window) })),
];

/** The choice of a cadence. */
export function choiceOf(cadence: Often | undefined): number {
  if (cadence === undefined || cadence.times === 0) return -1;
  return windows.findIndex(({ period, every }) => period === cadence.period && every === Math.max(cadence.every, 1));
}

/** Whether a choice is of windows before festivals. */
export const isBeforeFestivals = (choice: number) => windows[choice]?.period === CadencePeriod.FESTIVAL;

/** The cadence of a choice, `times` in a window; the festivals and days only where the choice is of them. */
export function cadenceOf(choice: number, times: number, festivals: Festival[], days: number): Often {
  const window = windows[choice];
  if (window === undefined) return { period: CadencePeriod.WEEK, every: 1, times: 0 };
  return isBeforeFestivals(choice) ? { ...window, times, festivals, days } : { ...window, times };
}

/** So many days after a day YYYY-MM-DD. */
export function dayAfter(date: string, days: number): string {
  return isoDay(startOfDay(date) + days * day);
}

/** The Monday after a day YYYY-MM-DD. */
export function nextMonday(date: string): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay(); // 0 is Sunday
  return dayAfter(date, (8 - weekday) % 7 || 7);
}

/** Whether a policy is for some children only. */
export const isRefinement = ({ school, careLevel, guardianshipType }: Pick<DutyPolicy, "school" | "careLevel" | "guardianshipType">) => school !== "" || careLevel !== 0 || guardianshipType !== 0;

/** Whether two are versions of one policy: of one kind, for the same children. */
export const sameScope = (a: DutyPolicy, b: DutyPolicy) => a.kind === b.kind && a.school === b.school && a.careLevel === b.careLevel && a.guardianshipType === b.guardianshipType;

/** A duration in seconds; 0 for none. */
export const secondsOf = (duration: { seconds: bigint } | undefined) => Number(duration?.seconds ?? 0n);
