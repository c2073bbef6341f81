// A contact that was recorded wrongly is corrected or withdrawn, with a reason; what it said before can be read.

import { useQuery } from "@connectrpc/connect-query";
import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { ConcernSchema, ContactKindSchema, ContactService, MoodSchema, type Concern, type Contact, type ContactKind, type Mood } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatTime, millis, timestamp } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { MomentInput, minuteOf, momentOf } from "../kit/moment.tsx";
import { useNames } from "../kit/names.tsx";
import { Loaded, Trouble } from "../kit/page.tsx";
import { changeForm as t } from "./form_text.ts";
import { Marks } from "./marks.tsx";
import { usePairedWith } from "./paired_with.ts";

const changeable = 60 * 24 * 3600_000;
const minute = 60_000;
const mostTogether = 5;

type Open = "correct" | "withdraw" | "history" | "";

/** What may be done with a contact: by whoever made it, by an office for others, as long as the service allows. */
export function ChangeContact({ contact }: { contact: Contact }) {
  const me = useMe();
  const [open, setOpen] = useState<Open>("");
  const own = contact.helper === me.staffMember || me.may("contacts.updateForOthers");
  const may = me.may("contacts.update") && own && !contact.withdrawn && (millis(contact.happenTime) ?? 0) > now() - changeable;
  const close = () => setOpen("");
  return (
    <>
      {may && <Button type="link" size="small" onClick={() => setOpen("correct")}>{t.correct}</Button>}
      {may && <Button type="link" size="small" onClick={() => setOpen("withdraw")}>{t.withdraw}</Button>}
      {contact.version > 1 && <Button type="link" size="small" onClick={() => setOpen("history")}>{t.history}</Button>}
      {open === "correct" && <Correct contact={contact} close={close} />}
      {open === "withdraw" && <Withdraw contact={contact} close={close} />}
      {open === "history" && <History contact={contact} close={close} />}
    </>
  );
}

function Correct({ contact, close }: { contact: Contact; close: () => void }) {
  const [kind, setKind] = useState<ContactKind>(contact.kind);
  const [opened] = useState(now);
  const [at, setAt] = useState(() => minuteOf(millis(contact.happenTime) ?? 0));
  const [mood, setMood] = useState<Mood>(contact.mood);
  const [concerns, setConcerns] = useState<Concern[]>(contact.concerns);
  const [note, setNote] = useState(contact.note);
  const [together, setTogether] = useState<string[]>(contact.togetherWith);
  const { helpers } = usePairedWith(contact.child);
  const others = [...new Set([...helpers.filter((one) => one !== contact.helper), ...contact.togetherWith])];
  const names = useNames(others);
  const [reason, setReason] = useState("");
  const update = useCommand(ContactService.method.updateContact, { said: t.corrected, quiet: true });
  const happened = momentOf(at);
  // The seconds of a time that was not touched stay.
  const moved = happened !== undefined && Math.abs(happened - (millis(contact.happenTime) ?? 0)) >= minute;
  const paths = [
    ...(kind !== contact.kind ? ["kind"] : []),
    ...(moved ? ["happen_time"] : []),
    ...(note.trim() !== contact.note ? ["note"] : []),
    ...(mood !== contact.mood ? ["mood"] : []),
    ...(String(concerns) !== String(contact.concerns) ? ["concerns"] : []),
    ...(String(together) !== String(contact.togetherWith) ? ["together_with"] : []),
  ];
  const save = () =>
    update.run({
      contact: { name: contact.name, kind, note: note.trim(), mood, concerns, togetherWith: together, ...(happened === undefined ? {} : { happenTime: timestamp(happened) }) },
      updateMask: { paths }, reason: reason.trim(), helper: contact.helper, version: contact.version,
    }).then((answer) => answer && close());
  return (
    <Modal open width={560} title={t.correctTitle} okText={t.correct} onCancel={close} mask={{ closable: false }} keyboard={false}
      confirmLoading={update.busy} okButtonProps={{ disabled: happened === undefined || paths.length === 0 || reason.trim() === "" }} onOk={() => void save()}>
      <div className="form-row">
        <label className="field"><span>{t.kind}</span>
          <Select aria-label={t.kind} value={kind} onChange={setKind} style={{ width: 130 }} options={choices(ContactKindSchema)} />
        </label>
        <label className="field"><span>{t.time}</span><MomentInput label={t.time} value={at} onChange={setAt} from={opened - changeable} to={opened} /></label>
      </div>
      {others.length > 0 && (
        <div className="form-row">
          <label className="field"><span>{t.together}</span>
            <Select mode="multiple" allowClear maxCount={mostTogether} aria-label={t.together} value={together} onChange={setTogether} style={{ width: 508 }}
              options={others.map((name) => ({ value: name, label: names(name) }))} />
          </label>
        </div>
      )}
      <div className="form-row">
        <label className="field"><span>{t.mood}</span>
          <Select allowClear aria-label={t.mood} value={mood === 0 ? undefined : mood} onChange={(next) => setMood(next ?? 0)} style={{ width: 130 }} options={choices(MoodSchema)} />
        </label>
        <label className="field"><span>{t.concerns}</span>
          <Select mode="multiple" allowClear aria-label={t.concerns} value={concerns} onChange={setConcerns} style={{ width: 360 }} options={choices(ConcernSchema)} />
        </label>
      </div>
      <label className="field"><span>{t.note}</span>
        <Input.TextArea rows={4} maxLength={2000} showCount value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <Reason value={reason} onChange={setReason} />
      <p className="quiet">{t.correctHelp}</p>
      {update.problem !== "" && <Trouble error={update.problem} />}
    </Modal>
  );
}

function Withdraw({ contact, close }: { contact: Contact; close: () => void }) {
  const [reason, setReason] = useState("");
  const withdraw = useCommand(ContactService.method.withdrawContact, { said: t.withdrawn, quiet: true });
  return (
    <Modal open title={t.withdrawTitle} okText={t.withdraw} okButtonProps={{ danger: true, disabled: reason.trim() === "" }} onCancel={close}
      mask={{ closable: false }} keyboard={false} confirmLoading={withdraw.busy}
      onOk={() => void withdraw.run({ name: contact.name, helper: contact.helper, version: contact.version, reason: reason.trim() }).then((answer) => answer && close())}>
      <p>{t.about(formatTime(contact.happenTime), wordOf(ContactKindSchema, contact.kind))}</p>
      <Reason value={reason} onChange={setReason} />
      <p className="quiet">{t.withdrawHelp}</p>
      {withdraw.problem !== "" && <Trouble error={withdraw.problem} />}
    </Modal>
  );
}

function Reason({ value, onChange }: { value: string; onChange: (reason: string) => void }) {
  return (
    <label className="field"><span>{t.reason}</span>
      <Input.TextArea rows={2} maxLength={500} placeholder={t.reasonHint} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

function History({ contact, close }: { contact: Contact; close: () => void }) {
  const list = useQuery(ContactService.method.listContactVersions, { name: contact.name });
  return (
    <Modal open title={t.history} footer={null} onCancel={close}>
      <Loaded query={list}>
        {({ versions }) => (
          <ol className="plain">
            {versions.map(({ contact: before, changeTime, changedBy, reason }) => before !== undefined && (
              <li key={before.version}>
                <b>{formatTime(before.happenTime)}　{wordOf(ContactKindSchema, before.kind)}</b> <Marks contact={before} />
                {before.note !== "" && <p className="prose note-text">{before.note}</p>}
                <p className="quiet">{t.changed(formatTime(changeTime), changedBy, reason)}</p>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Modal>
  );
}
