// A term's days, month by month: which have school and which have not. Days are YYYY-MM-DD.

const day = 86_400_000;
const mostDays = 370;

/** What says when there is school. */
export interface Term {
  firstDay: string;
  lastDay: string;
  holidays: string[];
  makeupDays: string[];
}

/** Days from the first to the last. */
export interface Days {
  firstDay: string;
  lastDay: string;
}

export type DayKind = "school" | "weekend" | "holiday" | "makeup" | "outside" | "closed";

export interface Month {
  /** YYYY-MM. */
  month: string;
  /** Weeks from Monday to Sunday; undefined where the week reaches into another month. */
  weeks: (string | undefined)[][];
}

const parse = (date: string) => Date.parse(`${date}T00:00:00Z`);
const format = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** 0 is Monday, 6 is Sunday. */
function weekdayOf(date: string): number {
  return (new Date(parse(date)).getUTCDay() + 6) % 7;
}

export function isWeekend(date: string): boolean {
  return weekdayOf(date) > 4;
}

/** Only a day with school can be closed. */
export function kindOf(date: string, term: Term, closed: Days[] = []): DayKind {
  if (date < term.firstDay || date > term.lastDay) return "outside";
  const isClosed = closed.some(({ firstDay, lastDay }) => firstDay <= date && date <= lastDay);
  if (isWeekend(date)) return !term.makeupDays.includes(date) ? "weekend" : isClosed ? "closed" : "makeup";
  return term.holidays.includes(date) ? "holiday" : isClosed ? "closed" : "school";
}

/** The months that a term touches; none when its days are in the wrong order or too many. */
export function monthsOf({ firstDay, lastDay }: Pick<Term, "firstDay" | "lastDay">): Month[] {
  const [first, last] = [parse(firstDay), parse(lastDay)];
  if (Number.isNaN(first) || Number.isNaN(last) || first > last || last - first > mostDays * day) return [];
  const months: Month[] = [];
  for (let at = parse(`${firstDay.slice(0, 7)}-01`); at <= last; ) {
    const month = format(at).slice(0, 7);
    const days: (string | undefined)[] = Array.from({ length: weekdayOf(format(at)) }, () => undefined);
    for (; format(at).startsWith(month); at += day) days.push(format(at));
    while (days.length % 7 !== 0) days.push(undefined);
    months.push({ month, weeks: Array.from({ length: days.length / 7 }, (_, i) => days.slice(i * 7, i * 7 + 7)) });
  }
  return months;
}

/** A weekday becomes a holiday or ceases to be one; a Saturday or Sunday becomes a day with school or ceases to be one. */
export function toggled<T extends Term>(term: T, date: string): T {
  const key = isWeekend(date) ? "makeupDays" : "holidays";
  const days = term[key];
  return { ...term, [key]: days.includes(date) ? days.filter((one) => one !== date) : [...days, date].sort() };
}

/** How many days of the term have school. */
export function schoolDaysOf(term: Term): number {
  return monthsOf(term).flatMap(({ weeks }) => weeks.flat())
    .filter((date) => date !== undefined && ["school", "makeup"].includes(kindOf(date, term))).length;
}

/** The term without days that lie outside it, or that say nothing. */
export function tidied<T extends Term>(term: T): T {
  return {
    ...term,
    holidays: term.holidays.filter((date) => kindOf(date, term) === "holiday"),
    makeupDays: term.makeupDays.filter((date) => kindOf(date, term) === "makeup"),
  };
}
