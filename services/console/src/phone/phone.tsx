// What all phone pages share: who uses the phone, what is shown, what waits, and how records go out.

import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { clockOffset, now } from "../shared/clock.ts";
import { isAway, isSignedOut, sentence } from "../shared/errors.ts";
import type { Me } from "../shared/session.tsx";
import { load, type Data } from "./data.ts";
import { onQueue, queued, record, sendAll, type Delivered, type Entry, type Queued } from "./queue.ts";
import { store } from "./store.ts";
import { toldAtOnce } from "./told.ts";
import { keep, kept } from "./vault.ts";

const threeDays = 3 * 24 * 3600_000;
const pauses = [5_000, 15_000, 30_000, 60_000]; // between rounds while the services are away
const freshFor = 5 * 60_000;

/** A record that a service has taken, for the page that shows what came of it. */
export interface Sent {
  row: Queued;
  /** Who was told, for an emergency. */
  told: string[];
}
export interface Phone {
  me: Me;
  account: string;
  /** What the pages show; undefined until something is there. */
  data: Data | undefined;
  /** Why there is nothing to show, or nothing newer. */
  problem: "" | "away" | "tooOld" | string;
  online: boolean;
  sending: boolean;
  queue: Queued[];
  sent: Sent[];
  add(entry: Entry, undoMs?: number): Promise<number>;
  refresh(): void;
}

const PhoneContext = createContext<Phone | undefined>(undefined);

export function usePhone(): Phone {
  const phone = useContext(PhoneContext);
  if (phone === undefined) throw new Error("no PhoneProvider above");
  return phone;
}

/** Gives the pages their data. `ask` asks for the session anew, when the network is back. */
export function PhoneProvider({ me, ask, children }: { me: Me; ask: () => void; children: ReactNode }) {
  const account = me.session.account;
  const [data, setData] = useState<Data>();
  const [problem, setProblem] = useState("");
  const [sending, setSending] = useState(false);
  const [sent, setSent] = useState<Sent[]>([]);
  const [online, setOnline] = useState(navigator.onLine);
  const queue = useQueue(account);

  const reload = useCallback(async () => {
    try {
      const fresh = await load(me);
      setData(fresh);
      setProblem("");
      setOnline(true);
      const offset = clockOffset();
      if (offset !== undefined) await store.setFact("offset", offset);
      await keep(account, "data", fresh);
    } catch (error) {
      if (isSignedOut(error)) return; // the sign-in page comes up
      if (isAway(error)) setOnline(false);
      setProblem(isAway(error) ? "away" : sentence(error));
    }
  }, [account, me]);

  const send = useCallback(async (): Promise<boolean> => {
    setSending(true);
    let any = false;
    const end = await sendAll(account, (delivered) => {
      any = true;
      setSent((before) => [sentOf(delivered), ...before].slice(0, 20));
    }).catch(() => "away" as const);
    setSending(false);
    setOnline(end !== "away");
    if (end === "signedOut") ask();
    if (any) void reload();
    return end !== "away" && end !== "later";
  }, [account, ask, reload]);

  useEffect(() => {
    void kept<Data>(account, "data").then((before) => {
      if (before === undefined) return;
      if (now() - before.takenAt > threeDays) setProblem((p) => p || "tooOld");
      else setData((fresh) => fresh ?? before);
    });
    void reload();
  }, [account, reload]);

  const kick = useRounds(send);
  useEffect(() => {
    if (queue.some((row) => row.refusal === undefined)) kick();
    // What can still be taken back goes out as soon as it can't.
    const ends = queue.map(({ notBefore = 0 }) => notBefore - Date.now()).filter((left) => left > 0);
    if (ends.length === 0) return undefined;
    const timer = window.setTimeout(kick, Math.min(...ends) + 50);
    return () => window.clearTimeout(timer);
  }, [queue, kick]);
  useReturn(
    useCallback(() => {
      ask();
      kick();
      void reload();
    }, [ask, kick, reload]),
    data?.takenAt,
  );

  const value = useMemo<Phone>(
    () => ({
      me, account, data, problem, online, sending, queue, sent,
      add: (entry, undoMs) => record(account, entry, undoMs),
      refresh: () => { kick(); void reload(); },
    }),
    [me, account, data, problem, online, sending, queue, sent, kick, reload],
  );
  return <PhoneContext.Provider value={value}>{children}</PhoneContext.Provider>;
}

function sentOf({ row, alert }: Delivered): Sent {
  return { row, told: toldAtOnce(alert?.entries ?? []) };
}

/** The account's records that wait. */
function useQueue(account: string): Queued[] {
  const [rows, setRows] = useState<Queued[]>([]);
  useEffect(() => {
    let current = true;
    const read = () => void queued(account).then((found) => current && setRows(found), () => {});
    read();
    const stop = onQueue(read);
    return () => {
      current = false;
      stop();
    };
  }, [account]);
  return rows;
}

/** Runs rounds of sending, one at a time, again after a pause until nothing waits. Gives how to ask for one now. */
function useRounds(send: () => Promise<boolean>): () => void {
  const state = useRef({ running: false, again: false, tries: 0, timer: 0 });
  const latest = useRef(send);
  latest.current = send;
  const kick = useCallback(() => {
    const s = state.current;
    window.clearTimeout(s.timer);
    if (s.running) {
      s.again = true;
      return;
    }
    s.running = true;
    void latest.current().then((done) => {
      s.running = false;
      s.tries = done ? 0 : s.tries + 1;
      if (s.again) {
        s.again = false;
        kick();
      } else if (!done) {
        s.timer = window.setTimeout(kick, pauses[Math.min(s.tries, pauses.length) - 1] ?? 5_000);
      }
    });
  }, []);
  useEffect(() => () => window.clearTimeout(state.current.timer), []);
  return kick;
}

/** Calls `back` when the network is back, and when the page is looked at again after a while. */
function useReturn(back: () => void, takenAt: number | undefined): void {
  useEffect(() => {
    const seen = () => {
      if (document.visibilityState === "visible" && now() - (takenAt ?? 0) > freshFor) back();
    };
    window.addEventListener("online", back);
    document.addEventListener("visibilitychange", seen);
    return () => {
      window.removeEventListener("online", back);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [back, takenAt]);
}
