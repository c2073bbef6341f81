// The server's time. A PC's clock may be wrong by a day, so that no page asks it what time it is: each answer's Date
// header says how far it is off.

let offset = 0;
let known = false;

/** Takes an answer's Date header, and how long the answer was on its way, in milliseconds. */
export function takeServerDate(date: string | null, tookMs: number): void {
  const server = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(server)) return;
  // The header has whole seconds: half a second and half the way are added, as the middle of what it can mean.
  const measured = Math.round(server + 500 + tookMs / 2 - Date.now());
  // Small differences are the header's grain and not the clock's. Without this, countdowns would jump.
  if (!known || Math.abs(measured - offset) > 2000) offset = measured;
  known = true;
}

/** The server's time, in milliseconds since 1970; the PC's own until the first answer. */
export function now(): number {
  return Date.now() + offset;
}

/** How far the server's clock is ahead of the PC's, in milliseconds; undefined before the first answer. */
export function clockOffset(): number | undefined {
  return known ? offset : undefined;
}

/** Takes over an offset that was measured before this page was opened, until an answer says better. */
export function recallOffset(milliseconds: number): void {
  if (!known) offset = milliseconds;
}
