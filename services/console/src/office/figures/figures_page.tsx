// The figures of a division by week, with those below it, down to a school; a number leads to what it counts.

import { callUnaryMethod, useQuery } from "@connectrpc/connect-query";
import { useQueries } from "@tanstack/react-query";
import { Breadcrumb, Button, Select, Table, type TableColumnsType } from "antd";
import { lazy, Suspense, type ReactNode } from "react";
import { Link } from "react-router";
import { ReportService, type WeekCounts } from "../../gen/tonghu/reporting/v1/report_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDay, isoDay, startOfDay } from "../../shared/dates.ts";
import { transport } from "../../shared/transport.ts";
import { useNames } from "../kit/names.tsx";
import { Loaded, Nothing, Page, Section, Wait } from "../kit/page.tsx";
import { Sideways } from "../kit/pages.tsx";
import { useCounty, useFilters } from "../kit/place.ts";
import { useSchools } from "../kit/schools.tsx";
import { useDivisions, usePlaceName } from "../place_name.ts";
import { MissedDuties } from "./missed_duties.tsx";
import { rateOf, sumOf, type Sum } from "./sum.ts";
import { figures as t } from "./text.ts";

const WeekChart = lazy(async () => ({ default: (await import("./chart.tsx")).WeekChart }));
const day = 86_400_000;

type Row = { key: string; label: ReactNode; sum: Sum; from: string; before: string };

export function FiguresPage() {
  const county = useCounty();
  const [filters, setFilters] = useFilters({ place: county, weeks: "4", missed: "" });
  const from = isoDay(now() - (Number(filters.weeks) - 1) * 7 * day);
  const input = { division: filters.place, fromDate: from, toDate: isoDay(now()) };
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
          <Button onClick={() => window.print()}>{t.print}</Button>
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
            <Section title={t.table}>
              <Counts rows={weeks.map(rowOf)} first={t.columns.week} total={sumOf(weeks)} drill={filters.place === county} />
            </Section>
          </>
        )}
      </Loaded>
      <Below place={filters.place} input={input} weeks={filters.weeks} />
      {filters.missed !== "" && <MissedDuties monday={filters.missed} close={() => setFilters({ missed: "" })} />}
    </Page>
  );
}

function rowOf(week: WeekCounts): Row {
  return { key: week.monday, label: formatDay(week.monday), sum: sumOf([week]), from: week.monday, before: isoDay(startOfDay(week.monday) + 7 * day) };
}

/** From the county down to the place. */
function usePath(place: string): { code: string; label: string }[] {
  const county = useCounty();
  const name = usePlaceName();
  const townships = useDivisions(county);
  const schools = useSchools();
  const names = useNames([place.startsWith("counties/") ? place : ""]);
  const path = [{ code: county, label: name }];
  const township = place.startsWith("counties/") ? schools.data?.find((school) => school.name === place)?.townshipCode : place.length === 9 ? place : undefined;
  if (township !== undefined) path.push({ code: township, label: townships.data?.divisions.find(({ code }) => code === township)?.displayName ?? township });
  if (place.startsWith("counties/")) path.push({ code: place, label: names(place) });
  return path;
}

/** The places directly below, each with its sum. */
function Below({ place, input, weeks }: { place: string; input: { fromDate: string; toDate: string }; weeks: string }) {
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
  const rows = places.map(({ code, label }, i): Row => ({
    key: code,
    label: <Link to={`?place=${encodeURIComponent(code)}&weeks=${weeks}`}>{label}</Link>,
    sum: sumOf(answers[i]?.data?.weeks ?? []),
    from: input.fromDate,
    before: input.toDate,
  }));
  return <Section title={place.length === 6 ? t.below.county : t.below.township}><Counts rows={rows} first={t.columns.place} drill={false} /></Section>;
}

function Counts({ rows, first, total, drill }: { rows: Row[]; first: string; total?: Sum; drill: boolean }) {
  const [filters] = useFilters({ place: "", weeks: "4" });
  const county = useCounty();
  const number = (title: string, of: (sum: Sum) => number, link?: (row: Row) => string) => ({
    title, align: "right" as const, width: 84, className: "number",
    render: (_: unknown, row: Row) => {
      const value = of(row.sum);
      return drill && link !== undefined && value > 0 && row.key !== "" ? <Link to={link(row)}>{value}</Link> : value;
    },
  });
  const missedLink = (row: Row) => `?weeks=${filters.weeks}&missed=${row.from}`;
  const alertsLink = (row: Row) => `/${county}/alerts?scope=all&from=${row.from}&before=${row.before}`;
  const columns: TableColumnsType<Row> = [
    { title: first, render: (_, row) => row.label },
    number(t.columns.due, (sum) => sum.dutiesDue),
    number(t.columns.done, (sum) => sum.done),
    number(t.columns.lateReport, (sum) => sum.doneLateReported),
    number(t.columns.excused, (sum) => sum.excused),
    number(t.columns.missed, (sum) => sum.missed, missedLink),
    number(t.columns.doneLate, (sum) => sum.doneLate),
    { title: t.columns.rate, align: "right", width: 84, className: "number", render: (_, row) => rateOf(row.sum) },
    number(t.columns.contacts, (sum) => sum.contacts),
    number(t.columns.raised, (sum) => sum.alertsRaised, alertsLink),
    number(t.columns.acknowledged, (sum) => sum.alertsAcknowledged),
    number(t.columns.resolved, (sum) => sum.alertsResolved),
  ];
  const all = total === undefined ? rows : [...rows, { key: "", label: <b>{t.total}</b>, sum: total, from: "", before: "" }];
  return (
    <Sideways width={1020} label={first}>
      <Table<Row> size="small" rowKey="key" aria-label={first} pagination={false} dataSource={all} columns={columns} />
    </Sideways>
  );
}
