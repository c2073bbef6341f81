// Who read or changed which child's file.

import { Button, Input, type TableColumnsType } from "antd";
import { AuditActionSchema, AuditService, type AuditEntry } from "../../gen/tonghu/access/v1/audit_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatTime, isoDay, startOfDay, timestamp } from "../../shared/dates.ts";
import { idOf, resource } from "../../shared/names.ts";
import { wordOf } from "../../shared/words.ts";
import { Page } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty, useFilters, useParent } from "../kit/place.ts";
import { usePlaceName } from "../place_name.ts";
import { audit as t } from "./text.ts";
import { nameOf } from "./words.ts";

const day = 86_400_000;

export function AuditPage() {
  const parent = useParent();
  const county = useCounty();
  const place = usePlaceName();
  const [filters, setFilters] = useFilters({ child: "", actor: "", from: isoDay(now() - 6 * day), to: isoDay(now()) });
  const list = useList(
    AuditService.method.listAuditEntries,
    {
      parent,
      child: filters.child === "" ? "" : resource(county, "children", filters.child),
      actor: filters.actor === "" || filters.actor.includes("/") ? filters.actor : resource(county, "accounts", filters.actor),
      timeFrom: timestamp(startOfDay(filters.from)),
      timeBefore: timestamp(startOfDay(filters.to) + day),
      pageSize: 100,
    },
    (answer) => answer.entries,
  );
  const columns: TableColumnsType<AuditEntry> = [
    { title: t.columns.time, width: 168, render: (_, row) => formatTime(row.time) },
    { title: t.columns.action, width: 64, render: (_, row) => t.times(wordOf(AuditActionSchema, row.action), Number(row.times)) },
    { title: t.columns.who, render: (_, row) => row.actor === "operators/local" ? t.operator : row.actorName === "" ? <code>{row.actor}</code> : <>{row.actorName}<div className="quiet">{idOf(row.actor)}</div></> },
    { title: t.columns.child, render: (_, row) => <code>{idOf(row.child)}</code> },
    { title: t.columns.what, render: (_, row) => nameOf(row.what) },
    { title: t.columns.purpose, render: (_, row) => row.purpose },
    { title: t.columns.address, render: (_, row) => row.address },
    { title: t.columns.place, render: (_, row) => <span className="quiet">{`${row.producer}/${row.shard}/${row.seq}`}</span> },
  ];
  return (
    <Page title={t.title} about={t.about(place)} actions={<Button onClick={() => window.print()}>{t.print}</Button>}>
      <div className="filters no-print">
        <Input.Search aria-label={t.child} placeholder={t.childHint} allowClear defaultValue={filters.child} style={{ width: 300 }} onSearch={(child) => setFilters({ child: child.trim() })} />
        <Input.Search aria-label={t.actor} placeholder={t.actorHint} allowClear defaultValue={filters.actor} style={{ width: 300 }} onSearch={(actor) => setFilters({ actor: actor.trim() })} />
        <Input type="date" aria-label={t.from} value={filters.from} style={{ width: 150 }} onChange={(event) => event.target.value !== "" && setFilters({ from: event.target.value })} />
        <Input type="date" aria-label={t.to} value={filters.to} style={{ width: 150 }} onChange={(event) => event.target.value !== "" && setFilters({ to: event.target.value })} />
      </div>
      <ListTable<AuditEntry> list={list} label={t.title} empty={t.empty} rowKey={(row) => `${row.producer}/${row.shard}/${row.seq}`} columns={columns} width={1100} />
    </Page>
  );
}
