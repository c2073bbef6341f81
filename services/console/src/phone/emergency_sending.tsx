// An emergency on its way: the seconds in which it can be taken back, and what came of it.

import { createClient } from "@connectrpc/connect";
import { useEffect, useState } from "react";
import { AlertKind, EmergencyKind, EmergencyKindSchema } from "../gen/tonghu/alerts/v1/alert_pb.ts";
import { PolicyService } from "../gen/tonghu/alerts/v1/policy_service_pb.ts";
import { countyOf, parentOf } from "../shared/names.ts";
import { transport } from "../shared/transport.ts";
import { choices, wordOf } from "../shared/words.ts";
import { Choice } from "./choice.tsx";
import { usePhone } from "./phone.tsx";
import { amend, takeBack, type Queued } from "./queue.ts";
import { text } from "./text.ts";
import { toldAtOnce } from "./told.ts";
import { keep, kept } from "./vault.ts";

const t = text.emergencyPage;
const policies = createClient(PolicyService, transport);

export const kinds = () => choices(EmergencyKindSchema).map(({ value, label }) => ({ value: value as EmergencyKind, label }));

/** What stands for a description that nobody wrote. */
export function describe(kind: EmergencyKind): string {
  return kind === EmergencyKind.OTHER ? t.undescribed : t.described(wordOf(EmergencyKindSchema, kind));
}

/** The whole seconds until a time of the phone's clock; counts down by itself. */
export function useSeconds(until: number | undefined): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (until === undefined) return undefined;
    const timer = window.setInterval(() => tick((n) => n + 1), 250);
    return () => window.clearInterval(timer);
  }, [until]);
  return until === undefined ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}

/** A report that leaves in some seconds. */
export function Armed({ row, seconds, more }: { row: Queued; seconds: number; more: () => void }) {
  const { account } = usePhone();
  const ready = useReady();
  const { entry } = row;
  if (entry.kind !== "emergency") return null;
  const choose = (what: EmergencyKind) => {
    const description = entry.description === describe(entry.what) ? describe(what) : entry.description;
    void amend(account, row, { entry: { ...entry, what, description } });
  };
  return (
    <>
      <div className="leaves">
        <h1 role="timer">{t.leaves(seconds)}</h1>
        <p>{t.about(entry.childName, wordOf(EmergencyKindSchema, entry.what))}</p>
      </div>
      <button type="button" className="undo wide" disabled={!ready} onClick={() => void takeBack(row.id)}>{t.undo}</button>
      <Choice legend={t.kindNow} name="what" disabled={!ready} value={entry.what} onChange={choose} options={kinds()} />
      <button type="button" className="alarm wide" onClick={() => void amend(account, row, { notBefore: 0 })}>{t.now}</button>
      <Told child={entry.child} />
      <Calls />
      <button type="button" className="wide" onClick={more}>{t.tellMore}</button>
    </>
  );
}

/** False at first: who is afraid touches twice, and the second touch must press nothing here. */
function useReady(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setReady(true), 700);
    return () => window.clearTimeout(timer);
  }, []);
  return ready;
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

/** What came of a report; `told` is there once a service has taken the report. */
export function Outcome({ row, told, another }: { row: Queued; told: string[] | undefined; another: () => void }) {
  return (
    <>
      <h1>{t.title}</h1>
      {row.refusal !== undefined ? <p className="problem" role="alert">{row.refusal}</p>
        : told !== undefined ? (
          <div className="sent" role="status">
            <p>{t.sent(row.entry.childName)}</p>
            {told.length > 0 && <p>{t.nowTold}<b>{told.join("、")}</b></p>}
          </div>
        )
        : <Unsent />}
      <Calls />
      <p><button type="button" className="wide" onClick={another}>{t.another}</button></p>
      <p className="below"><a className="button wide" href="#/">{text.back}</a></p>
    </>
  );
}

function Unsent() {
  const { online } = usePhone();
  return online ? <p role="status">{text.sync.sending}</p> : <p className="problem" role="alert">{t.waiting}</p>;
}

export function Calls() {
  return (
    <div className="pair calls">
      <a className="button" href="tel:110">{t.police}</a>
      <a className="button" href="tel:120">{t.ambulance}</a>
    </div>
  );
}
