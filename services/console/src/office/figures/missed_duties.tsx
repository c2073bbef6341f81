// The duties that a number of missed ones counts.

import { Drawer } from "antd";
import { Link } from "react-router";
import { DutyService, DutyStateSchema, type Duty } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { formatDay, millis, startOfDay, timestamp } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { wordOf } from "../../shared/words.ts";
import { useNames } from "../kit/names.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty, useParent } from "../kit/place.ts";
import { figures as t } from "./text.ts";

export function MissedDuties({ monday, close }: { monday: string; close: () => void }) {
  const parent = useParent();
  const county = useCounty();
  const start = startOfDay(monday);
  const list = useList(
    DutyService.method.listDuties,
    { parent, windowFrom: timestamp(start), windowBefore: timestamp(start + 7 * 86_400_000), pageSize: 1000 },
    (answer) => answer.duties.filter((duty) => duty.missed),
  );
  const names = useNames(list.rows.flatMap((duty) => [duty.child, duty.helper]));
  return (
    <Drawer open onClose={close} size={640} title={`${t.missedTitle}　${formatDay(monday)}`}>
      <ListTable<Duty>
        list={list}
        label={t.missedTitle}
        empty={t.empty}
        rowKey="name"
        columns={[
          { title: t.duty.child, render: (_, duty) => <Link to={`/${county}/children/${idOf(duty.child)}`}>{names(duty.child)}</Link> },
          { title: t.duty.helper, render: (_, duty) => names(duty.helper) },
          { title: t.duty.window, render: (_, duty) => `${formatDay(duty.windowStart)} – ${formatDay((millis(duty.windowEnd) ?? 1) - 1)}` },
          { title: t.duty.state, render: (_, duty) => wordOf(DutyStateSchema, duty.state) },
        ]}
      />
    </Drawer>
  );
}
