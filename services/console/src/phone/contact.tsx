// A contact in twenty seconds: the child is chosen already; how, when, a mark or a few words, saved.

import { createClient } from "@connectrpc/connect";
import { useState, type FormEvent } from "react";
import { ConcernSchema, ContactKind, ContactKindSchema, Mood, MoodSchema, type Concern } from "../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { ChildService } from "../gen/tonghu/registry/v1/child_service_pb.ts";
import type { Relative } from "../gen/tonghu/registry/v1/child_pb.ts";
import { now } from "../shared/clock.ts";
import { formatTime } from "../shared/dates.ts";
import { sentence } from "../shared/errors.ts";
import { transport } from "../shared/transport.ts";
import { choices } from "../shared/words.ts";
import { Choice } from "./choice.tsx";
import { useDraft } from "./draft.ts";
import { go } from "./pages.tsx";
import { usePhone } from "./phone.tsx";
import { RecentContacts } from "./recent.tsx";
import { text } from "./text.ts";
import { choicesAt, timeOf, type When } from "./when.ts";

const t = text.contact;
const usualKinds = 3; // talk, home visit, call to the parents
const sixtyDays = 60 * 24 * 3600_000;
const registry = createClient(ChildService, transport);

interface Form {
  how: ContactKind;
  when: string; // the id of a choice
  typed: string;
  mood: Mood;
  concerns: Concern[];
  marks: string[];
  note: string;
}
const empty: Form = { how: ContactKind.UNSPECIFIED, when: "now", typed: "", mood: Mood.UNSPECIFIED, concerns: [], marks: [], note: "" };
const moods = choices(MoodSchema) as { value: Mood; label: string }[];
const concerns = choices(ConcernSchema) as { value: Concern; label: string }[];
const marks = t.markChoices.map((mark) => ({ value: mark, label: mark }));

/** `how`: the kind that is chosen to begin with, as one that is owed; a number that is no kind: none. */
export function ContactPage({ child, how }: { child: string; how: number }) {
  const { data, me, add } = usePhone();
  const asked: ContactKind = choices(ContactKindSchema).some(({ value }) => value === how) ? how : ContactKind.UNSPECIFIED;
  // Each kind has a form of its own, so that what was begun for one is never taken for another.
  const [form, change, clear, restored] = useDraft<Form>(asked === ContactKind.UNSPECIFIED ? `contact ${child}` : `contact ${child} ${asked}`, { ...empty, how: asked });
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const name = data?.children.find((one) => one.name === child)?.displayName ?? "";

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const when = whenOf(form);
    const wrong = faultOf(form, when);
    if (wrong !== "" || when === undefined) return setProblem(wrong);
    setBusy(true);
    try {
      const note = [form.marks.join("，"), form.note.trim()].filter((part) => part !== "").join("。");
      await add({ kind: "contact", child, childName: name, helper: me.staffMember, how: form.how, when, note, mood: form.mood, concerns: form.concerns });
      await clear();
      go("");
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  };
  return (
    <>
    <form className="form" onSubmit={(event) => void save(event)}>
      <h1>{t.title(name)}</h1>
      {restored && <p className="note" role="status">{t.restored}</p>}
      <Kind value={form.how} onChange={(how) => change({ how })} />
      <Choice legend={t.when} name="when" value={form.when} onChange={(when) => change({ when })}
        options={[...choicesAt(now()).map(({ id }) => id), "typed"].map((id) => ({ value: id, label: t.whenChoices[id] ?? id }))} />
      {form.when === "typed" ? (
        <label className="field">
          <span>{t.typed}</span>
          <input type="datetime-local" value={form.typed} onChange={(event) => change({ typed: event.target.value })} />
        </label>
      ) : (
        <p className="hint">{formatTime(timeOf(whenOf(form) ?? { kind: "now" }, now(), 0))}</p>
      )}
      <Marks legend={t.mood} options={moods} chosen={[form.mood]} onChange={(chosen) => change({ mood: chosen.find((one) => one !== form.mood) ?? Mood.UNSPECIFIED })} />
      <Marks legend={t.concerns} help={t.concernsHelp} options={concerns} chosen={form.concerns} onChange={(chosen) => change({ concerns: chosen })} />
      <Marks legend={t.marks} options={marks} chosen={form.marks} onChange={(chosen) => change({ marks: chosen })} />
      <label className="field">
        <span>{t.note}</span>
        <textarea rows={3} maxLength={1900} placeholder={t.noteHelp} value={form.note} onChange={(event) => change({ note: event.target.value })} />
      </label>
      {problem !== "" && <p className="problem" role="alert">{problem}</p>}
      <div className="actions">
        <button type="submit" className="primary wide" disabled={busy}>{busy ? t.saving : t.save}</button>
      </div>
      <Phones child={child} />
      <p><a className="urgent" href={`#/emergency/${child}`}>{t.urgent}</a></p>
    </form>
    <RecentContacts child={child} />
    </>
  );
}

/** The kinds that helpers record every week are large; the others come behind one touch, so that the page stays short. */
function Kind({ value, onChange }: { value: ContactKind; onChange: (kind: ContactKind) => void }) {
  const all = choices(ContactKindSchema).map((choice) => ({ value: choice.value as ContactKind, label: choice.label }));
  const [usual, others] = [all.slice(0, usualKinds), all.slice(usualKinds)];
  const [more, setMore] = useState(false);
  return (
    <>
      <Choice legend={t.kind} name="how" big value={value} onChange={onChange} options={usual} />
      {more || others.some((one) => one.value === value) ? (
        <Choice legend={t.otherKinds} name="how" value={value} onChange={onChange} options={others} />
      ) : (
        <button type="button" className="wide more" onClick={() => setMore(true)}>{t.otherKinds}</button>
      )}
    </>
  );
}

function whenOf(form: Form): When | undefined {
  if (form.when !== "typed") return choicesAt(now()).find(({ id }) => id === form.when)?.when;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(form.typed) ? { kind: "typed", at: form.typed } : undefined;
}

function faultOf(form: Form, when: When | undefined): string {
  if (form.how === ContactKind.UNSPECIFIED) return t.needKind;
  if (when === undefined) return t.needTime;
  return timeOf(when, now(), 0) < now() - sixtyDays ? t.tooEarly : "";
}

/** Any of a few; a second touch takes one back. */
function Marks<T extends string | number>({ legend, help, options, chosen, onChange }: {
  legend: string; help?: string; options: { value: T; label: string }[]; chosen: T[]; onChange: (chosen: T[]) => void;
}) {
  const toggle = (value: T) => onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {options.map(({ value, label }) => (
        <label key={value} className={chosen.includes(value) ? "chosen" : ""}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
          {label}
        </label>
      ))}
      {help !== undefined && chosen.length > 0 && <p className="hint">{help}</p>}
    </fieldset>
  );
}

/** The family's phone numbers, asked for when they are needed: reading a child's file is written down. */
function Phones({ child }: { child: string }) {
  const [family, setFamily] = useState<Relative[]>();
  const [problem, setProblem] = useState("");
  const show = () =>
    void registry.getChild({ name: child }).then(
      ({ guardian, parents }) => setFamily([...(guardian === undefined ? [] : [guardian]), ...parents].filter(({ phone }) => phone !== "")),
      (error: unknown) => setProblem(sentence(error)),
    );
  if (problem !== "") return <p className="problem" role="alert">{problem}</p>;
  if (family === undefined) return <button type="button" className="wide" onClick={show}>{t.phones}</button>;
  if (family.length === 0) return <p className="hint">{t.noPhones}</p>;
  return (
    <ul className="phones">
      {family.map(({ displayName, relation, phone }) => (
        <li key={`${relation} ${phone}`}>
          <a className="button wide" href={`tel:${phone}`}>{t.call(relation, displayName)} <b>{phone}</b></a>
        </li>
      ))}
    </ul>
  );
}
