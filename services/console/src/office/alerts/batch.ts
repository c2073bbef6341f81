import { createClient } from "@connectrpc/connect";
import { AlertService } from "../../gen/tonghu/alerts/v1/alert_service_pb.ts";
import { sentence } from "../../shared/errors.ts";
import { newRequestId } from "../../shared/request_id.ts";
import { transport } from "../../shared/transport.ts";
import { queries } from "../queries.ts";

const client = createClient(AlertService, transport);
const atOnce = 4; // of the browser's six connections

/** Takes up many alerts: how many were, and why the others were not. */
export async function takeUpAll(names: string[], staffMember: string) {
  const refused: { name: string; why: string }[] = [];
  let taken = 0;
  const left = [...names];
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      try {
        await client.acknowledgeAlert({ name, staffMember, requestId: newRequestId() });
        taken++;
      } catch (error) {
        refused.push({ name, why: sentence(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await queries.invalidateQueries();
  return { taken, refused };
}
