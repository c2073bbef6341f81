// The person's own contacts of the last days with a child, asked for when they are needed: what was recorded wrongly is
// corrected or withdrawn here, while there is a network.

import { createClient } from "@connectrpc/connect";
import { useState, type FormEvent } from "react";
import { ContactKindSchema, ContactService, type Contact, type ContactKind } from "../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { now } from "../shared/clock.ts";
import { formatTime, millis, timestamp } from "../shared/dates.ts";
import { sentence } from "../shared/errors.ts";
import { countyOf, parentOf } from "../shared/names.ts";
import { newRequestId } from "../shared/request_id.ts";
import { transport } from "../shared/transport.ts";
import { choices, wordOf } from "../shared/words.ts";
import { usePhone } from "./phone.tsx";
import { text } from "./text.ts";
import { timeOf } from "./when.ts";

const t = text.recent;
const contacts = createClient(ContactService, transport);
const shownFor = 14 * 24 * 3600_000;
const hour = 3600_000;

export function RecentContacts({ child }: { child: string }) {
  const { me, refresh } = usePhone();
  const [rows, setRows] = useState<Contact[]>();
  const [problem, setProblem] = useState("");
  const load = () =>
    void contacts.listContacts({ parent: parentOf(countyOf(child)), child, happenFrom: timestamp(now() - shownFor), pageSize: 100 }).then(
      (answer) => setRows(answer.contacts.filter(({ helper }) => helper === me.staffMember).reverse()),
      (error: unknown) => setProblem(sentence(error)),
    );
  if (problem !== "") return <p className="problem" role="alert">{problem}</p>;
  if (rows === undefined) return <button type="button" className="wide" onClick={load}>{t.show}</button>;
  if (rows.length === 0) return <p className="hint">{t.none}</p>;
  return <ul className="card" aria-label={t.show}>{rows.map((row) => <Row key={row.name} row={row} changed={() => { load(); refresh(); }} />)}</ul>;
}

function Row({ row, changed }: { row: Contact; changed: () => void }) {
  const [open, setOpen] = useState<"" | "correct" | "withdraw">("");
  const done = () => {
    setOpen("");
    changed();
  };
  return (
    <li className="row">
      <div>
        <p className="name">{wordOf(ContactKindSchema, row.kind)}<span className="class">{formatTime(row.happenTime)}</span></p>
        {row.note !== "" && <p className="last">{row.note}</p>}
        {open !== "" && <Change key={row.version} row={row} withdraw={open === "withdraw"} done={done} />}
      </div>
      {open === "" && (
        <div className="pair">
          <button type="button" onClick={() => setOpen("correct")}>{t.correct}</button>
          <button type="button" className="danger" onClick={() => setOpen("withdraw")}>{t.withdraw}</button>
        </div>
      )}
    </li>
  );
}

function Change({ row, withdraw, done }: { row: Contact; withdraw: boolean; done: () => void }) {
  const happened = new Date((millis(row.happenTime) ?? 0) + 8 * hour).toISOString().slice(0, 16);
  const [requestId] = useState(newRequestId);
  const [kind, setKind] = useState<ContactKind>(row.kind);
  const [at, setAt] = useState(happened);
  const [note, setNote] = useState(row.note);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const paths = [...(kind !== row.kind ? ["kind"] : []), ...(at !== happened ? ["happen_time"] : []), ...(note.trim() !== row.note ? ["note"] : [])];
    if (reason.trim() === "") return setProblem(t.needReason);
    if (!withdraw && paths.length === 0) return setProblem(t.needChange);
    setBusy(true);
    const about = { helper: row.helper, version: row.version, reason: reason.trim(), requestId };
    const happenTime = timestamp(timeOf({ kind: "typed", at }, now(), 0));
    try {
      if (withdraw) await contacts.withdrawContact({ name: row.name, ...about });
      else await contacts.updateContact({ contact: { name: row.name, kind, note: note.trim(), happenTime }, updateMask: { paths }, ...about });
      done();
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  };
  return (
    <form className="form" aria-label={withdraw ? t.withdraw : t.correct} onSubmit={(event) => void save(event)}>
      {!withdraw && (
        <>
          <label className="field"><span>{t.kind}</span>
            <select value={kind} onChange={(event) => setKind(Number(event.target.value))}>
              {choices(ContactKindSchema).map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
            </select>
          </label>
          <label className="field"><span>{t.time}</span>
            <input type="datetime-local" required value={at} onChange={(event) => setAt(event.target.value)} />
          </label>
          <label className="field"><span>{t.note}</span>
            <textarea rows={3} maxLength={1900} value={note} onChange={(event) => setNote(event.target.value)} />
          </label>
        </>
      )}
      <label className="field"><span>{t.reason}</span>
        <textarea rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      {withdraw && <p className="hint">{t.withdrawHelp}</p>}
      {problem !== "" && <p className="problem" role="alert">{problem}</p>}
      <button type="submit" className={withdraw ? "danger wide" : "primary wide"} disabled={busy}>{withdraw ? t.withdrawNow : t.correctNow}</button>
    </form>
  );
}
