// Absence of my class: one tap a child, taken back within five seconds if it was the wrong one.

import { useEffect, useState } from "react";
import { isoDay } from "../shared/dates.ts";
import { now } from "../shared/clock.ts";
import { sentence } from "../shared/errors.ts";
import type { Class } from "./data.ts";
import { usePhone } from "./phone.tsx";
import { takeBack, type Queued } from "./queue.ts";
import { text } from "./text.ts";

const t = text.absencePage;
const undoMs = 5_000;

export function AbsencePage() {
  const { data } = usePhone();
  if (data === undefined) return <p className="empty" role="status">{text.loading}</p>;
  if (data.classes.length === 0) return <p className="empty">{t.none}</p>;
  return <>{data.classes.map((one) => <OneClass key={`${one.grade} ${one.classNumber}`} one={one} />)}</>;
}

function OneClass({ one }: { one: Class }) {
  const { queue } = usePhone();
  const today = isoDay(now());
  // What was known of another day says nothing of today.
  const reported = new Map(one.date === today ? one.absent.map(({ child, withLeave }) => [child, withLeave]) : []);
  const waiting = new Map<string, Queued>();
  for (const row of queue) {
    if (row.entry.kind === "absence" && row.refusal === undefined) waiting.set(row.entry.child, row);
  }
  const title = text.weekPage.classOf(text.weekPage.grades[one.grade] ?? "", one.classNumber);
  return (
    <>
      <h1>{t.title(title)}</h1>
      <p className="hint">{one.children.length === 0 ? t.empty : t.help}</p>
      <ul className="card">
        {one.children.map((child) => (
          <Pupil key={child.name} child={child} waiting={waiting.get(child.name)} reported={reported.get(child.name)} />
        ))}
      </ul>
    </>
  );
}

function Pupil(props: { child: { name: string; displayName: string }; waiting: Queued | undefined; reported: boolean | undefined }) {
  const { add } = usePhone();
  const [problem, setProblem] = useState("");
  const { name, displayName } = props.child;
  const report = (withLeave: boolean) =>
    void add({ kind: "absence", child: name, childName: displayName, withLeave }, undoMs).catch(
      (error: unknown) => setProblem(sentence(error)),
    );
  return (
    <li className="row pupil">
      <p className="name">{displayName}</p>
      {problem !== "" && <p className="problem" role="alert">{problem}</p>}
      {props.waiting !== undefined ? <Waiting row={props.waiting} />
        : props.reported !== undefined ? <p className="need">{props.reported ? t.reportedLeave : t.reportedAbsent}</p>
        : (
          <div className="pair">
            <button type="button" onClick={() => report(false)} aria-label={`${displayName} ${t.absent}`}>{t.absent}</button>
            <button type="button" onClick={() => report(true)} aria-label={`${displayName} ${t.leave}`}>{t.leave}</button>
          </div>
        )}
    </li>
  );
}

function Waiting({ row }: { row: Queued }) {
  const [, tick] = useState(0);
  const left = (row.notBefore ?? 0) - Date.now();
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = window.setTimeout(() => tick((n) => n + 1), left);
    return () => window.clearTimeout(timer);
  }, [left]);
  const leave = row.entry.kind === "absence" && row.entry.withLeave;
  return (
    <div className="pair">
      <p className="need">{leave ? t.waitingLeave : t.waitingAbsent}</p>
      {row.sent === undefined && (
        <button type="button" onClick={() => void takeBack(row.id)}>{t.undo}</button>
      )}
    </div>
  );
}
