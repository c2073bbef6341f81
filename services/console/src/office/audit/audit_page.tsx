// Who read or changed which child's file; for one child, the list that its guardian may be told.

import { Button, Input, type TableColumnsType } from "antd";
import { AuditActionSchema, AuditService, type AuditEntry } from "../../gen/tonghu/access/v1/audit_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDay, formatTime, isoDay, startOfDay, timestamp } from "../../shared/dates.ts";
import { idOf, resource } from "../../shared/names.ts";
import { wordOf } from "../../shared/words.ts";
import { allRows } from "../kit/all_rows.ts";
import { ExportButton, type Sheet } from "../kit/export.tsx";
import { Facts, Page } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty, useFilters, useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { usePlaceName } from "../place_name.ts";
import { audit as t } from "./text.ts";
import { nameOf } from "./words.ts";

const day = 86_400_000;

export function AuditPage() {
  const parent = useParent();
  const county = useCounty();
  const place = usePlaceName();
  const [filters, setFilters] = useFilters({ child: "", actor: "", from: isoDay(now() - 6 * day), to: isoDay(now()) });
  const ofChild = filters.child !== "";
  const wanted = {
    parent,
    child: ofChild ? resource(county, "children", filters.child) : "",
    actor: filters.actor === "" || filters.actor.includes("/") ? filters.actor : resource(county, "accounts", filters.actor),
    timeFrom: timestamp(startOfDay(filters.from)),
    timeBefore: timestamp(startOfDay(filters.to) + day),
  };
  const list = useList(AuditService.method.listAuditEntries, { ...wanted, pageSize: ofChild ? 1000 : 100 }, (answer) => answer.entries);
  const toFile = async (progress: (rows: number) => void) =>
    sheetOf(await allRows(AuditService.method.listAuditEntries, { ...wanted, pageSize: 1000 }, (answer) => answer.entries, { purpose: kit.exportPurpose, progress }));
  return (
    <Page title={ofChild ? t.titleOfChild : t.title} about={t.about(place)}
      actions={<><ExportButton name={t.sheet(place)} load={toFile} /><Button onClick={() => window.print()}>{kit.print}</Button></>}>
      <div className="filters no-print">
        <Input.Search aria-label={t.child} placeholder={t.childHint} allowClear defaultValue={filters.child} style={{ width: 300 }} onSearch={(child) => setFilters({ child: child.trim() })} />
        <Input.Search aria-label={t.actor} placeholder={t.actorHint} allowClear defaultValue={filters.actor} style={{ width: 300 }} onSearch={(actor) => setFilters({ actor: actor.trim() })} />
        <Input type="date" aria-label={t.from} value={filters.from} style={{ width: 150 }} onChange={(event) => event.target.value !== "" && setFilters({ from: event.target.value })} />
        <Input type="date" aria-label={t.to} value={filters.to} style={{ width: 150 }} onChange={(event) => event.target.value !== "" && setFilters({ to: event.target.value })} />
      </div>
      <div className="print-only print-facts">
        <Facts items={[
          ...(ofChild ? [[t.childName, t.toFill], [t.child, <code>{filters.child}</code>]] satisfies [string, React.ReactNode][] : []),
          [t.span, `${formatDay(filters.from)} 至 ${formatDay(filters.to)}`],
        ]} />
      </div>
      <ListTable<AuditEntry> list={list} label={t.title} empty={t.empty} rowKey={(row) => `${placeOf(row)}/${row.child}`} columns={columnsOf(ofChild)} width={1100} />
    </Page>
  );
}

const placeOf = (row: AuditEntry) => `${row.producer}/${row.shard}/${row.seq}`;
const actionOf = (row: AuditEntry) => t.times(wordOf(AuditActionSchema, row.action), Number(row.times));

function columnsOf(ofChild: boolean): TableColumnsType<AuditEntry> {
  return [
    { title: t.columns.time, width: 168, render: (_, row) => formatTime(row.time) },
    { title: t.columns.action, width: 64, render: (_, row) => actionOf(row) },
    { title: t.columns.who, render: (_, row) => row.actor === "operators/local" ? t.operator : row.actorName === "" ? <code>{row.actor}</code> : <>{row.actorName}<div className="no-print"><code>{idOf(row.actor)}</code></div></> },
    ...(ofChild ? [] : [{ title: t.columns.child, render: (_: unknown, row: AuditEntry) => <code>{idOf(row.child)}</code> }]),
    { title: t.columns.what, render: (_, row) => nameOf(row.what) },
    { title: t.columns.purpose, width: 96, render: (_, row) => row.purpose },
    { title: t.columns.address, render: (_, row) => row.address },
    { title: t.columns.place, render: (_, row) => <span className="quiet">{placeOf(row)}</span> },
  ];
}

function sheetOf(entries: AuditEntry[]): Sheet {
  const columns: [string, (row: AuditEntry) => string][] = [
    [t.columns.time, (row) => formatTime(row.time)],
    [t.columns.action, actionOf],
    [t.columns.who, (row) => row.actor === "operators/local" ? t.operator : row.actorName],
    [t.account, (row) => idOf(row.actor)],
    [t.child, (row) => idOf(row.child)],
    [t.columns.what, (row) => nameOf(row.what)],
    [t.columns.purpose, (row) => row.purpose],
    [t.columns.address, (row) => row.address],
    [t.columns.place, placeOf],
  ];
  return { head: columns.map(([title]) => title), rows: entries.map((row) => columns.map(([, of]) => of(row))) };
}
