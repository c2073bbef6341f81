// What somebody should see to, with what to do: what `tonghuctl doctor` checks, of what a page can ask. Pure.

import { formatTime, millis } from "../../shared/dates.ts";
import { lagsOf, positionOf, sweptThrough, type Look, type Replica, type ServiceLook, type Swept } from "./looks.ts";
import { operator as t } from "./text.ts";

export interface Advice {
  found: string;
  remedy: string;
}

const week = 7 * 86_400_000;
const mostSkew = 2_000; // beyond this a replica distrusts its clock
const mostHeld = 60_000; // deadlines are looked at twice a second

/**
 * Everything that is not well.
 * @param before the look before, ten seconds earlier: what stood in the journals then should have been worked by now
 * @param swept what is known of deadlines, this look included
 * @param now the server's time, in milliseconds since 1970
 */
export function adviceOf(look: Look, before: Look | undefined, swept: Swept, now: number): Advice[] {
  return [
    ...look.flatMap(ofReplicas),
    ...ofClocks(look.flatMap(({ replicas }) => replicas)),
    ...ofCertificates(look, now),
    ...(before === undefined ? [] : lagsOf(look, before).filter(({ events }) => events > 0)).map(({ service, of, events, shards }) =>
      of === "bus" ? t.advise.relay(nameOf(service), events, shards) : t.advise.lag(nameOf(service), nameOf(of), events, shards)),
    ...look.filter(({ replicas }) => replicas.length > 0).flatMap((one) => ofWork(one, swept)),
  ];
}

export const nameOf = (service: string) => t.names[service] ?? service;

function ofReplicas({ service, replicas, silent, error }: ServiceLook): Advice[] {
  return [
    ...(replicas.length === 0 ? [t.advise.away(nameOf(service), error)] : []),
    ...(replicas.length === 0 ? [] : silent.map((replica) => t.advise.silent(replica))),
    ...replicas.flatMap(({ status }) => [
      ...(status.busConnected ? [] : [t.advise.bus(status.replica)]),
      ...(status.clockDistrusted === "" ? [] : [t.advise.clock(status.replica, status.clockDistrusted)]),
    ]),
  ];
}

/** The two clocks that are certainly farthest apart, when that is too far: an answer was made at some moment of its way. */
function ofClocks(replicas: Replica[]): Advice[] {
  const clocks = replicas.map(({ status, asked, answered }) => ({
    replica: status.replica, offset: (millis(status.now) ?? 0) - (asked + answered) / 2, uncertain: (answered - asked) / 2,
  }));
  const pairs = clocks.flatMap((one, i) => clocks.slice(i + 1).map((other) => ({
    one: one.replica, other: other.replica, apart: Math.abs(one.offset - other.offset) - one.uncertain - other.uncertain,
  })));
  const worst = pairs.sort((a, b) => b.apart - a.apart)[0];
  return worst === undefined || worst.apart <= mostSkew ? [] : [t.advise.clocks(worst.one, worst.other, worst.apart)];
}

/** When a replica's certificate runs out, milliseconds since 1970; undefined without TLS. */
export function certificateEnd({ status }: Replica): number | undefined {
  return millis(status.certificateExpireTime);
}

function ofCertificates(look: Look, now: number): Advice[] {
  const ends = look.flatMap(({ replicas }) => replicas).flatMap((replica) => {
    const end = certificateEnd(replica);
    return end === undefined || end - now > week ? [] : [{ replica: replica.status.replica, end }];
  });
  return ends.map(({ replica, end }) => end === 0 ? t.advise.noCertificate(replica) : t.advise.certificate(replica, formatTime(end)));
}

function ofWork(look: ServiceLook, swept: Swept): Advice[] {
  const position = positionOf(look);
  const idle = [...position.heads.keys()].filter((shard) => !position.worked.has(shard));
  const through = sweptThrough(look, swept);
  const name = nameOf(look.service);
  return [
    ...(idle.length === 0 ? [] : [t.advise.idle(name, idle)]),
    ...(through === undefined || position.now - through <= mostHeld ? [] : [t.advise.held(name, formatTime(through))]),
    ...(position.quarantined === 0 ? [] : [t.advise.quarantined(name, position.quarantined)]),
  ];
}
