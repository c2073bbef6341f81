// My week: whom I owe a talk, the most urgent first, by household; what is done is folded.

import { useMemo } from "react";
import { DutyState } from "../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { ContactKind } from "../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { now } from "../shared/clock.ts";
import { formatDay, formatRelative, formatTime } from "../shared/dates.ts";
import { byHousehold, isOwed, type Child } from "./data.ts";
import { usePhone } from "./phone.tsx";
import { text } from "./text.ts";

const t = text.weekPage;

export function WeekPage() {
  const { data, queue, me } = usePhone();
  const talks = useMemo(
    () => new Set(queue.flatMap(({ entry, refusal }) =>
      entry.kind === "contact" && entry.how === ContactKind.TALK && refusal === undefined ? [entry.child] : [])),
    [queue],
  );
  if (me.staffMember === "") return <p className="empty">{text.noStaff}</p>;
  if (data === undefined) return <p className="empty" role="status">{text.loading}</p>;
  if (data.children.length === 0) return <p className="empty">{t.empty}</p>;
  const owed = data.children.filter((child) => isOwed(child) && !talks.has(child.name));
  const done = data.children.filter((child) => child.owed.length > 0 && !owed.includes(child));
  const others = data.children.filter((child) => child.owed.length === 0);
  return (
    <>
      <h1>{owed.length > 0 ? t.owed(owed.length) : t.nothing}</h1>
      {byHousehold(owed).map((household) => <Household key={household[0]!.name} children={household} />)}
      <Fold label={t.done(done.length)} children={done} waiting={talks} />
      <Fold label={t.others(others.length)} children={others} waiting={talks} />
    </>
  );
}

function Household({ children }: { children: Child[] }) {
  return (
    <section className="card" aria-label={children.map(({ displayName }) => displayName).join("、")}>
      {children.length > 1 && <p className="household">{t.household(children.length)}</p>}
      <ul>{children.map((child) => <Row key={child.name} child={child} />)}</ul>
    </section>
  );
}

function Fold({ label, children, waiting }: { label: string; children: Child[]; waiting: Set<string> }) {
  if (children.length === 0) return null;
  return (
    <details className="fold">
      <summary>{label}</summary>
      <ul className="card">{children.map((child) => <Row key={child.name} child={child} quiet waiting={waiting.has(child.name)} />)}</ul>
    </details>
  );
}

function Row({ child, quiet = false, waiting = false }: { child: Child; quiet?: boolean; waiting?: boolean }) {
  const need = waiting ? { text: t.saved, kind: "waiting" } : needOf(child);
  return (
    <li className={`row ${need.kind}`}>
      <div>
        <p className="name">
          {child.displayName}
          {child.grade > 0 && <span className="class">{t.classOf(t.grades[child.grade] ?? "", child.classNumber)}</span>}
        </p>
        {need.text !== "" && <p className="need">{need.text}</p>}
        <p className="last">{child.lastContact === undefined ? t.never : t.last(formatRelative(child.lastContact))}</p>
      </div>
      <a className={quiet ? "button" : "button primary"} href={`#/contact/${child.name}`} aria-label={`${t.record} ${child.displayName}`}>
        {t.record}
      </a>
    </li>
  );
}

/** What is owed to a child, in words, and how it is marked. */
function needOf(child: Child): { text: string; kind: string } {
  const missed = child.owed.filter(({ state }) => state === DutyState.MISSED).length;
  const open = child.owed.find(({ state }) => state === DutyState.OPEN);
  if (missed > 0) return { text: `${missed > 1 ? t.missedMore(missed) : t.missed}，${t.missedHelp}`, kind: "missed" };
  if (open !== undefined && open.windowEnd <= now()) return { text: t.reportBy(formatTime(open.dueTime)), kind: "late" };
  if (open !== undefined) return { text: t.talkBy(formatDay(open.windowEnd - 1)), kind: "open" };
  if (child.owed.some(({ state }) => state === DutyState.EXCUSED)) return { text: t.excused, kind: "done" };
  return { text: child.owed.length > 0 ? t.made : "", kind: "done" };
}
