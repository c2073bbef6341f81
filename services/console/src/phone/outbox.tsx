// What waits, what was refused and why, what was just taken; and the way out.

import { useState } from "react";
import { EmergencyKindSchema } from "../gen/tonghu/alerts/v1/alert_pb.ts";
import { ContactKindSchema } from "../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { formatSeconds, formatTime } from "../shared/dates.ts";
import { isAway } from "../shared/errors.ts";
import { useSessionStatus } from "../shared/session.tsx";
import { wordOf } from "../shared/words.ts";
import { usePhone } from "./phone.tsx";
import { takeBack, tryAgain, type Queued } from "./queue.ts";
import { store } from "./store.ts";
import { text } from "./text.ts";
import { forgetAll } from "./vault.ts";

const t = text.outbox;

export function OutboxPage() {
  const { queue, sent } = usePhone();
  const refused = queue.filter((row) => row.refusal !== undefined);
  const waiting = queue.filter((row) => row.refusal === undefined);
  return (
    <>
      <h1>{t.title}</h1>
      {queue.length === 0 && <p className="empty">{t.empty}</p>}
      <Rows label={t.refused} rows={refused} />
      <Rows label={t.waiting} rows={waiting} />
      <Rows label={t.sent} rows={sent.map(({ row }) => row)} done />
      <SignOut waiting={queue.length} />
    </>
  );
}

function Rows({ label, rows, done = false }: { label: string; rows: Queued[]; done?: boolean }) {
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>{label}</h2>
      <ul className="card">{rows.map((row) => <Record key={row.id} row={row} done={done} />)}</ul>
    </section>
  );
}

function Record({ row, done }: { row: Queued; done: boolean }) {
  const { account, refresh } = usePhone();
  const [sure, setSure] = useState(false);
  return (
    <li className={row.refusal === undefined ? "row" : "row missed"}>
      <div>
        <p className="name">{row.entry.childName}<span className="class">{whatOf(row)}</span></p>
        <p className="last">{formatTime(row.phoneTime + (row.offset ?? 0))}{clockNote(row.offset)}</p>
        {row.refusal !== undefined && <p className="problem" role="alert">{row.refusal}</p>}
      </div>
      {!done && row.refusal !== undefined && (
        <div className="pair">
          <button type="button" onClick={() => void tryAgain(account, row).then(refresh)}>{t.retry}</button>
          <button type="button" className="danger" onClick={() => (sure ? void takeBack(row.id) : setSure(true))}>
            {sure ? t.discardSure : t.discard}
          </button>
        </div>
      )}
    </li>
  );
}

function whatOf({ entry }: Queued): string {
  switch (entry.kind) {
    case "contact":
      return wordOf(ContactKindSchema, entry.how);
    case "absence":
      return entry.withLeave ? text.absencePage.leave : text.absencePage.absent;
    case "emergency":
      return wordOf(EmergencyKindSchema, entry.what);
  }
}

/** That the phone's clock was wrong at the recording, when it was by more than a few minutes. */
function clockNote(offset = 0): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  if (minutes < 5) return "";
  const length = formatSeconds(minutes * 60);
  return `（${t.clock(offset < 0 ? t.fast(length) : t.slow(length))}）`;
}

function SignOut({ waiting }: { waiting: number }) {
  const { signOut } = useSessionStatus();
  const [note, setNote] = useState("");
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      if (!isAway(error)) return setNote(text.outbox.signOutOffline);
      // Without a network the session can't be ended, but the phone can be emptied; the rest is done at the next start.
      await store.setFact("signOutPending", true);
      await forgetAll();
      window.location.reload();
    }
  };
  return (
    <section className="sign-out">
      <p className="hint">{waiting > 0 ? t.wipeWaiting(waiting) : t.wipeNote}</p>
      {note !== "" && <p className="problem" role="alert">{note}</p>}
      <button type="button" className="wide" onClick={() => void leave()}>{t.wipe}</button>
    </section>
  );
}
