// The way to the services: the Connect protocol to the gateway that served the page. The session's cookie goes along by
// itself; scripts can't read it.

import type { Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { takeServerDate } from "./clock.ts";
import { isSignedOut } from "./errors.ts";

/** Who wants to know that the session is over. */
const listeners = new Set<() => void>();

/** Calls `listener` whenever an answer says that nobody is signed in; gives back how to stop that. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Which session a call belongs to: what was asked under one that is over may be refused after the next has begun.
let sessionNumber = 0;

/** A new session has begun. */
export function beginSession(): void {
  sessionNumber++;
}

// The newest position seen of each journal's shard ("registry/3:1042"). Handed on, it makes a service answer from a
// state that has applied what this browser has seen.
const seen = new Map<string, bigint>();

function take(positions: string | null): void {
  for (const part of (positions ?? "").split(",")) {
    const match = /^\s*([a-z]+\/\d+):(\d+)\s*$/.exec(part);
    if (match === null) continue;
    const [, shard, seq] = match as unknown as [string, string, string];
    // A service takes at most 256.
    if (BigInt(seq) > (seen.get(shard) ?? 0n) && (seen.has(shard) || seen.size < 256)) seen.set(shard, BigInt(seq));
  }
}

/** Forgets what the last person's calls have seen. */
export function forgetPositions(): void {
  seen.clear();
}

const watch: Interceptor = (next) => async (request) => {
  for (const [key, value] of Object.entries(afterHeader())) request.header.set(key, value);
  const started = performance.now();
  const session = sessionNumber;
  try {
    const response = await next(request);
    if (!response.stream) {
      takeServerDate(response.header.get("date"), performance.now() - started);
      take(response.header.get("tonghu-position"));
      take(response.trailer.get("tonghu-position"));
    }
    return response;
  } catch (error) {
    // Sign-in itself is refused as UNAUTHENTICATED too; its page says so beside the form.
    if (isSignedOut(error) && session === sessionNumber && !request.url.includes("/tonghu.access.v1.SessionService/")) {
      listeners.forEach((listener) => listener());
    }
    throw error;
  }
};

const to = (baseUrl: string) =>
  createConnectTransport({ baseUrl, useBinaryFormat: true, defaultTimeoutMs: 20_000, interceptors: [watch] });

export const transport = to(window.location.origin);

/** The way to one named service, for APIs that every service has (JournalService). */
export function transportTo(service: string) {
  return to(`${window.location.origin}/${service}`);
}

/** What this browser has seen, for a call that is made by hand. */
export function afterHeader(): Record<string, string> {
  return seen.size === 0 ? {} : { "tonghu-after": Array.from(seen, ([shard, seq]) => `${shard}:${seq}`).join(",") };
}
