// What comes before everything else: the parts that the phone must have, the service worker, and a sign-out that had no
// network.

import { useCallback, useEffect, useState, type ReactNode } from "react";
import { recallOffset } from "../shared/clock.ts";
import { isSignedOut } from "../shared/errors.ts";
import { sessions } from "../shared/session.tsx";
import { store } from "./store.ts";
import { text } from "./text.ts";

type State = "starting" | "ready" | "pending" | "insecure" | "noStore";

export function Boot({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>("starting");
  const start = useCallback(async () => {
    if (!window.isSecureContext) return setState("insecure");
    try {
      const offset = await store.fact<number>("offset");
      if (offset !== undefined) recallOffset(offset);
      if ((await store.fact<boolean>("signOutPending")) === true) {
        if (!(await signedOut())) return setState("pending");
        await store.removeFact("signOutPending");
      }
      setState("ready");
    } catch {
      setState("noStore");
    }
  }, []);
  useEffect(() => {
    void start();
    window.addEventListener("online", start);
    return () => window.removeEventListener("online", start);
  }, [start]);
  useEffect(() => {
    if (import.meta.env.PROD) void navigator.serviceWorker?.register("/m/sw.js", { scope: "/m/" }).catch(() => {});
  }, []);

  if (state === "ready") return children;
  if (state === "starting") return <p className="center" role="status">{text.loading}</p>;
  const why = { pending: text.boot.pending, insecure: text.boot.insecure, noStore: text.notKept }[state];
  return (
    <main className="center">
      <p role="alert">{why}</p>
      <button type="button" className="primary" onClick={() => void start()}>{text.boot.retry}</button>
    </main>
  );
}

/** Ends the session of the person before; false while nobody can be asked. */
function signedOut(): Promise<boolean> {
  return sessions.deleteSession({}).then(() => true, isSignedOut);
}
