// The status of every service, asked of each: /pairing/tonghu.journal.v1.JournalService/GetStatus.

import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { useQuery } from "@tanstack/react-query";
import { JournalService, type JournalStatus, type QuarantinedEvent, type ReleaseQuarantinedEventsResponse } from "../../gen/tonghu/journal/v1/journal_service_pb.ts";
import { millis } from "../../shared/dates.ts";
import { transportTo } from "../../shared/transport.ts";
import { operator as t } from "./text.ts";

export interface ServiceStatus {
  service: string;
  /** Undefined when the service did not answer. */
  status: JournalStatus | undefined;
  quarantined: QuarantinedEvent[];
  release(county: string, key: string): Promise<ReleaseQuarantinedEventsResponse>;
}

const names = ["registry", "pairing", "alerts", "reporting", "access"];
const clients = names.map((service) => ({ service, client: createClient(JournalService, transportTo(service)) }));

export function useStatus(): { services: ServiceStatus[] | undefined; refetch: () => void } {
  const query = useQuery({
    queryKey: ["service status"],
    refetchInterval: 10_000,
    queryFn: () => Promise.all(clients.map(async ({ service, client }): Promise<ServiceStatus> => {
      const status = await client.getStatus({}).catch(() => undefined);
      const quarantined = status !== undefined && status.quarantined > 0n
        ? (await client.listQuarantinedEvents({ pageSize: 200 }).catch(() => undefined))?.events ?? [] : [];
      return { service, status, quarantined, release: (county, key) => client.releaseQuarantinedEvents({ county, key }) };
    })),
  });
  return { services: query.data, refetch: () => void query.refetch() };
}

/** Up to when every deadline of the shards that the replica works was looked at. */
export function swept({ status }: ServiceStatus): Timestamp | undefined {
  const times = (status?.shards ?? []).filter((shard) => shard.leased && shard.sweptThrough !== undefined).map((shard) => shard.sweptThrough!);
  return times.sort((a, b) => millis(a)! - millis(b)!)[0];
}

/** How many events each service is behind each other. */
export function behindOf(services: ServiceStatus[]): { key: string; consumer: string; producer: string; behind: number }[] {
  const heads = new Map(services.flatMap(({ service, status }) =>
    (status?.shards ?? []).map((shard): [string, bigint] => [`${service}/${shard.shard}`, shard.headSeq])));
  const behind = new Map<string, number>();
  for (const { service, status } of services) {
    for (const shard of status?.shards ?? []) {
      for (const { producer, seq } of shard.cursors) {
        const key = `${service} ${producer}`;
        const left = Number((heads.get(`${producer}/${shard.shard}`) ?? seq) - seq);
        behind.set(key, (behind.get(key) ?? 0) + Math.max(0, left));
      }
    }
  }
  return [...behind].map(([key, count]) => {
    const [consumer, producer] = key.split(" ") as [string, string];
    return { key, consumer, producer, behind: count };
  });
}

const muchBehind = 1000;

/** What somebody should see to, with what to do. */
export function adviceOf(services: ServiceStatus[]): string[] {
  const of = (service: string) => t.names[service] ?? service;
  const advice = services.flatMap(({ service, status }) => {
    if (status === undefined) return [t.advise.away(of(service))];
    return [
      ...(status.busConnected ? [] : [t.advise.bus(of(service))]),
      ...(status.clockDistrusted === "" ? [] : [t.advise.clock(of(service), status.clockDistrusted)]),
      ...(status.quarantined === 0n ? [] : [t.advise.quarantined(of(service), Number(status.quarantined))]),
    ];
  });
  const late = behindOf(services).filter(({ behind }) => behind > muchBehind);
  return [...advice, ...late.map(({ consumer, producer, behind }) => t.advise.lag(of(consumer), of(producer), behind))];
}
