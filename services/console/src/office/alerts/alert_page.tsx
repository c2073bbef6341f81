// One alert: what happened, what to do, who is told next, and everything that was done.

import { App, Button, Checkbox, Input } from "antd";
import { useQuery } from "@connectrpc/connect-query";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { AlertAction, AlertKind, AlertState, EmergencyKindSchema, LevelSchema, type Alert } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { AlertService, NotificationStateSchema } from "../../gen/tonghu/alerts/v1/alert_service_pb.ts";
import { ConcernSchema, ContactService } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { formatDay, formatTime } from "../../shared/dates.ts";
import { idOf, resource } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { ChildCell, GuardianPhone, LastContact, Phone, useChildFacts } from "../children/facts.tsx";
import { children as tc } from "../children/text.ts";
import { useBack } from "../kit/back.ts";
import { useCommand } from "../kit/command.ts";
import { useNames } from "../kit/names.tsx";
import { Facts, Loaded, LoadedPage, Nothing, Page, Section } from "../kit/page.tsx";
import { useList } from "../kit/pages.tsx";
import { useCounty, useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { draftOf, keep, settleSoon, takeUpSoon, useWaiting } from "./deferred.ts";
import { Ladder } from "./ladder.tsx";
import { useLiveAlerts } from "./live.ts";
import { NextStep } from "./next_step.tsx";
import { alerts as t } from "./text.ts";
import { Timeline } from "./timeline.tsx";
import { moreOf, StateTag, whatOf } from "./words.tsx";

export function AlertPage() {
  const county = useCounty();
  const name = resource(county, "alerts", useParams().id ?? "");
  const alert = useQuery(AlertService.method.getAlert, { name }, { refetchInterval: 30_000 });
  useLiveAlerts(useParent(), (change) => {
    if (change.alert?.name === name) void alert.refetch();
  }, () => void alert.refetch());
  return <LoadedPage title={t.title} query={alert}>{(found) => <Shown alert={found} />}</LoadedPage>;
}

function Shown({ alert }: { alert: Alert }) {
  const me = useMe();
  const county = useCounty();
  const back = useBack(`/${county}/alerts`);
  const { message } = App.useApp();
  const names = useNames([alert.school, alert.acknowledgedBy, alert.emergency?.reporter]);
  const copy = () => navigator.clipboard?.writeText(window.location.href.split("?")[0]!).then(() => message.success(t.linkCopied));
  return (
    <Page
      title={<><StateTag state={alert.state} /> {whatOf(alert)}</>}
      about={<>{t.raised} {formatTime(alert.raiseTime)}　{t.caseNumber} <code>{idOf(alert.name)}</code>　<NextStep alert={alert} /></>}
      actions={
        <>
          <Button onClick={back}>{kit.back}</Button>
          <Button onClick={() => void copy()}>{t.link}</Button>
          <Button onClick={() => window.print()}>{kit.print}</Button>
        </>
      }
    >
      <div className="two-columns">
        <div>
          <Answer alert={alert} />
          <Section title={t.happened}><What alert={alert} names={names} /></Section>
          <History alert={alert} />
        </div>
        <aside>
          {alert.child !== "" && <Section title={t.childCard}><ChildCard child={alert.child} school={names(alert.school)} /></Section>}
          {me.may("escalationPolicies.read") && <Section title={t.ladder}><Ladder alert={alert} /></Section>}
          <Section title={t.deliveries}><Deliveries alert={alert} /></Section>
        </aside>
      </div>
    </Page>
  );
}

/** Taking up, and settling with what was found. */
function Answer({ alert }: { alert: Alert }) {
  const me = useMe();
  const [params] = useSearchParams();
  const [opened, setOpened] = useState(params.get("settle") === "1");
  const waiting = useWaiting(alert.name) !== undefined;
  // What was written and not sent, or taken back, is there again.
  const writing = opened || draftOf(alert.name) !== "";
  if (alert.state === AlertState.RESOLVED) {
    return <Section title={t.resolution}><p className="prose">{alert.resolution}</p><p className="quiet">{formatTime(alert.resolveTime)}</p></Section>;
  }
  if (!me.may("alerts.answer")) return null;
  if (me.staffMember === "") return <p className="not-live">{kit.noStaff}</p>;
  if (waiting) return null;
  return (
    <div className="answer no-print">
      {alert.state === AlertState.OPEN && (
        <Button type="primary" size="large" onClick={() => takeUpSoon([{ name: alert.name, what: whatOf(alert) }], me.staffMember)}>{t.takeUp}</Button>
      )}
      {!writing && (
        <Button type={alert.state === AlertState.OPEN ? "default" : "primary"} size="large" onClick={() => setOpened(true)}>
          {t.settle}
        </Button>
      )}
      {writing && <SettleForm alert={alert} close={() => setOpened(false)} />}
    </div>
  );
}

function SettleForm({ alert, close }: { alert: Alert; close: () => void }) {
  const me = useMe();
  const [words, setWords] = useState(() => draftOf(alert.name));
  const change = (next: string) => {
    setWords(next);
    keep(alert.name, next); // leaving the page loses nothing
  };
  return (
    <form
      className="settle-form"
      aria-label={t.settleTitle}
      onSubmit={(event) => {
        event.preventDefault();
        if (words.trim() === "") return;
        settleSoon({ name: alert.name, what: whatOf(alert) }, me.staffMember, words.trim());
        keep(alert.name, "");
        close();
      }}
    >
      <Input.TextArea autoFocus rows={4} maxLength={2000} showCount aria-label={t.settleHint} placeholder={t.settleHint}
        value={words} onChange={(event) => change(event.target.value)} />
      <p className="quiet">{t.settleWarn}</p>
      <Button type="primary" htmlType="submit" disabled={words.trim() === ""}>{t.settle}</Button>{" "}
      <Button onClick={() => { keep(alert.name, ""); close(); }}>{kit.cancel}</Button>
    </form>
  );
}

function What({ alert, names }: { alert: Alert; names: (name: string | undefined) => string }) {
  const more = moreOf(alert);
  const items: [string, React.ReactNode][] = [];
  if (alert.school !== "") items.push([tc.school, names(alert.school)]);
  if (more !== "") items.push([t.date, more]);
  if (alert.emergency !== undefined) {
    items.push([t.description, <span className="prose">{alert.emergency.description}</span>]);
    items.push([t.happenTime, formatTime(alert.emergency.happenTime)]);
    items.push([t.reporter, names(alert.emergency.reporter)]);
    items.unshift([t.kind, wordOf(EmergencyKindSchema, alert.emergency.kind)]);
  }
  if (alert.kind === AlertKind.OPERATOR && alert.notice !== undefined) {
    items.push([t.description, <code>{alert.notice.detail}</code>]);
  }
  if (alert.acknowledgedBy !== "") items.push([t.columns.owner, `${names(alert.acknowledgedBy)}　${formatTime(alert.acknowledgeTime)}`]);
  return (
    <>
      <Facts items={items} />
      {alert.markedContacts.length > 0 && <MarkedContacts alert={alert} />}
      {alert.mornings.length > 0 && (
        <ul className="mornings" aria-label={t.morningsTitle}>
          {alert.mornings.map((morning) => (
            <li key={morning.date}>
              {formatDay(morning.date)}　{morning.schoolClosed ? t.closed : morning.withLeave ? t.withLeave : t.noLeave}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The contacts that raised the alert; who may read them sees their words. */
function MarkedContacts({ alert }: { alert: Alert }) {
  const me = useMe();
  const marked = new Set(alert.markedContacts.map(({ contact }) => contact).filter((contact) => contact !== ""));
  const contacts = useList(ContactService.method.listContacts, { parent: useParent(), child: alert.child, showWithdrawn: true, pageSize: 200 }, (a) => a.contacts, { enabled: me.may("contacts.read") && marked.size > 0 });
  const words = new Map(contacts.rows.filter(({ name }) => marked.has(name)).map(({ name, note }) => [name, note]));
  const names = useNames(alert.markedContacts.map(({ helper }) => helper));
  return (
    <ul className="mornings" aria-label={t.markedContacts}>
      {alert.markedContacts.map(({ contact, letter, helper, happenTime, concerns, withdrawn }) => (
        <li key={contact || letter}>
          {formatTime(happenTime)}　{names(helper)}　{letter !== "" && t.letter}<b>{concerns.map((one) => wordOf(ConcernSchema, one)).join("、")}</b>{withdrawn && `（${tc.withdrawn}）`}
          {(words.get(contact) ?? "") !== "" && <p className="prose note-text">{words.get(contact)}</p>}
        </li>
      ))}
    </ul>
  );
}

function ChildCard({ child, school }: { child: string; school: string }) {
  const facts = useChildFacts([child]);
  const known = facts.children.get(child);
  return (
    <Facts
      items={[
        [tc.columns.name, <ChildCell child={child} school={school} facts={facts} none="" />],
        [tc.columns.guardian, <GuardianPhone child={child} facts={facts} />],
        ...(known?.parents ?? []).map((parent): [string, React.ReactNode] => [
          parent.relation || t.parents,
          <>{parent.displayName}　<Phone number={parent.phone} /></>,
        ]),
        [t.columns.lastContact, <LastContact child={child} facts={facts} />],
        ["", <Link className="no-print" to={`../../children/${idOf(child)}`} relative="path">{t.openFile}</Link>],
      ]}
    />
  );
}

function History({ alert }: { alert: Alert }) {
  const me = useMe();
  const [notesOnly, setNotesOnly] = useState(false);
  const [note, setNote] = useState("");
  const send = useCommand(AlertService.method.noteAlert, { said: t.noteSaved });
  const entries = notesOnly ? alert.entries.filter((entry) => entry.action === AlertAction.NOTED) : alert.entries;
  return (
    <Section
      title={t.timeline}
      actions={<Checkbox checked={notesOnly} onChange={(event) => setNotesOnly(event.target.checked)}>{t.notesOnly}</Checkbox>}
    >
      {me.may("alerts.answer") && me.staffMember !== "" && (
        <form
          className="note no-print"
          onSubmit={(event) => {
            event.preventDefault();
            void send.run({ name: alert.name, staffMember: me.staffMember, note: note.trim() })
              .then((answer) => answer && setNote(""));
          }}
        >
          <Input.TextArea aria-label={t.note} placeholder={t.noteHint} rows={2} maxLength={2000}
            value={note} onChange={(event) => setNote(event.target.value)} />
          <Button htmlType="submit" loading={send.busy} disabled={note.trim() === ""}>{t.noteSend}</Button>
        </form>
      )}
      <Timeline entries={entries} />
    </Section>
  );
}

function Deliveries({ alert }: { alert: Alert }) {
  const list = useQuery(AlertService.method.listNotifications, { alert: alert.name });
  const names = useNames(list.data?.notifications.map((one) => one.staffMember) ?? []);
  return (
    <Loaded query={list}>
      {({ notifications }) => notifications.length === 0 ? <Nothing>{t.deliveryNone}</Nothing> : (
        <ul className="plain">
          {notifications.map((one) => (
            <li key={one.id}>
              {wordOf(LevelSchema, one.level)} {names(one.staffMember)}：{wordOf(NotificationStateSchema, one.state)}
              <span className="quiet">　{formatTime(one.sendTime ?? one.createTime)}</span>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}
