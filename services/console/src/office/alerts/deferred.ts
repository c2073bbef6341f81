// Taking up and settling can be undone for a moment after the press: the command waits here, outside the page, so that
// turning to another page does not lose it, and goes out when the moment is over. The record knows no undoing.

import { createClient } from "@connectrpc/connect";
import { useSyncExternalStore } from "react";
import { AlertService } from "../../gen/tonghu/alerts/v1/alert_service_pb.ts";
import { sentence } from "../../shared/errors.ts";
import { newRequestId } from "../../shared/request_id.ts";
import { transport } from "../../shared/transport.ts";
import { queries } from "../queries.ts";
import { takeUpAll, type Chosen } from "./batch.ts";
import { alerts as t } from "./text.ts";

const client = createClient(AlertService, transport);
export const undoSeconds = 6;

/** What waits, or is on its way. */
export interface Deferred {
  kind: "takeUp" | "settle";
  alerts: Chosen[];
  staffMember: string;
  /** For settling. */
  resolution: string;
  /** performance.now() at which it goes out. */
  at: number;
  /** Unset: on its way, too late to undo. */
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Of a batch on its way: how many have been answered. */
  answered: number;
}

/** How it went: of how many, which were refused and why. */
export interface Outcome {
  of: number;
  said: string;
  refused: (Chosen & { why: string })[];
}

let waiting: Deferred[] = [];
const listeners = new Set<() => void>();
let tell: (outcome: Outcome) => void = () => {};

function set(next: Deferred[]) {
  waiting = next;
  listeners.forEach((listener) => listener());
}

/** Who shows how it went. */
export function onOutcome(teller: typeof tell): void {
  tell = teller;
}

export function useDeferred(): Deferred[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => waiting);
}

/** What waits for an alert. */
export function useWaiting(name: string): Deferred | undefined {
  return useDeferred().find(({ alerts }) => alerts.some((alert) => alert.name === name));
}

function defer(command: Pick<Deferred, "kind" | "alerts" | "staffMember" | "resolution">): void {
  const alerts = command.alerts.filter(({ name }) => !waiting.some((one) => one.alerts.some((other) => other.name === name)));
  if (alerts.length === 0) return;
  const deferred: Deferred = {
    ...command, alerts, at: performance.now() + undoSeconds * 1000, timer: undefined, answered: 0,
  };
  deferred.timer = setTimeout(() => void send(deferred), undoSeconds * 1000);
  set([...waiting, deferred]);
}

/** Settles after `undoSeconds`, unless it is undone before. */
export function settleSoon(alert: Chosen, staffMember: string, resolution: string): void {
  defer({ kind: "settle", alerts: [alert], staffMember, resolution });
}

/** Takes up after `undoSeconds`, unless it is undone before. */
export function takeUpSoon(alerts: Chosen[], staffMember: string): void {
  defer({ kind: "takeUp", alerts, staffMember, resolution: "" });
}

/** Takes it back. The words of a settlement are there again, to go on with. */
export function undo(deferred: Deferred): void {
  if (deferred.timer === undefined) return;
  clearTimeout(deferred.timer);
  if (deferred.kind === "settle") keep(deferred.alerts[0]!.name, deferred.resolution);
  set(waiting.filter((one) => one !== deferred));
}

/** Sends at once what waits, and ends when all of it was answered: before somebody signs out. */
export async function sendWaiting(): Promise<void> {
  const left = waiting.filter(({ timer }) => timer !== undefined);
  left.forEach(({ timer }) => clearTimeout(timer));
  await Promise.all(left.map(send));
}

async function send(deferred: Deferred): Promise<void> {
  deferred.timer = undefined;
  set([...waiting]);
  tell(await (deferred.kind === "settle" ? settle(deferred) : takeUp(deferred)));
  set(waiting.filter((one) => one !== deferred));
  await queries.invalidateQueries();
}

async function settle({ alerts, staffMember, resolution }: Deferred): Promise<Outcome> {
  const alert = alerts[0]!;
  try {
    await client.resolveAlert({ name: alert.name, staffMember, resolution, requestId: newRequestId() });
    return { of: 1, said: t.settled, refused: [] };
  } catch (error) {
    keep(alert.name, resolution); // nothing that was written is lost
    return { of: 1, said: "", refused: [{ ...alert, why: sentence(error) }] };
  }
}

async function takeUp(deferred: Deferred): Promise<Outcome> {
  const { alerts, staffMember } = deferred;
  const { taken, refused } = await takeUpAll(alerts, staffMember, (answered) => {
    deferred.answered = answered;
    set([...waiting]);
  });
  return { of: alerts.length, said: alerts.length === 1 && taken === 1 ? t.takenUp : t.batchDone(taken, alerts.length), refused };
}

// What was written and did not go through, by alert, until the page is left.
const drafts = new Map<string, string>();

export function keep(name: string, words: string): void {
  if (words === "") drafts.delete(name);
  else drafts.set(name, words);
}

export function draftOf(name: string): string {
  return drafts.get(name) ?? "";
}

/** Sends nothing more and forgets all: somebody else is there. */
export function forgetDeferred(): void {
  waiting.forEach(({ timer }) => clearTimeout(timer));
  drafts.clear();
  set([]);
}

window.addEventListener("beforeunload", (event) => {
  if (waiting.length === 0) return;
  event.preventDefault();
  event.returnValue = t.leave; // Chromium 78 wants it
});
