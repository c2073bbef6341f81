// The worklist of a class, a school, a township or a county: what is owed, what is about to be late, what was missed.

import { Segmented, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { DutyKindSchema, DutyState, DutyStateSchema, type Duty } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { DutyService } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { ChildService } from "../../gen/tonghu/registry/v1/child_service_pb.ts";
import type { Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatTime, timestamp } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { ExcuseDuty } from "../children/excuse_duty.tsx";
import { allRows } from "../kit/all_rows.ts";
import { ExportButton, type Sheet } from "../kit/export.tsx";
import { lookUpNames, useNames } from "../kit/names.tsx";
import { Page } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty, useFilters, useParent } from "../kit/place.ts";
import { GradeChoice, SchoolChoice } from "../kit/schools.tsx";
import { kit } from "../kit/text.ts";
import { nthOf, windowOf } from "../kit/window_of.ts";
import { usePlaceName, useScopeName } from "../place_name.ts";
import { Doubts } from "./doubts.tsx";
import { duties as t } from "./text.ts";

const day = 86_400_000;
const soonDays = 3;
const madeUpDays = 60; // what was missed can be made up for so long (services/pairing/README.md)
const mostChildren = 1000;

/** Which duties a view shows at a moment, milliseconds since 1970: filters of ListDuties. */
function filtersOf(view: string, at: number) {
  switch (view) {
    case "soon":
      return { state: DutyState.OPEN, dueBefore: timestamp(at + soonDays * day) };
    case "missed":
      return { state: DutyState.MISSED, windowFrom: timestamp(at - madeUpDays * day) };
    default:
      return { state: DutyState.OPEN, windowBefore: timestamp(at) };
  }
}

const classOf = (child: Child | undefined) => (child === undefined ? "" : kit.classOf(child.grade, child.classNumber));

const kindOf = (duty: Duty, nth: Map<string, number>) => kit.nth(wordOf(DutyKindSchema, duty.kind), nth.get(duty.name));

/** The list as a file: the classes and schools are those where the children are now. */
async function sheetOf(parent: string, rows: Duty[]): Promise<Sheet> {
  const names = [...new Set(rows.map(({ child }) => child))];
  const children = new Map<string, Child>();
  for (let i = 0; i < names.length; i += mostChildren) {
    const input = { parent, names: names.slice(i, i + mostChildren), pageSize: mostChildren };
    for (const child of await allRows(ChildService.method.listChildren, input, (answer) => answer.children, { purpose: kit.exportPurpose })) children.set(child.name, child);
  }
  const nth = nthOf(rows);
  const known = await lookUpNames([...rows.map(({ helper }) => helper), ...[...children.values()].map(({ school }) => school)]);
  const c = t.columns;
  return {
    head: [c.child, c.class, c.school, c.helper, c.kind, c.window, c.due, c.state],
    rows: rows.map((row) => {
      const child = children.get(row.child);
      return [
        child?.displayName ?? "", classOf(child), known.get(child?.school ?? "") ?? "", known.get(row.helper) ?? "",
        kindOf(row, nth), windowOf(row), formatTime(row.dueTime), wordOf(DutyStateSchema, row.state),
      ];
    }),
  };
}

export function DutiesPage() {
  const [{ view }] = useFilters({ view: "current" });
  return view === "doubts" ? <Doubts /> : <Worklist />;
}

function Worklist() {
  const me = useMe();
  const parent = useParent();
  const county = useCounty();
  const place = usePlaceName();
  const scope = useScopeName();
  const [filters, setFilters] = useFilters({ view: "current", kind: "0", school: "", grade: "0" });
  const [at] = useState(now); // the list is of one moment, or its pages would not follow one another
  const view = filters.view in t.views ? filters.view : "current";
  const kind = Number(filters.kind);
  const wanted = { parent, ...filtersOf(view, at), kind, school: filters.school, grade: filters.school === "" ? 0 : Number(filters.grade) };
  const list = useList(DutyService.method.listDuties, { ...wanted, pageSize: 100 }, (answer) => answer.duties);
  const inList = [...new Set(list.rows.map(({ child }) => child))].slice(0, mostChildren);
  const children = useList(ChildService.method.listChildren, { parent, names: inList, pageSize: mostChildren }, (answer) => answer.children, { enabled: inList.length > 0 });
  const nth = nthOf(list.rows);
  const childOf = new Map(children.rows.map((child) => [child.name, child]));
  const names = useNames([...list.rows.flatMap(({ child, helper }) => [child, helper]), ...children.rows.map(({ school }) => school)]);
  const toFile = async (progress: (rows: number) => void) =>
    sheetOf(parent, await allRows(DutyService.method.listDuties, { ...wanted, pageSize: 1000 }, (answer) => answer.duties, { purpose: kit.exportPurpose, progress }));
  const columns: TableColumnsType<Duty> = [
    { title: t.columns.child, render: (_, row) => <Link className="strong" to={`/${county}/children/${idOf(row.child)}`}>{names(row.child)}</Link> },
    { title: t.columns.class, width: 112, render: (_, row) => classOf(childOf.get(row.child)) },
    { title: t.columns.school, render: (_, row) => names(childOf.get(row.child)?.school) },
    { title: t.columns.helper, width: 104, render: (_, row) => names(row.helper) },
    { title: t.columns.kind, width: 104, render: (_, row) => kindOf(row, nth) },
    { title: t.columns.window, width: 226, render: (_, row) => <>{windowOf(row)}{row.excuse !== "" && <div className="quiet">{row.excuse}</div>}</> },
    { title: t.columns.due, width: 152, render: (_, row) => formatTime(row.dueTime) },
    { title: "", width: 72, className: "no-print", render: (_, row) => row.state === DutyState.OPEN && me.may("duties.excuse") && <ExcuseDuty duty={row} /> },
  ];
  return (
    <Page title={t.title} about={t.about(scope)} actions={
      <>
        {me.may("doubts.read") && <Link to={`/${county}/duties?view=doubts`}>{t.doubts}</Link>}{" "}
        {me.may("escalationPolicies.read") && <Link to={`/${county}/policies?kind=duties`}>{t.rules}</Link>}
        <ExportButton name={t.sheet(place, t.views[view] ?? "", wordOf(DutyKindSchema, kind))} load={toFile} />
      </>
    }>
      <div className="filters no-print">
        <Segmented aria-label={t.view} value={view} onChange={(chosen) => setFilters({ view: chosen })} options={Object.entries(t.views).map(([value, label]) => ({ value, label }))} />
        <Select
          aria-label={t.kind}
          value={filters.kind}
          onChange={(chosen) => setFilters({ kind: chosen })}
          options={[{ value: "0", label: t.allKinds }, ...choices(DutyKindSchema).map(({ value, label }) => ({ value: String(value), label }))]}
          popupMatchSelectWidth={false}
        />
        <SchoolChoice label={t.school} all={t.allSchools} value={filters.school} onChange={(school) => setFilters({ school, grade: "0" })} />
        {filters.school !== "" && <GradeChoice label={t.grade} value={filters.grade} onChange={(grade) => setFilters({ grade })} />}
      </div>
      <p className="quiet">{t.explained[view]}</p>
      <ListTable<Duty> list={list} label={t.title} empty={t.empty[view] ?? ""} rowKey="name" columns={columns} width={1000} />
    </Page>
  );
}
