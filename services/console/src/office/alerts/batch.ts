import { createClient } from "@connectrpc/connect";
import { AlertService } from "../../gen/tonghu/alerts/v1/alert_service_pb.ts";
import { sentence } from "../../shared/errors.ts";
import { newRequestId } from "../../shared/request_id.ts";
import { transport } from "../../shared/transport.ts";

const client = createClient(AlertService, transport);
const atOnce = 4; // of the browser's six connections

/** An alert, and what it is about in words. */
export interface Chosen {
  name: string;
  what: string;
}

/** Takes up many alerts: how many were, and why the others were not. `progress` hears how many have been answered. */
export async function takeUpAll(alerts: Chosen[], staffMember: string, progress: (answered: number) => void) {
  const refused: (Chosen & { why: string })[] = [];
  let taken = 0;
  const left = [...alerts];
  const work = async () => {
    for (let alert = left.shift(); alert !== undefined; alert = left.shift()) {
      try {
        await client.acknowledgeAlert({ name: alert.name, staffMember, requestId: newRequestId() });
        taken++;
      } catch (error) {
        refused.push({ ...alert, why: sentence(error) });
      }
      progress(taken + refused.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { taken, refused };
}
