// A time: how long ago, or exactly; a click changes between the two, for all times and for the next visit too.

import { useEffect, useState, useSyncExternalStore } from "react";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { now } from "../../shared/clock.ts";
import { formatRelative, formatTime, millis } from "../../shared/dates.ts";

const key = "tonghu-exact-times";
const listeners = new Set<() => void>();
let exact = localStorage.getItem(key) === "1";

function toggle() {
  exact = !exact;
  localStorage.setItem(key, exact ? "1" : "0");
  listeners.forEach((listener) => listener());
}

function useExact(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => exact);
}

/** The server's time, again every `everyMs`. */
export function useNow(everyMs: number): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return at;
}

export function When({ time }: { time: Timestamp | undefined }) {
  const isExact = useExact();
  const at = useNow(30_000);
  if (time === undefined) return null;
  const [shown, other] = isExact
    ? [formatTime(time), formatRelative(time, at)]
    : [formatRelative(time, at), formatTime(time)];
  return (
    <button type="button" className="when" title={other} onClick={toggle}>
      <time dateTime={new Date(millis(time)!).toISOString()}>{shown}</time>
    </button>
  );
}
