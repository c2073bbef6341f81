// My week: what I owe to whom, the most urgent first, by household; what is done is folded.

import { useMemo } from "react";
import { ContactKindSchema } from "../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DutyKindSchema } from "../gen/tonghu/pairing/v1/duty_pb.ts";
import { now } from "../shared/clock.ts";
import { formatRelative } from "../shared/dates.ts";
import { wordOf } from "../shared/words.ts";
import { byHousehold, type Child } from "./data.ts";
import { moreUrgent, needsOf, settledWords, type Need, type Waiting } from "./needs.ts";
import { usePhone } from "./phone.tsx";
import { waitingContacts } from "./queue.ts";
import { text } from "./text.ts";

const t = text.weekPage;

/** A child with what is to be done, and what was recorded and waits. */
interface Listed extends Child {
  needs: Need[];
  waiting: Waiting[];
}

export function WeekPage() {
  const { data, queue, me } = usePhone();
  const children = useMemo(() => {
    const contacts = waitingContacts(queue);
    return (data?.children ?? []).map((child): Listed => {
      const waiting = contacts.get(child.name) ?? [];
      return { ...child, waiting, needs: needsOf(child.owed, waiting, now()) };
    });
  }, [data, queue]);
  if (me.staffMember === "") return <p className="empty">{text.noStaff}</p>;
  if (data === undefined) return <p className="empty" role="status">{text.loading}</p>;
  if (children.length === 0) return <p className="empty">{t.empty}</p>;
  const owed = children.filter(({ needs }) => needs.length > 0).sort((a, b) => moreUrgent(a.needs[0]!, b.needs[0]!));
  const soon = owed.filter(({ needs }) => needs.some((need) => need.soon));
  const later = owed.filter((child) => !soon.includes(child));
  const done = children.filter((child) => child.owed.length > 0 && child.needs.length === 0);
  const others = children.filter((child) => child.owed.length === 0);
  return (
    <>
      <h1>{soon.length > 0 ? t.owed(soon.length) : later.length > 0 ? t.nothingSoon : t.nothing}</h1>
      <Households children={soon} />
      {later.length > 0 && <h2>{t.later(later.length)}</h2>}
      <Households children={later} />
      <Fold label={t.done(done.length)} children={done} />
      <Fold label={t.others(others.length)} children={others} />
    </>
  );
}

function Households({ children }: { children: Listed[] }) {
  return <>{byHousehold(children).map((household) => <Household key={household[0]!.name} children={household} />)}</>;
}

function Household({ children }: { children: Listed[] }) {
  return (
    <section className="card" aria-label={children.map(({ displayName }) => displayName).join("、")}>
      {children.length > 1 && <p className="household">{t.household(children.length)}</p>}
      <ul>{children.map((child) => <Row key={child.name} child={child} />)}</ul>
    </section>
  );
}

function Fold({ label, children }: { label: string; children: Listed[] }) {
  if (children.length === 0) return null;
  return (
    <details className="fold">
      <summary>{label}</summary>
      <ul className="card">{children.map((child) => <Row key={child.name} child={child} />)}</ul>
    </details>
  );
}

/** A child once: the most urgent kind beside the name, each other kind below with a button of its own. */
function Row({ child }: { child: Listed }) {
  const [first, ...rest] = child.needs;
  const saved = [...new Set(child.waiting.map(({ kind }) => wordOf(ContactKindSchema, kind)))].join("、");
  const settled = first === undefined && saved === "" ? settledWords(child.owed) : "";
  return (
    <li className={`row ${first?.mark ?? (saved === "" ? "done" : "waiting")}`}>
      <div>
        <p className="name">
          {child.displayName}
          {child.grade > 0 && <span className="class">{t.classOf(t.grades[child.grade] ?? "", child.classNumber)}</span>}
        </p>
        {first !== undefined && <NeedWords need={first} />}
        {settled !== "" && <p className="need">{settled}</p>}
        {saved !== "" && <p className="need waiting">{t.saved(saved)}</p>}
        <p className="last">{child.lastContact === undefined ? t.never : t.last(formatRelative(child.lastContact))}</p>
      </div>
      <RecordLink child={child} need={first} primary={first?.soon} />
      {rest.map((need) => (
        <div key={need.kind} className="also">
          <NeedWords need={need} />
          <RecordLink child={child} need={need} />
        </div>
      ))}
    </li>
  );
}

function NeedWords({ need }: { need: Need }) {
  return <p className={`need ${need.mark}`}><b>{wordOf(DutyKindSchema, need.kind)}</b> {need.words}</p>;
}

/** The way to the form, with the kind of contact that does what is owed. */
function RecordLink({ child, need, primary = false }: { child: Child; need: Need | undefined; primary?: boolean }) {
  const [what, kind] = need === undefined ? ["", ""] : [` ${wordOf(DutyKindSchema, need.kind)}`, `?how=${need.kind}`];
  return (
    <a className={primary ? "button primary" : "button"} href={`#/contact/${child.name}${kind}`} aria-label={`${t.record} ${child.displayName}${what}`}>
      {t.record}
    </a>
  );
}
