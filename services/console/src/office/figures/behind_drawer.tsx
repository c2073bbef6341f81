// The events behind a number, beside the page.

import { useQuery } from "@tanstack/react-query";
import { Drawer, Table } from "antd";
import { Link } from "react-router";
import { formatDay } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { ExportButton } from "../kit/export.tsx";
import { lookUpNames, useNames } from "../kit/names.tsx";
import { Loaded, Nothing } from "../kit/page.tsx";
import { useCounty } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { eventsBehind, type Event, type Question } from "./behind.ts";
import { figures as t } from "./text.ts";

const shownNames = 400; // rows whose names are looked up; the table shows 50 a page

export function BehindDrawer({ question, place, counted, close }: { question: Question; place: string; counted: number | undefined; close: () => void }) {
  const events = useQuery({
    queryKey: ["behind", question],
    staleTime: 60_000,
    queryFn: ({ signal }) => eventsBehind(question, signal),
  });
  const title = t.behind(t.columns[question.figure], place);
  return (
    <Drawer open onClose={close} size={760} title={title}
      extra={events.data !== undefined && events.data.length > 0 && <ExportButton name={title} load={() => sheetOf(events.data!)} />}>
      <p className="quiet">{t.span(formatDay(question.from), formatDay(question.before))}</p>
      <Loaded query={events}>{(rows) => <Rows rows={rows} counted={counted} />}</Loaded>
    </Drawer>
  );
}

function Rows({ rows, counted }: { rows: Event[]; counted: number | undefined }) {
  const county = useCounty();
  const names = useNames(rows.slice(0, shownNames).flatMap(({ child, school, who }) => [child, child === "" ? school : "", who]));
  return (
    <>
      {counted !== undefined && counted !== rows.length && <p className="not-live">{t.differs(counted, rows.length)}</p>}
      <Table<Event>
        size="small"
        rowKey="key"
        aria-label={t.events}
        dataSource={rows}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{ emptyText: <Nothing>{t.noEvents}</Nothing> }}
        columns={[
          { title: t.event.child, render: (_, { child, school }) => child === "" ? names(school) : <Link to={`/${county}/children/${idOf(child)}`}>{names(child)}</Link> },
          { title: t.event.who, render: (_, { who }) => names(who) || kit.nobody },
          { title: t.event.when, render: (_, { when }) => when },
          { title: t.event.what, render: (_, { what, alert }) => alert === "" ? what : <Link to={`/${county}/alerts/${idOf(alert)}`}>{what}</Link> },
        ]}
        footer={() => kit.shown(rows.length)}
      />
    </>
  );
}

async function sheetOf(rows: Event[]) {
  const found = await lookUpNames(rows.flatMap(({ child, school, who }) => [child, school, who]));
  const named = (name: string) => (name === "" ? "" : (found.get(name) ?? idOf(name)));
  return {
    head: [t.event.child, t.event.who, t.event.when, t.event.what],
    rows: rows.map(({ child, school, who, when, what }) => [named(child || school), named(who), when, what]),
  };
}
