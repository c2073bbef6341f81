// Settling is final. For a moment after the press it can be undone: the command waits here, outside the page, so that
// turning to another page does not lose it, and goes out when the moment is over.

import { createClient } from "@connectrpc/connect";
import { useSyncExternalStore } from "react";
import { AlertService } from "../../gen/tonghu/alerts/v1/alert_service_pb.ts";
import { sentence } from "../../shared/errors.ts";
import { newRequestId } from "../../shared/request_id.ts";
import { transport } from "../../shared/transport.ts";
import { queries } from "../queries.ts";
import { alerts as t } from "./text.ts";

const client = createClient(AlertService, transport);
export const undoSeconds = 6;

export interface Settling {
  name: string;
  what: string;
  staffMember: string;
  resolution: string;
  requestId: string;
  /** performance.now() at which it goes out. */
  at: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

let waiting: Settling[] = [];
const listeners = new Set<() => void>();
let tell: (kind: "success" | "error", said: string) => void = () => {};

function set(next: Settling[]) {
  waiting = next;
  listeners.forEach((listener) => listener());
}

/** Who shows how it went. */
export function onSettled(teller: typeof tell): void {
  tell = teller;
}

export function useSettling(): Settling[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => waiting);
}

/** Settles after `undoSeconds`, unless it is undone before. */
export function settleSoon(command: Pick<Settling, "name" | "what" | "staffMember" | "resolution">): void {
  if (waiting.some(({ name }) => name === command.name)) return;
  const settling: Settling = {
    ...command,
    requestId: newRequestId(),
    at: performance.now() + undoSeconds * 1000,
    timer: setTimeout(() => void send(settling), undoSeconds * 1000),
  };
  set([...waiting, settling]);
}

/** Takes it back; gives the words that were written, to go on with. */
export function undo(name: string): string {
  const settling = waiting.find((one) => one.name === name);
  if (settling === undefined || settling.timer === undefined) return "";
  clearTimeout(settling.timer);
  keep(name, settling.resolution);
  set(waiting.filter((one) => one.name !== name));
  return settling.resolution;
}

async function send(settling: Settling): Promise<void> {
  settling.timer = undefined; // too late to undo
  set([...waiting]);
  const { name, staffMember, resolution, requestId } = settling;
  try {
    await client.resolveAlert({ name, staffMember, resolution, requestId });
    tell("success", t.settled);
  } catch (error) {
    keep(name, resolution); // nothing that was written is lost
    tell("error", `${settling.what}：${sentence(error)}`);
  }
  set(waiting.filter((one) => one !== settling));
  await queries.invalidateQueries();
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

/** Sends nothing more and forgets all: somebody signs out. */
export function forgetSettling(): void {
  waiting.forEach(({ timer }) => clearTimeout(timer));
  drafts.clear();
  set([]);
}

window.addEventListener("beforeunload", (event) => {
  if (waiting.length === 0) return;
  event.preventDefault();
  event.returnValue = t.leave; // Chromium 78 wants it
});
