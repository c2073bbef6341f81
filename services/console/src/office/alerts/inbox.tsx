// The alerts of a county: by default what somebody must still do, mine first, then by what climbs next.

import { Button, Segmented, Select, type TableColumnsType } from "antd";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { AlertKindSchema, AlertState, LevelSchema, type Alert } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { AlertAction } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { AlertService } from "../../gen/tonghu/alerts/v1/alert_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { isoDay, millis, startOfDay, timestamp } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { ChildCell, GuardianPhone, LastContact, useChildFacts, type ChildFacts } from "../children/facts.tsx";
import { allRows } from "../kit/all_rows.ts";
import { ExportButton } from "../kit/export.tsx";
import { useNames } from "../kit/names.tsx";
import { Page } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useFilters, useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { usePlaceName, useScopeName } from "../place_name.ts";
import { sheetOf } from "./alerts_sheet.ts";
import { takeUpSoon, useWaiting } from "./deferred.ts";
import { useLiveAlerts } from "./live.ts";
import { NextStep } from "./next_step.tsx";
import { alerts as t } from "./text.ts";
import { moreOf, stateClass, StateTag, whatOf } from "./words.tsx";

const day = 86_400_000;
const platform = "counties/000000"; // where the alerts to those who run the platform lie

export function Inbox() {
  const [filters, setFilters] = useFilters({ scope: "unresolved", kind: "0", days: "7", from: "", before: "" });
  const me = useMe();
  const place = usePlaceName();
  const scope = useScopeName();
  const parent = useParent();
  const { shown, list, hidden, up, showHidden, everything } = useInbox(filters);
  const names = useNames(shown.flatMap((alert) => [alert.school, alert.acknowledgedBy]));
  const children = useChildFacts(shown.map((alert) => alert.child));
  const unresolved = list.rows.filter((alert) => alert.state !== AlertState.RESOLVED);
  const open = unresolved.filter((alert) => alert.state === AlertState.OPEN).length;
  const mine = unresolved.filter((alert) => alert.acknowledgedBy !== "" && alert.acknowledgedBy === me.staffMember).length;
  const about =
    filters.scope === "resolved" || filters.scope === "all" || list.isPending ? undefined
      : unresolved.length === 0 ? t.aboutNone(scope) : t.about(scope, list.hasMore ? t.atLeast(open) : t.count(open), mine);
  const [chosen, setChosen] = useState<string[]>([]);
  const canAnswer = me.may("alerts.answer") && me.staffMember !== "";
  return (
    <Page title={t.title} about={about} actions={
      <>
        {me.county === "" && parent !== platform && <Link to="/000000/alerts">{t.ofPlatform}</Link>}
        <ExportButton name={t.sheet(place)} load={async (progress) => sheetOf(await everything(progress))} />
        <BatchButton chosen={chosen} rows={shown} done={() => setChosen([])} />
      </>
    }>
      <Filters filters={filters} setFilters={setFilters} />
      {!up && <p className="not-live" role="status">{t.notLive}</p>}
      {hidden > 0 && <Button block type="dashed" className="news" onClick={showHidden}>{t.news(hidden)}</Button>}
      {me.may("alerts.answer") && me.staffMember === "" && <p className="not-live">{kit.noStaff}</p>}
      <ListTable<Alert>
        list={{ ...list, rows: shown }}
        label={t.title}
        empty={t.empty[filters.scope]}
        rowKey="name"
        rowClassName={(alert) => `${stateClass(alert.state)} ${alert.acknowledgedBy !== "" && alert.acknowledgedBy === me.staffMember ? "mine" : ""}`}
        columns={columnsOf(names, children, canAnswer)}
        width={1080}
        rowSelection={!canAnswer || filters.scope === "resolved" ? undefined : {
          selectedRowKeys: chosen,
          onChange: (keys) => setChosen(keys as string[]),
          getCheckboxProps: (alert) => ({ disabled: alert.state !== AlertState.OPEN, "aria-label": whatOf(alert) } as object),
        }}
      />
    </Page>
  );
}

/** The alerts that the filters name, kept up to date; new ones wait until they are asked for, unless they are mine. */
function useInbox(filters: { scope: string; kind: string; days: string; from: string; before: string }) {
  const parent = useParent();
  const me = useMe();
  const settled = filters.scope === "resolved";
  const all = filters.scope === "all"; // what a number of the figures counts
  // The day and not the second, so that the request stays the same.
  const from = filters.from !== "" ? startOfDay(filters.from) : startOfDay(isoDay(now())) - Number(filters.days) * day;
  const [changed, setChanged] = useState(new Map<string, Alert>());
  const [held, setHeld] = useState(new Map<string, Alert>());
  const dated = settled || all;
  const request = {
    parent,
    kind: Number(filters.kind),
    ...(settled ? { state: AlertState.RESOLVED } : all ? {} : { unresolved: true }),
    ...(dated ? { raiseFrom: timestamp(from) } : {}),
    ...(dated && filters.before !== "" ? { raiseBefore: timestamp(startOfDay(filters.before)) } : {}),
  };
  const list = useList(AlertService.method.listAlerts, { ...request, pageSize: settled ? 500 : 100 }, (answer) => answer.alerts,
    { refetchInterval: settled ? undefined : 60_000 });
  const listed = useMemo(() => new Set(list.rows.map((alert) => alert.name)), [list.rows]);
  const up = useLiveAlerts(parent, (change) => {
    const alert = change.alert!;
    if (listed.has(alert.name)) setChanged((all) => new Map(all).set(alert.name, alert));
    else if (change.action === AlertAction.RAISED && !settled) setHeld((all) => new Map(all).set(alert.name, alert));
  }, () => void list.refetch());
  const isMine = (alert: Alert) => alert.acknowledgedBy !== "" && alert.acknowledgedBy === me.staffMember;
  const isWanted = (alert: Alert) =>
    filters.scope === "mine" ? isMine(alert) && alert.state !== AlertState.RESOLVED
      : filters.scope === "open" ? alert.state === AlertState.OPEN : true;
  const shown = useMemo(() => {
    const rows = list.rows.map((alert) => newer(alert, changed.get(alert.name)));
    const wanted = rows.filter(isWanted);
    if (dated) return [...wanted].sort((a, b) => millis(b.raiseTime)! - millis(a.raiseTime)!);
    // The service has sorted by the next step; mine come to the front of that order.
    return [...wanted.filter(isMine), ...wanted.filter((alert) => !isMine(alert))];
  }, [list.rows, changed, filters.scope, dated, me.staffMember]);
  const waiting = [...held.values()].filter(
    (alert) => !listed.has(alert.name) && (filters.kind === "0" || alert.kind === Number(filters.kind)));
  return {
    shown,
    list,
    up,
    hidden: waiting.length,
    everything: async (progress: (rows: number) => void) =>
      (await allRows(AlertService.method.listAlerts, { ...request, pageSize: 500 }, (answer) => answer.alerts, { purpose: kit.exportPurpose, progress })).filter(isWanted),
    showHidden: () => {
      setHeld(new Map());
      list.refetch();
    },
  };
}

function newer(a: Alert, b: Alert | undefined): Alert {
  return b !== undefined && b.entries.length >= a.entries.length ? b : a;
}

function Filters({ filters, setFilters }: {
  filters: { scope: string; kind: string; days: string };
  setFilters: (change: Partial<Record<"scope" | "kind" | "days" | "from" | "before", string>>) => void;
}) {
  return (
    <div className="filters no-print">
      <Segmented
        value={filters.scope}
        onChange={(scope) => setFilters({ scope: scope as string })}
        options={Object.entries(t.scope).map(([value, label]) => ({ value, label }))}
      />
      <Select
        aria-label={t.kind}
        value={filters.kind}
        onChange={(kind) => setFilters({ kind })}
        options={[{ value: "0", label: t.allKinds }, ...choices(AlertKindSchema).map(({ value, label }) => ({ value: String(value), label }))]}
        popupMatchSelectWidth={false}
      />
      {(filters.scope === "resolved" || filters.scope === "all") && (
        <Select
          aria-label={t.since}
          value={filters.days}
          onChange={(days) => setFilters({ days, from: "", before: "" })}
          options={Object.entries(t.days).map(([value, label]) => ({ value, label }))}
        />
      )}
    </div>
  );
}

function columnsOf(names: (name: string | undefined) => string, children: ChildFacts, canAnswer: boolean): TableColumnsType<Alert> {
  return [
    { title: t.columns.state, width: 88, render: (_, alert) => <StateTag state={alert.state} /> },
    {
      title: t.columns.what,
      render: (_, alert) => (
        <>
          <Link to={idOf(alert.name)} className="strong">{whatOf(alert)}</Link>
          <div className="quiet">{moreOf(alert)}</div>
        </>
      ),
    },
    { title: t.columns.child, render: (_, alert) => <ChildCell child={alert.child} school={names(alert.school)} facts={children} none={names(alert.school)} /> },
    { title: t.columns.guardian, width: 128, render: (_, alert) => <GuardianPhone child={alert.child} facts={children} /> },
    { title: t.columns.lastContact, width: 104, render: (_, alert) => <LastContact child={alert.child} facts={children} /> },
    {
      title: t.columns.told,
      width: 112,
      render: (_, alert) => {
        const lost = (alert.delivery?.pending ?? 0) + (alert.delivery?.failed ?? 0) + (alert.delivery?.notTaken ?? 0);
        return (
          <>
            {wordOf(LevelSchema, alert.level)}
            {lost > 0 && alert.state === AlertState.OPEN && <div className="quiet">{t.undelivered(lost)}</div>}
          </>
        );
      },
    },
    { title: t.columns.next, width: 132, render: (_, alert) => <NextStep alert={alert} /> },
    { title: t.columns.owner, width: 84, render: (_, alert) => names(alert.acknowledgedBy) },
    ...(canAnswer ? [{ title: t.columns.action, width: 88, className: "no-print", render: (_: unknown, alert: Alert) => <RowAction alert={alert} /> }] : []),
  ];
}

function RowAction({ alert }: { alert: Alert }) {
  const me = useMe();
  const waiting = useWaiting(alert.name) !== undefined;
  if (alert.state === AlertState.RESOLVED) return null;
  if (alert.state === AlertState.ACKNOWLEDGED) return <Link to={`${idOf(alert.name)}?settle=1`}>{t.settle}</Link>;
  return (
    <Button size="small" type="primary" disabled={waiting} onClick={() => takeUpSoon([{ name: alert.name, what: whatOf(alert) }], me.staffMember)}>
      {t.takeUp}
    </Button>
  );
}

function BatchButton({ chosen, rows, done }: { chosen: string[]; rows: Alert[]; done: () => void }) {
  const me = useMe();
  if (chosen.length === 0) return null;
  const takeUp = () => {
    takeUpSoon(rows.filter(({ name }) => chosen.includes(name)).map((alert) => ({ name: alert.name, what: whatOf(alert) })), me.staffMember);
    done();
  };
  return <Button type="primary" onClick={takeUp}>{t.takeUpChosen(chosen.length)}</Button>;
}
