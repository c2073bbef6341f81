// What the services said of themselves at one moment, put together over their replicas. Pure.

import type { JournalStatus, QuarantinedEvent } from "../../gen/tonghu/journal/v1/journal_service_pb.ts";
import { millis } from "../../shared/dates.ts";

/** One replica's answer. */
export interface Replica {
  status: JournalStatus;
  /** When it was asked and when it had answered, in milliseconds of the page's own monotonic clock. */
  asked: number;
  answered: number;
}
export interface ServiceLook {
  service: string;
  replicas: Replica[];
  /** Replicas that answered earlier and did not now. */
  silent: string[];
  /** Why nothing more was heard; empty when all went well. */
  error: string;
  quarantined: QuarantinedEvent[];
}
export type Look = ServiceLook[];

/** Where one service stands, over all its replicas; where they differ, the newest position counts. */
export interface Position {
  heads: Map<number, bigint>;
  relayed: Map<number, bigint>;
  /** By producer and shard; nothing: nothing applied yet. */
  applied: Map<string, bigint>;
  /** Shards that some replica works. */
  worked: Set<number>;
  /** Up to when all deadlines of a shard have fired, milliseconds since 1970, where it is known just now. */
  swept: Map<number, number>;
  now: number;
  inFlight: number;
  quarantined: number;
}

// As libs/fleet HeardBy: the services whose journals a service consumes.
const heard: Record<string, string[]> = {
  pairing: ["registry"],
  alerts: ["registry", "pairing", "reporting", "access"],
  reporting: ["registry", "pairing", "alerts"],
  access: ["registry", "pairing", "alerts"],
};

export function positionOf(look: ServiceLook): Position {
  const position: Position = {
    heads: new Map(), relayed: new Map(), applied: new Map(), worked: new Set(), swept: new Map(), now: 0, inFlight: 0, quarantined: 0,
  };
  for (const { status } of look.replicas) {
    position.now = Math.max(position.now, millis(status.now) ?? 0);
    position.inFlight += Number(status.commandsInFlight);
    position.quarantined = Math.max(position.quarantined, Number(status.quarantined));
    for (const shard of status.shards) {
      raise(position.heads, shard.shard, shard.headSeq);
      raise(position.relayed, shard.shard, shard.relayedSeq);
      for (const { producer, seq } of shard.cursors) raise(position.applied, `${producer}/${shard.shard}`, seq);
      if (!shard.leased) continue;
      position.worked.add(shard.shard);
      const swept = millis(shard.sweptThrough);
      if (swept !== undefined) raise(position.swept, shard.shard, swept);
    }
  }
  return position;
}

function raise<K, V extends bigint | number>(map: Map<K, V>, key: K, value: V): void {
  const before = map.get(key);
  if (before === undefined || value > before) map.set(key, value);
}

/** How many events a service is behind in one thing: `of` is "bus" for its own journal's way to the bus, else the producer. */
export interface Lag {
  key: string;
  service: string;
  of: string;
  events: number;
  shards: number[];
}

/**
 * The lag of every service to the bus and to each producer that it consumes, also where there is none.
 * @param heads says how far they should be: the same look, or an earlier one, to see whether what stood there has been worked since
 */
export function lagsOf(look: Look, heads: Look): Lag[] {
  const positions = new Map(look.filter(answers).map((one) => [one.service, positionOf(one)]));
  const targets = new Map(heads.filter(answers).map((one) => [one.service, positionOf(one).heads]));
  return [...positions].flatMap(([service, position]) => {
    const producers = (heard[service] ?? []).filter((producer) => targets.has(producer));
    return [
      lagOf(service, "bus", targets.get(service) ?? position.heads, (shard) => position.relayed.get(shard)),
      ...producers.map((producer) => lagOf(service, producer, targets.get(producer)!, (shard) => position.applied.get(`${producer}/${shard}`))),
    ];
  });
}

const answers = ({ replicas }: ServiceLook) => replicas.length > 0;

function lagOf(service: string, of: string, heads: Map<number, bigint>, at: (shard: number) => bigint | undefined): Lag {
  const left = [...heads].map(([shard, head]): [number, number] => [shard, Number(head - (at(shard) ?? 0n))]).filter(([, events]) => events > 0);
  return { key: `${service} ${of}`, service, of, events: left.reduce((sum, [, events]) => sum + events, 0), shards: left.map(([shard]) => shard) };
}

/** Up to when a shard's deadlines have fired, by service and shard: the newest that any look has shown. */
export type Swept = Map<string, number>;

/** Takes a look into what is known. A shard that was never seen swept counts from the first look on. */
export function takeSwept(known: Swept, look: Look): Swept {
  const all = new Map(known);
  for (const one of look) {
    const position = positionOf(one);
    for (const shard of position.worked) {
      const key = `${one.service}/${shard}`;
      raise(all, key, position.swept.get(shard) ?? all.get(key) ?? position.now);
    }
  }
  return all;
}

/** Up to when the deadlines of all shards that a service's replicas work have fired; undefined when they work none. */
export function sweptThrough(look: ServiceLook, known: Swept): number | undefined {
  const times = [...positionOf(look).worked].map((shard) => known.get(`${look.service}/${shard}`)).filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
