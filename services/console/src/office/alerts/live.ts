// The live stream of a county's alerts: one a browser, however many tabs are open. A browser opens six connections to an
// origin over HTTP/1.1, and each stream holds one. The tab that has the lock reads the stream and hands the changes on.

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { useEffect, useRef, useState } from "react";
import { AlertService, WatchAlertsResponseSchema, type WatchAlertsResponse } from "../../gen/tonghu/alerts/v1/alert_service_pb.ts";
import { transport } from "../../shared/transport.ts";

const client = createClient(AlertService, transport);
const longestPause = 15_000;

type Told = { change: Uint8Array } | { up: boolean } | { begun: true } | { ask: true };

/**
 * Calls `changed` with each change of the county's alerts, and `begun` each time when the stream begins: what was raised
 * before, behind the last list, is in no change. Says whether the stream stands.
 */
export function useLiveAlerts(
  parent: string,
  changed: (change: WatchAlertsResponse) => void,
  begun: () => void,
): boolean {
  const [up, setUp] = useState(true);
  const listener = useRef({ changed, begun });
  listener.current = { changed, begun };
  useEffect(() => {
    const ending = new AbortController();
    const name = `tonghu-alerts-${parent}`;
    const channel = new BroadcastChannel(name);
    let leads = false;
    let stands = true;
    const tell = (told: Told) => {
      hear(told);
      channel.postMessage(told);
    };
    const hear = (told: Told) => {
      if ("begun" in told) listener.current.begun();
      if ("change" in told) listener.current.changed(fromBinary(WatchAlertsResponseSchema, told.change));
      if ("up" in told) setUp((stands = told.up));
      if ("ask" in told && leads) channel.postMessage({ up: stands } satisfies Told);
    };
    channel.onmessage = (event) => hear(event.data as Told);
    channel.postMessage({ ask: true } satisfies Told);
    const lead = async () => {
      leads = true;
      await read(parent, ending.signal, tell);
    };
    navigator.locks.request(name, { signal: ending.signal }, lead).catch(() => undefined); // the page was left
    return () => {
      ending.abort();
      channel.close();
    };
  }, [parent]);
  return up;
}

/** Reads the stream until `signal`, again and again. A change missed in between is found by listing when it begins. */
async function read(parent: string, signal: AbortSignal, tell: (told: Told) => void): Promise<void> {
  let pause = 1000;
  while (!signal.aborted) {
    const opened = setTimeout(() => tell({ up: true }), 1500); // no refusal by then: the stream stands
    try {
      for await (const change of client.watchAlerts({ parent }, { signal, timeoutMs: 0, onHeader: () => tell({ begun: true }) })) {
        pause = 1000;
        if (change.alert !== undefined) tell({ change: toBinary(WatchAlertsResponseSchema, change) });
      }
    } catch {
      // The next round tries again; the list goes on by asking.
    }
    clearTimeout(opened);
    if (signal.aborted) return;
    tell({ up: false });
    await new Promise((resolve) => setTimeout(resolve, pause + Math.random() * 500));
    pause = Math.min(pause * 2, longestPause);
  }
}
