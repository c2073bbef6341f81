// The status of every replica of every service, asked of each: /pairing/tonghu.journal.v1.JournalService/GetStatus.

import { createClient, type Client } from "@connectrpc/connect";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { JournalService } from "../../gen/tonghu/journal/v1/journal_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { sentence } from "../../shared/errors.ts";
import { transportTo } from "../../shared/transport.ts";
import { adviceOf, type Advice } from "./checks.ts";
import { takeSwept, type Look, type Replica, type ServiceLook, type Swept } from "./looks.ts";

const everyMs = 10_000;
const mostReplicas = 10;
const patienceMs = 5_000;
const names = ["registry", "pairing", "alerts", "reporting", "access"];
const clients = new Map(names.map((service) => [service, createClient(JournalService, transportTo(service))]));

/** The client of a service's journal. */
export function journalOf(service: string): Client<typeof JournalService> {
  return clients.get(service)!;
}

export interface Status {
  look: Look;
  swept: Swept;
  advice: Advice[];
}

/** What is asked every ten seconds; undefined until the first answers. */
export function useStatus(): { status: Status | undefined; refetch: () => void } {
  const before = useRef<{ look: Look; swept: Swept }>(undefined);
  const query = useQuery({
    queryKey: ["service status"],
    refetchInterval: everyMs,
    // What is known is the page's own: another visit begins anew.
    gcTime: 0,
    queryFn: async (): Promise<Status> => {
      const known = before.current;
      const look = await Promise.all(names.map((service) => askService(service, known?.look.find((one) => one.service === service))));
      const swept = takeSwept(known?.swept ?? new Map(), look);
      before.current = { look, swept };
      return { look, swept, advice: adviceOf(look, known?.look, swept, now()) };
    },
  });
  return { status: query.data, refetch: () => void query.refetch() };
}

async function askService(service: string, before: ServiceLook | undefined): Promise<ServiceLook> {
  const client = journalOf(service);
  const { replicas, error } = await askReplicas(client);
  const here = new Set(replicas.map(({ status }) => status.replica));
  const known = new Set([...(before?.silent ?? []), ...(before?.replicas ?? []).map(({ status }) => status.replica)]);
  const quarantined = replicas.some(({ status }) => status.quarantined > 0n)
    ? (await client.listQuarantinedEvents({ pageSize: 200 }).catch(() => undefined))?.events ?? [] : [];
  return { service, replicas, silent: [...known].filter((name) => !here.has(name)), error, quarantined };
}

/** The gateway hands calls to the replicas in turn, those of other pages too: asked until two in a row bring nobody new. */
async function askReplicas(client: Client<typeof JournalService>): Promise<{ replicas: Replica[]; error: string }> {
  const replicas: Replica[] = [];
  try {
    for (let again = 0; again < 2 && replicas.length < mostReplicas; ) {
      const asked = performance.now();
      const status = await client.getStatus({}, { timeoutMs: patienceMs });
      if (replicas.some((one) => one.status.replica === status.replica)) again += 1;
      else replicas.push({ status, asked, answered: performance.now() });
    }
    return { replicas, error: "" };
  } catch (error) {
    return { replicas, error: sentence(error) };
  }
}
