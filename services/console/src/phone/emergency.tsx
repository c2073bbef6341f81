// A sudden event in two taps: the page, then the child. The report leaves after some seconds in which it can be taken
// back; what happened is chosen meanwhile, or told before.

import { useEffect, useRef, useState } from "react";
import { EmergencyKind } from "../gen/tonghu/alerts/v1/alert_pb.ts";
import { sentence } from "../shared/errors.ts";
import { Choice } from "./choice.tsx";
import { useDraft } from "./draft.ts";
import { Armed, Calls, describe, kinds, Outcome, useSeconds } from "./emergency_sending.tsx";
import { usePhone } from "./phone.tsx";
import { takeBack, type Queued } from "./queue.ts";
import { text } from "./text.ts";

const t = text.emergencyPage;
const undoMs = 10_000;

interface Pupil {
  name: string;
  displayName: string;
}
/** What happened to whom, told before it is reported. */
interface Form {
  child: string;
  kind: EmergencyKind;
  note: string;
}
const empty: Form = { child: "", kind: EmergencyKind.UNSPECIFIED, note: "" };

/** `given`: the child whose page led here; empty where the child is to be chosen. */
export function EmergencyPage({ child: given }: { child: string }) {
  const { data, queue, sent } = usePhone();
  const [child, setChild] = useState(given); // whose form is shown
  const [draft, change, clear] = useDraft<Form>("emergency", empty);
  const { report, followed, follow, problem } = useReport(clear);
  // What can still be taken back is shown first, also to whoever comes back to the page.
  const armed = queue.find((row) => row.entry.kind === "emergency" && row.sent === undefined && (row.notBefore ?? 0) > Date.now());
  const seconds = useSeconds(armed?.notBefore);
  useEffect(() => {
    if (armed !== undefined) follow(armed.id);
  }, [armed?.id, follow]);

  const tellMore = async ({ id, entry }: Queued) => {
    if (entry.kind !== "emergency" || !(await takeBack(id))) return;
    change({ child: entry.child, kind: entry.what, note: entry.description === describe(entry.what) ? "" : entry.description });
    setChild(entry.child);
  };
  if (armed !== undefined) return <Armed key={armed.id} row={armed} seconds={seconds} more={() => void tellMore(armed)} />;
  const came = sent.find(({ row }) => row.id === followed);
  const row = came?.row ?? queue.find(({ id }) => id === followed);
  if (row !== undefined) return <Outcome row={row} told={came?.told} another={() => { setChild(""); follow(undefined); }} />;

  const people = everybody(data);
  const whom = people.find(({ name }) => name === child);
  const form = draft.child === child ? draft : { ...empty, child };
  return (
    <>
      <h1>{whom === undefined ? t.title : t.titleOf(whom.displayName)}</h1>
      {problem !== "" && <p className="problem" role="alert">{problem}</p>}
      <Calls />
      {whom === undefined ? <Children people={people} tap={(one) => report(one, EmergencyKind.OTHER, "")} />
        : <Details form={form} change={(part) => change({ ...form, ...part })} send={(kind, note) => report(whom, kind, note)} />}
    </>
  );
}

/** Reports, one at a time: who is afraid taps twice. Gives which record the page follows. */
function useReport(clear: () => Promise<void>) {
  const { me, add } = usePhone();
  const [followed, setFollowed] = useState<number>();
  const [problem, setProblem] = useState("");
  const busy = useRef(false);
  const follow = useRef((id: number | undefined) => {
    busy.current = false;
    setFollowed(id);
  }).current;
  const report = (child: Pupil, what: EmergencyKind, note: string) => {
    if (busy.current) return;
    busy.current = true;
    const description = note === "" ? describe(what) : note;
    void add({ kind: "emergency", child: child.name, childName: child.displayName, what, description, reporter: me.staffMember }, undoMs).then(
      () => {
        navigator.vibrate?.(200);
        window.scrollTo(0, 0);
        return clear();
      },
      (error: unknown) => {
        busy.current = false;
        setProblem(sentence(error));
      },
    );
  };
  return { report, followed, follow, problem };
}

function Children({ people, tap }: { people: Pupil[]; tap: (one: Pupil) => void }) {
  if (people.length === 0) return <p className="empty">{t.nobody}</p>;
  return (
    <>
      <p className="hint">{t.help}</p>
      <ul className="pupils">
        {people.map((one) => (
          <li key={one.name}><button type="button" className="danger wide" onClick={() => tap(one)}>{one.displayName}</button></li>
        ))}
      </ul>
    </>
  );
}

/** What happened, before it is reported: for whoever has the time. */
function Details({ form, change, send }: { form: Form; change: (part: Partial<Form>) => void; send: (kind: EmergencyKind, note: string) => void }) {
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      send(form.kind || EmergencyKind.OTHER, form.note.trim());
    }}>
      <Choice legend={t.kind} name="what" value={form.kind} onChange={(kind) => change({ kind })} options={kinds()} />
      <label className="field">
        <span>{t.more}</span>
        <textarea rows={3} maxLength={1900} value={form.note} onChange={(event) => change({ note: event.target.value })} />
      </label>
      <button type="submit" className="alarm wide">{t.send}</button>
      <p className="hint">{t.sendHelp}</p>
    </form>
  );
}

/** Everybody whom the pages know: the children looked after, and those of the class; by name, as a class list has them. */
function everybody(data: ReturnType<typeof usePhone>["data"]): Pupil[] {
  const all = new Map<string, Pupil>();
  for (const one of [...(data?.children ?? []), ...(data?.classes ?? []).flatMap(({ children }) => children)]) all.set(one.name, one);
  return Array.from(all.values()).sort((a, b) => a.displayName.localeCompare(b.displayName, "zh-CN"));
}
