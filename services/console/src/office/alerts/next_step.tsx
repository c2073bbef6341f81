import { AlertState, type Alert } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { formatCountdown, formatTime, millis } from "../../shared/dates.ts";
import { useNow } from "../kit/when.tsx";
import { alerts as t } from "./text.ts";

const soon = 30 * 60_000;

/** The time to the next step, counted down. */
export function NextStep({ alert }: { alert: Alert }) {
  const at = useNow(1000);
  const next = millis(alert.nextStepTime);
  if (next === undefined || alert.state === AlertState.RESOLVED) return null;
  const left = formatCountdown(next, at);
  const words = left === "" ? t.climbsNow : left + (alert.state === AlertState.OPEN ? t.climbs : t.held);
  return (
    <span className={next - at < soon ? "next next-soon" : "next"} title={formatTime(next)}>
      {words}
    </span>
  );
}
