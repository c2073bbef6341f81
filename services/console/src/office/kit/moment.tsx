// A moment of the recent past, as people give it: day and minute in China Standard Time.

import { Input } from "antd";

const hour = 3600_000;

/** YYYY-MM-DDTHH:MM in China. */
export function minuteOf(ms: number): string {
  return new Date(ms + 8 * hour).toISOString().slice(0, 16);
}

/** Milliseconds since 1970; undefined for what is no moment. */
export function momentOf(minute: string): number | undefined {
  const ms = Date.parse(`${minute}:00+08:00`);
  return Number.isNaN(ms) ? undefined : ms;
}

export function MomentInput({ label, value, onChange, from, to }: { label: string; value: string; onChange: (minute: string) => void; from?: number; to: number }) {
  return (
    <Input type="datetime-local" required aria-label={label} value={value} style={{ width: 210 }}
      min={from === undefined ? undefined : minuteOf(from)} max={minuteOf(to)} onChange={(event) => onChange(event.target.value)} />
  );
}
