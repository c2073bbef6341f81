// A sudden event in two taps: what happened, then a button that is held, beside the names of those who are told.

import { createClient } from "@connectrpc/connect";
import { useEffect, useRef, useState } from "react";
import { AlertKind, EmergencyKindSchema, type EmergencyKind } from "../gen/tonghu/alerts/v1/alert_pb.ts";
import { PolicyService } from "../gen/tonghu/alerts/v1/policy_service_pb.ts";
import { sentence } from "../shared/errors.ts";
import { countyOf, parentOf } from "../shared/names.ts";
import { transport } from "../shared/transport.ts";
import { choices, wordOf } from "../shared/words.ts";
import { useDraft } from "./draft.ts";
import { usePhone } from "./phone.tsx";
import { text } from "./text.ts";
import { toldAtOnce } from "./told.ts";
import { keep, kept } from "./vault.ts";

const t = text.emergencyPage;
const holdMs = 1_500;
const policies = createClient(PolicyService, transport);

export function EmergencyPage({ child: given }: { child: string }) {
  const { data, me, add, queue, sent } = usePhone();
  const [child, setChild] = useState(given);
  const [kind, setKind] = useState<EmergencyKind>();
  const [{ note }, change, clear] = useDraft<{ note: string }>("emergency", { note: "" });
  const [problem, setProblem] = useState("");
  const [added, setAdded] = useState<number>();
  const people = everybody(data);
  const name = people.find((one) => one.name === child)?.displayName ?? "";

  const report = async () => {
    if (kind === undefined || added !== undefined) return;
    try {
      const description = note.trim() || t.defaultDescription(wordOf(EmergencyKindSchema, kind));
      setAdded(await add({ kind: "emergency", child, childName: name, what: kind, description, reporter: me.staffMember }));
      await clear();
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  if (added !== undefined) {
    const came = sent.find(({ row }) => row.id === added);
    const row = queue.find(({ id }) => id === added);
    return <Outcome name={name} told={came?.told} refusal={row?.refusal} />;
  }
  if (kind === undefined || child === "") {
    return (
      <>
        <h1>{t.title}</h1>
        <label className="field">
          <span>{t.child}</span>
          <select value={child} onChange={(event) => setChild(event.target.value)}>
            <option value="">{t.choose}</option>
            {people.map((one) => <option key={one.name} value={one.name}>{one.displayName}</option>)}
          </select>
        </label>
        <fieldset className="choice big danger" disabled={child === ""}>
          <legend>{t.kind}</legend>
          {choices(EmergencyKindSchema).map(({ value, label }) => (
            <button key={value} type="button" onClick={() => setKind(value)}>{label}</button>
          ))}
        </fieldset>
        <Calls />
      </>
    );
  }
  return (
    <>
      <h1>{t.confirm}</h1>
      <p className="about">{t.about(name, wordOf(EmergencyKindSchema, kind))}</p>
      <Told child={child} />
      <label className="field">
        <span>{t.more}</span>
        <textarea rows={2} maxLength={1900} value={note} onChange={(event) => change({ note: event.target.value })} />
      </label>
      {problem !== "" && <p className="problem" role="alert">{problem}</p>}
      <Hold done={() => void report()} />
      <button type="button" className="wide" onClick={() => setKind(undefined)}>{t.cancel}</button>
      <Calls />
    </>
  );
}

/** Everybody whom the pages know: the children looked after, and those of the class. */
function everybody(data: ReturnType<typeof usePhone>["data"]): { name: string; displayName: string }[] {
  const all = new Map<string, { name: string; displayName: string }>();
  for (const one of [...(data?.children ?? []), ...(data?.classes ?? []).flatMap(({ children }) => children)]) all.set(one.name, one);
  return Array.from(all.values());
}

/** Who is told at once, by the county's policy and the posts of today; by what was known last without a network. */
function Told({ child }: { child: string }) {
  const { account } = usePhone();
  const [told, setTold] = useState<string[]>();
  useEffect(() => {
    let current = true;
    const show = (names: string[] | undefined) => current && names !== undefined && setTold(names);
    void kept<string[]>(account, `told ${child}`).then((before) => setTold((now) => now ?? before), () => {});
    policies.tryEscalationPolicy({ parent: parentOf(countyOf(child)), kind: AlertKind.EMERGENCY, child }).then(
      ({ entries }) => {
        const names = toldAtOnce(entries);
        show(names);
        void keep(account, `told ${child}`, names);
      },
      () => {}, // the sentence without names stands there
    );
    return () => {
      current = false;
    };
  }, [account, child]);
  if (told === undefined || told.length === 0) return <p className="told">{t.toldUnknown}</p>;
  return <p className="told">{t.told}<b>{told.join("、")}</b></p>;
}

/** A button that must be held, so that no pocket and no stray thumb reports anything. */
function Hold({ done }: { done: () => void }) {
  const [holding, setHolding] = useState(false);
  const [typed, setTyped] = useState("");
  const timer = useRef(0);
  const begin = () => {
    if (timer.current !== 0) return; // a held key repeats
    setHolding(true);
    timer.current = window.setTimeout(done, holdMs);
  };
  const end = () => {
    window.clearTimeout(timer.current);
    timer.current = 0;
    setHolding(false);
  };
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const isKey = (key: string) => key === "Enter" || key === " ";
  return (
    <>
      <button type="button" className={holding ? "hold holding" : "hold"} aria-describedby="hold-help"
        onPointerDown={begin} onPointerUp={end} onPointerLeave={end} onPointerCancel={end} onBlur={end}
        onKeyDown={(event) => isKey(event.key) && begin()} onKeyUp={(event) => isKey(event.key) && end()}
        onContextMenu={(event) => event.preventDefault()}>
        <span>{holding ? t.holding : t.hold}</span>
      </button>
      <p id="hold-help" className="hint">{t.holdHelp}</p>
      <details className="fold">
        <summary>{t.cannotHold}</summary>
        <label className="field">
          <span>{t.typeWord}</span>
          <input value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
        <button type="button" className="danger wide" disabled={typed.trim() !== t.word} onClick={done}>{t.send}</button>
      </details>
    </>
  );
}

function Outcome({ name, told, refusal }: { name: string; told: string[] | undefined; refusal: string | undefined }) {
  return (
    <>
      <h1>{t.title}</h1>
      {refusal !== undefined ? <p className="problem" role="alert">{refusal}</p>
        : told !== undefined ? (
          <div className="sent" role="status">
            <p>{t.sent(name)}</p>
            {told.length > 0 && <p>{t.nowTold}<b>{told.join("、")}</b></p>}
          </div>
        )
        : <Unsent />}
      <Calls />
      <p><a className="button wide" href="#/">{text.back}</a></p>
    </>
  );
}

function Unsent() {
  const { online } = usePhone();
  return online ? <p role="status">{text.sync.sending}</p> : <p className="problem" role="alert">{t.waiting}</p>;
}

function Calls() {
  return (
    <div className="pair calls">
      <a className="button" href="tel:110">{t.police}</a>
      <a className="button" href="tel:120">{t.ambulance}</a>
    </div>
  );
}
