// The figures of a division by week, with those below it, down to a school; a number leads to what it counts.

import { callUnaryMethod, useQuery } from "@connectrpc/connect-query";
import { useQueries } from "@tanstack/react-query";
import { Breadcrumb, Button, Select, Table, type TableColumnsType } from "antd";
import { lazy, Suspense, type ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { ReportService, type WeekCounts } from "../../gen/tonghu/reporting/v1/report_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDay, isoDay, startOfDay } from "../../shared/dates.ts";
import { transport } from "../../shared/transport.ts";
import { ExportButton } from "../kit/export.tsx";
import { useNames } from "../kit/names.tsx";
import { Loaded, Nothing, Page, Section, Trouble, Wait } from "../kit/page.tsx";
import { Sideways } from "../kit/pages.tsx";
import { useCounty, useFilters, useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { useSchools } from "../kit/schools.tsx";
import { useDivisions, usePlaceName, useReach } from "../place_name.ts";
import type { Figure } from "./behind.ts";
import { BehindDrawer } from "./behind_drawer.tsx";
import { mondayOf, nextMonday, rateOf, sumOf, type Sum } from "./sum.ts";
import { figures as t } from "./text.ts";

const WeekChart = lazy(async () => ({ default: (await import("./chart.tsx")).WeekChart }));
const day = 86_400_000;

type Row = { key: string; label: ReactNode; name: string; sum: Sum; place: string; from: string; before: string };

export function FiguresPage() {
  const county = useCounty();
  const [filters, setFilters] = useFilters({ place: useReach() || county, weeks: "4", figure: "", at: "", from: "", before: "" });
  const today = isoDay(now());
  const input = { division: filters.place, fromDate: mondayOf(isoDay(now() - (Number(filters.weeks) - 1) * 7 * day)), toDate: today };
  const before = nextMonday(mondayOf(today));
  const counts = useQuery(ReportService.method.queryCounts, input);
  const path = usePath(filters.place);
  const place = path[path.length - 1]!.label;
  return (
    <Page
      title={t.title}
      about={t.about(place)}
      actions={
        <>
          <Select aria-label={t.range} value={filters.weeks} onChange={(weeks) => setFilters({ weeks })}
            options={Object.entries(t.weeks).map(([value, label]) => ({ value, label }))} />
          <Button onClick={() => window.print()}>{kit.print}</Button>
        </>
      }
    >
      <Breadcrumb className="crumbs no-print" items={path.map(({ code, label }, i) => ({
        title: i === path.length - 1 ? label : <Link to={`?place=${encodeURIComponent(code)}&weeks=${filters.weeks}`}>{label}</Link>,
      }))} />
      <Loaded query={counts}>
        {({ weeks }) => weeks.length === 0 ? <Section title={t.table}><Nothing>{t.empty}</Nothing></Section> : (
          <>
            <Section title={t.chart}>
              <Suspense fallback={<Wait />}><WeekChart weeks={weeks} /></Suspense>
            </Section>
            <Counts
              title={t.table}
              file={t.sheet(place, t.table)}
              first={t.columns.week}
              rows={[
                ...weeks.map((week) => rowOf(week, filters.place)),
                { key: "", label: <b>{t.total}</b>, name: t.total, sum: sumOf(weeks), place: filters.place, from: input.fromDate, before },
              ]}
            />
          </>
        )}
      </Loaded>
      <Below place={filters.place} input={input} before={before} weeks={filters.weeks} name={place} />
      {filters.figure !== "" && <Behind filters={filters} close={() => setFilters({ figure: "", at: "", from: "", before: "" })} />}
    </Page>
  );
}

function rowOf(week: WeekCounts, place: string): Row {
  const name = formatDay(week.monday);
  return { key: week.monday, label: name, name, sum: sumOf([week]), place, from: week.monday, before: nextMonday(week.monday) };
}

/** Down to the place, from the county or what of it the caller's rights reach. */
function usePath(place: string): { code: string; label: string }[] {
  const county = useCounty();
  const name = usePlaceName();
  const reach = useReach();
  const townships = useDivisions(county);
  const schools = useSchools();
  const names = useNames([place.startsWith("counties/") ? place : ""]);
  const path = [{ code: county, label: name }];
  const township = place.startsWith("counties/") ? schools.data?.find((school) => school.name === place)?.townshipCode : place.length === 9 ? place : undefined;
  if (township !== undefined) path.push({ code: township, label: townships.data?.divisions.find(({ code }) => code === township)?.displayName ?? township });
  if (place.startsWith("counties/")) path.push({ code: place, label: names(place) });
  return path.slice(Math.max(0, path.findIndex(({ code }) => code === reach)));
}

/** The places directly below, each with its sum. */
function Below({ place, input, before, weeks, name }: { place: string; input: { fromDate: string; toDate: string }; before: string; weeks: string; name: string }) {
  const townships = useDivisions(place.length === 6 ? place : undefined);
  const schools = useSchools();
  const places: { code: string; label: string }[] = place.length === 6
    ? (townships.data?.divisions ?? []).filter(({ code }) => schools.data?.some((school) => school.townshipCode === code)).map(({ code, displayName }) => ({ code, label: displayName }))
    : place.length === 9 ? (schools.data ?? []).filter((school) => school.townshipCode === place).map((school) => ({ code: school.name, label: school.displayName })) : [];
  const answers = useQueries({
    queries: places.map(({ code }) => ({
      queryKey: ["counts", code, input.fromDate, input.toDate],
      queryFn: () => callUnaryMethod(transport, ReportService.method.queryCounts, { ...input, division: code }),
    })),
  });
  if (places.length === 0) return null;
  // A place that was not counted has no zeros.
  const failed = answers.find(({ error }) => error !== null);
  if (failed !== undefined) return <Trouble error={failed.error} retry={() => answers.forEach(({ refetch }) => void refetch())} />;
  if (answers.some(({ data }) => data === undefined)) return <Wait />;
  const rows = places.map(({ code, label }, i): Row => ({
    key: code,
    label: <Link to={`?place=${encodeURIComponent(code)}&weeks=${weeks}`}>{label}</Link>,
    name: label,
    sum: sumOf(answers[i]?.data?.weeks ?? []),
    place: code,
    from: input.fromDate,
    before,
  }));
  const title = place.length === 6 ? t.below.county : t.below.township;
  return <Counts title={title} file={t.sheet(name, title)} first={t.columns.place} rows={rows} />;
}

const order = ["dutiesDue", "done", "doneDoubtful", "doneLateReported", "excused", "missed", "doneLate", "rate", "contacts", "contactsDoubtful", "alertsRaised", "alertsAcknowledged", "alertsResolved"] as const;

// They are listed on a page of their own, for whoever may look into them.
const doubtful: ReadonlySet<string> = new Set(["doneDoubtful", "contactsDoubtful"]);

function Counts({ title, file, rows, first }: { title: string; file: string; rows: Row[]; first: string }) {
  const [params] = useSearchParams();
  const link = (row: Row, figure: Figure) => {
    const next = new URLSearchParams(params);
    for (const [key, value] of Object.entries({ figure, at: row.place, from: row.from, before: row.before })) next.set(key, value);
    return `?${next}`;
  };
  const columns: TableColumnsType<Row> = [
    { title: first, render: (_, row) => row.label },
    ...order.map((figure) => ({
      title: t.columns[figure], align: "right" as const, width: 84, className: "number",
      render: (_: unknown, row: Row) => figure === "rate" ? rateOf(row.sum)
        : doubtful.has(figure) ? row.sum[figure]
        : row.sum[figure] > 0 ? <Link to={link(row, figure)} aria-label={t.open(row.name, t.columns[figure], row.sum[figure])}>{row.sum[figure]}</Link> : 0,
    })),
  ];
  const sheet = () => Promise.resolve({
    head: [first, ...order.map((figure) => t.columns[figure])],
    rows: rows.map((row) => [row.name, ...order.map((figure) => (figure === "rate" ? rateOf(row.sum) : String(row.sum[figure])))]),
  });
  return (
    <Section title={title} actions={<ExportButton name={file} load={sheet} />}>
      <Sideways width={1190} label={first}>
        <Table<Row> size="small" rowKey="key" aria-label={first} pagination={false} dataSource={rows} columns={columns} />
      </Sideways>
    </Section>
  );
}

/** The number that the address names, with its events. */
function Behind({ filters, close }: { filters: { figure: string; at: string; from: string; before: string }; close: () => void }) {
  const parent = useParent();
  const county = useCounty();
  const schools = useSchools();
  const path = usePath(filters.at);
  const counts = useQuery(ReportService.method.queryCounts, { division: filters.at, fromDate: filters.from, toDate: isoDay(startOfDay(filters.before) - 1) });
  if (!(order as readonly string[]).includes(filters.figure) || doubtful.has(filters.figure) || schools.data === undefined) return null;
  const figure = filters.figure as Figure;
  const inside = schools.data.filter(({ name, townshipCode }) => name === filters.at || townshipCode === filters.at).map(({ name }) => name);
  return (
    <BehindDrawer
      question={{ parent, figure, from: filters.from, before: filters.before, place: filters.at, schools: filters.at === county ? undefined : inside }}
      place={path[path.length - 1]!.label}
      counted={counts.data && sumOf(counts.data.weeks)[figure]}
      close={close}
    />
  );
}
