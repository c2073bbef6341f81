// The days in which a duty is owed.

import type { Duty } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { formatDay, millis } from "../../shared/dates.ts";
import { kit } from "./text.ts";

/** "9月7日 至 9月13日": from the first day to the last. */
export function windowOf(duty: Duty): string {
  return kit.fromTo(formatDay(duty.windowStart), formatDay((millis(duty.windowEnd) ?? 1) - 1));
}
