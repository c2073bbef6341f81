// What was recorded and has to reach the services: kept encrypted on the phone, sent in the order of recording, each once.
//
// A record keeps the id that it got when it was made (request_id) and, from the first try on, the very bytes of its
// request. So a repeat after a lost answer, a reload or a new sign-in is known to the service as the same.

import { fromBinary, toBinary, type DescMessage, type MessageInitShape, create, type MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { ReportAbsenceRequestSchema, ReportEmergencyRequestSchema, SignalService } from "../gen/tonghu/alerts/v1/signal_service_pb.ts";
import type { Alert, EmergencyKind } from "../gen/tonghu/alerts/v1/alert_pb.ts";
import { ContactService, CreateContactRequestSchema, type Concern, type ContactKind, type Mood } from "../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { clockOffset } from "../shared/clock.ts";
import { isoDay, timestamp } from "../shared/dates.ts";
import { isAway, isSignedOut, Problem, shown } from "../shared/errors.ts";
import { countyOf, parentOf } from "../shared/names.ts";
import { newRequestId } from "../shared/request_id.ts";
import { sessions } from "../shared/session.tsx";
import { transport } from "../shared/transport.ts";
import type { Waiting } from "./needs.ts";
import { store, type Box, type QueueRow } from "./store.ts";
import { text } from "./text.ts";
import { seal, unseal } from "./vault.ts";
import { timeOf, type When } from "./when.ts";

/** What a person records. */
export type Entry =
  | { kind: "contact"; child: string; childName: string; helper: string; how: ContactKind; when: When; note: string; mood: Mood; concerns: Concern[] }
  | { kind: "absence"; child: string; childName: string; withLeave: boolean }
  | { kind: "emergency"; child: string; childName: string; what: EmergencyKind; description: string; reporter: string };

/** A record with what is known of it. */
export interface Recorded {
  requestId: string;
  entry: Entry;
  /** What the phone's clock said at the recording, milliseconds since 1970. */
  phoneTime: number;
  /** How far the server's clock was ahead of the phone's then; undefined: not known then. */
  offset?: number;
  /** Not to be sent before this, by the phone's clock: the person may still take it back. */
  notBefore?: number;
  /** The request's bytes, from the first try on, in base64. */
  sent?: string;
  /** Why a service refused it. It stays until the person has seen to it. */
  refusal?: string;
}
export interface Queued extends Recorded {
  id: number;
  /** As it lies in the database. */
  box: Box;
}

const most = 500; // records an account; more than a school has in a week
const purpose = "queue";
const contacts = createClient(ContactService, transport);
const signals = createClient(SignalService, transport);

const listeners = new Set<() => void>();
/** Calls `listener` after each change of the queue; gives back how to stop that. */
export function onQueue(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
function changed(): void {
  listeners.forEach((listener) => listener());
}

/** Keeps a record. Once this is done, the record outlives the page, the session and the phone's restart. */
export async function record(account: string, entry: Entry, undoMs = 0): Promise<number> {
  if ((await store.queueLength(account)) >= most) throw new Problem(text.queueFull);
  const phoneTime = Date.now();
  const recorded: Recorded = { requestId: newRequestId(), entry, phoneTime };
  const offset = clockOffset() ?? (await store.fact<number>("offset"));
  if (offset !== undefined) recorded.offset = offset;
  if (undoMs > 0) recorded.notBefore = phoneTime + undoMs;
  const id = await store.addToQueue(account, await seal(account, purpose, recorded));
  // Without this, the browser may throw the database away when the phone runs full.
  void navigator.storage?.persist?.();
  changed();
  return id;
}

/** The account's records, in their order. One that can't be opened is left out and stays. */
export async function queued(account: string): Promise<Queued[]> {
  const opened = await Promise.all((await store.queueOf(account)).map((row) => openRow(row)));
  return opened.filter((row): row is Queued => row !== undefined);
}

async function openRow(row: QueueRow): Promise<Queued | undefined> {
  return unseal<Recorded>(row.account, purpose, row.box).then((recorded) => ({ ...recorded, id: row.id, box: row.box }), () => undefined);
}

/** The contacts that wait and were not refused, by children, with the times that they are going to be told with. */
export function waitingContacts(queue: Queued[]): Map<string, Waiting[]> {
  const waiting = new Map<string, Waiting[]>();
  for (const row of queue) {
    const { entry, phoneTime, refusal } = row;
    if (entry.kind !== "contact" || refusal !== undefined) continue;
    const contact = { kind: entry.how, at: timeOf(entry.when, phoneTime, offsetOf(row)) };
    waiting.set(entry.child, [...(waiting.get(entry.child) ?? []), contact]);
  }
  return waiting;
}

/** How far the phone's clock was off. The offset of the recording counts: the clock may have been set right since. */
function offsetOf(row: Recorded): number {
  return row.offset ?? clockOffset() ?? 0;
}

/** Keeps a record changed. Gives the record as it lies now; nothing when it was sent, taken back or changed meanwhile. */
async function rewrite(account: string, { id, box, ...recorded }: Queued): Promise<Queued | undefined> {
  const next = await seal(account, purpose, recorded);
  if (!(await store.replaceInQueue({ id, account, box: next }, box))) return undefined;
  changed();
  return { ...recorded, id, box: next };
}

/** Takes a record back that was not sent yet, or throws one away that was refused. Says whether it was still there. */
export async function takeBack(id: number): Promise<boolean> {
  const there = (await store.queueRow(id)) !== undefined;
  await store.removeFromQueue(id);
  changed();
  return there;
}

/** Changes a record that was not sent yet. One that is on its way stays as it is. */
export async function amend(account: string, row: Queued, change: { entry?: Entry; notBefore?: number }): Promise<void> {
  if (row.sent === undefined) await rewrite(account, { ...row, ...change });
}

/** Lets a refused record be tried again. */
export async function tryAgain(account: string, row: Queued): Promise<void> {
  const { refusal: _, sent: __, ...rest } = row;
  await rewrite(account, rest);
}

/** How a round of sending ended. */
export type Round = "empty" | "later" | "away" | "signedOut";

/** A record that a service has taken; with the alert that came of it, for an emergency. */
export interface Delivered {
  row: Queued;
  alert?: Alert;
}

/** Sends what waits, one after the other, in one tab at a time. `taken` hears of each that a service has taken. */
export async function sendAll(account: string, taken: (delivered: Delivered) => void): Promise<Round> {
  const round = () => sendEach(account, taken);
  if (navigator.locks === undefined) return round();
  return navigator.locks.request("tonghu-queue", { ifAvailable: true }, (lock) =>
    lock === null ? Promise.resolve<Round>("later") : round(),
  );
}

async function sendEach(account: string, taken: (delivered: Delivered) => void): Promise<Round> {
  let end: Round = "empty";
  // Emergencies go first, whatever waits before them.
  const rows = (await queued(account)).sort((a, b) => rank(a) - rank(b) || a.id - b.id);
  if (rows.every((row) => row.refusal !== undefined)) return end;
  try {
    // Another person may have signed in in another tab: nobody's records go out under another's name.
    if ((await sessions.getSession({})).account !== account) return "signedOut";
  } catch (error) {
    return isSignedOut(error) ? "signedOut" : "away";
  }
  for (const row of rows) {
    if (row.refusal !== undefined) continue;
    if (row.notBefore !== undefined && Date.now() < row.notBefore && row.notBefore - Date.now() < 60_000) {
      end = "later";
      continue;
    }
    const ready = await prepared(account, row);
    if (ready === undefined) {
      end = "later"; // taken back or changed meanwhile
      continue;
    }
    try {
      const alert = await send(ready);
      await store.removeFromQueue(row.id);
      taken(alert === undefined ? { row } : { row, alert });
      changed();
    } catch (error) {
      if (isSignedOut(error)) return "signedOut";
      if (isAway(error) || isPassing(error)) return "away";
      await rewrite(account, { ...ready, refusal: shown(error).sentence });
    }
  }
  return end;
}

const rank = (row: Queued) => (row.entry.kind === "emergency" ? 0 : 1);

/** Whether the same request may well be taken later. */
function isPassing(error: unknown): boolean {
  const { code } = ConnectError.from(error);
  return code === Code.ResourceExhausted || code === Code.Internal || code === Code.Canceled;
}

type Ready = Queued & { sent: string };

/** The record with the bytes of its request, on the disk before they go out; nothing when it stands there no more. */
async function prepared(account: string, row: Queued): Promise<Ready | undefined> {
  if (row.sent !== undefined) return (await store.queueRow(row.id)) === undefined ? undefined : { ...row, sent: row.sent };
  const sent = toBase64(bytesOf(row));
  const kept = await rewrite(account, { ...row, sent });
  return kept && { ...kept, sent };
}

function bytesOf(row: Queued): Uint8Array {
  const { entry, requestId } = row;
  const parent = parentOf(countyOf(entry.child));
  const offset = offsetOf(row);
  const recorded = row.phoneTime + offset;
  switch (entry.kind) {
    case "contact":
      return bytes(CreateContactRequestSchema, {
        parent,
        requestId,
        contact: {
          child: entry.child,
          helper: entry.helper,
          kind: entry.how,
          note: entry.note,
          mood: entry.mood,
          concerns: entry.concerns,
          happenTime: timestamp(timeOf(entry.when, row.phoneTime, offset)),
        },
      });
    case "absence":
      return bytes(ReportAbsenceRequestSchema, {
        parent,
        requestId,
        absence: { child: entry.child, withLeave: entry.withLeave, date: isoDay(recorded) },
      });
    case "emergency":
      return bytes(ReportEmergencyRequestSchema, {
        parent,
        requestId,
        child: entry.child,
        kind: entry.what,
        description: entry.description,
        reporter: entry.reporter,
        happenTime: timestamp(recorded),
      });
  }
}

function bytes<T extends DescMessage>(schema: T, init: MessageInitShape<T>): Uint8Array {
  return toBinary(schema, create(schema, init));
}

async function send(row: Ready): Promise<Alert | undefined> {
  const request = <T extends DescMessage>(schema: T): MessageShape<T> => fromBinary(schema, fromBase64(row.sent));
  switch (row.entry.kind) {
    case "contact":
      await contacts.createContact(request(CreateContactRequestSchema));
      return undefined;
    case "absence":
      await signals.reportAbsence(request(ReportAbsenceRequestSchema));
      return undefined;
    case "emergency":
      return signals.reportEmergency(request(ReportEmergencyRequestSchema));
  }
}

function toBase64(bytes: Uint8Array): string {
  let characters = "";
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return btoa(characters);
}
function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
