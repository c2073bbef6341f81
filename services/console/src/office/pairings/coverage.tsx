// Children for whom nobody is responsible, and how long that may last before somebody is told.

import { useQuery } from "@connectrpc/connect-query";
import { Button, InputNumber, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { CoverageService, UncoveredReason, UncoveredReasonSchema, type UncoveredChild } from "../../gen/tonghu/pairing/v1/coverage_service_pb.ts";
import { DutyKindSchema } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { formatDay } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { useNames } from "../kit/names.tsx";
import { Section, Trouble } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty, useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { pairings as t } from "./text.ts";

const lacksCalendar = new Set([UncoveredReason.NO_CALENDAR, UncoveredReason.CALENDAR_OVER]);

/** The children, why each is listed, and since when. */
export function Uncovered() {
  const parent = useParent();
  const county = useCounty();
  const list = useList(CoverageService.method.listUncoveredChildren, { parent, pageSize: 100 }, (a) => a.uncoveredChildren);
  const names = useNames(list.rows.flatMap((row) => [row.child, row.school]));
  const columns: TableColumnsType<UncoveredChild> = [
    { title: t.columns.child, render: (_, row) => <Link to={`/${county}/children/${idOf(row.child)}`}>{names(row.child)}</Link> },
    { title: t.grade, render: (_, row) => `${names(row.school)} ${kit.classOf(row.grade, row.classNumber)}` },
    {
      title: t.reason, render: (_, row) => {
        const kinds = row.unowedKinds.map((kind) => wordOf(DutyKindSchema, kind)).join("、");
        const why = <span className="warn">{wordOf(UncoveredReasonSchema, row.reason)}{kinds !== "" && `：${kinds}`}</span>;
        return lacksCalendar.has(row.reason) ? <Link to={`/${county}/schools/${idOf(row.school)}`}>{why}</Link> : why;
      },
    },
    { title: t.uncoveredSince, render: (_, row) => row.uncoveredSince !== undefined && formatDay(row.uncoveredSince) },
  ];
  return (
    <Section title={t.uncovered}>
      <MostDays />
      <ListTable<UncoveredChild> list={list} label={t.uncovered} empty={t.uncoveredEmpty} rowKey="child" columns={columns} />
    </Section>
  );
}

function MostDays() {
  const me = useMe();
  const parent = useParent();
  const policy = useQuery(CoverageService.method.getCoveragePolicy, { parent }, { enabled: me.may("coveragePolicies.read") });
  const [days, setDays] = useState<number>();
  const put = useCommand(CoverageService.method.putCoveragePolicy, { said: t.mostDaysPut, quiet: true });
  if (!me.may("coveragePolicies.read")) return null;
  if (policy.error != null) return <Trouble error={policy.error} retry={() => void policy.refetch()} />;
  if (policy.data === undefined) return null;
  const { mostDays } = policy.data;
  if (!me.may("coveragePolicies.put")) return <p className="quiet">{t.mostDaysAre(mostDays)}</p>;
  return (
    <form onSubmit={(event) => { event.preventDefault(); void put.run({ coveragePolicy: { parent, mostDays: days ?? mostDays } }); }}>
      <p className="quiet">
        {t.mostDaysBefore}{" "}
        <InputNumber size="small" aria-label={t.mostDays} min={1} max={60} precision={0} value={days ?? mostDays} onChange={(value) => setDays(value ?? mostDays)} style={{ width: 64 }} />
        {" "}{t.mostDaysAfter}{" "}
        {days !== undefined && days !== mostDays && <Button size="small" htmlType="submit" loading={put.busy}>{t.putMostDays}</Button>}
      </p>
      {put.problem !== "" && <Trouble error={put.problem} />}
    </form>
  );
}
