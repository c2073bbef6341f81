// A school's attendance of one morning: everybody is there until one says who is not.

import { App, Button, DatePicker, Radio, Select, Table } from "antd";
import dayjs from "dayjs";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { SignalService } from "../../gen/tonghu/alerts/v1/signal_service_pb.ts";
import type { Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { ChildService } from "../../gen/tonghu/registry/v1/child_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { isoDay } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { useCommand } from "../kit/command.ts";
import { Nothing, Section, Trouble } from "../kit/page.tsx";
import { useList } from "../kit/pages.tsx";
import { useCounty, useFilters, useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { schools as t } from "./text.ts";

type State = "present" | "absent" | "leave";

export function Attendance({ school }: { school: string }) {
  const parent = useParent();
  const county = useCounty();
  const { message } = App.useApp();
  const today = isoDay(now());
  const [filters, setFilters] = useFilters({ date: today, class: "" });
  const [marks, setMarks] = useState(new Map<string, State>());
  const children = useList(ChildService.method.listChildren, { parent, school, pageSize: 1000 }, (a) => a.children);
  const known = useList(SignalService.method.listAbsences,
    { parent, school, firstDate: filters.date, lastDate: filters.date, pageSize: 1000 }, (a) => a.absences);
  const submit = useCommand(SignalService.method.submitAttendance, { quiet: true });
  const recorded = useMemo(() => new Map(known.rows.map((row): [string, State] => [row.child, row.morning?.withLeave ? "leave" : "absent"])), [known.rows]);
  const stateOf = (child: string): State => marks.get(child) ?? recorded.get(child) ?? "present";
  const pupils = useMemo(() => [...children.rows].sort((a, b) => a.grade - b.grade || a.classNumber - b.classNumber || a.displayName.localeCompare(b.displayName, "zh-CN")), [children.rows]);
  const classes = [...new Set(pupils.map((child) => kit.classOf(child.grade, child.classNumber)))];
  const absent = pupils.filter((child) => stateOf(child.name) === "absent");
  const leave = pupils.filter((child) => stateOf(child.name) === "leave");
  const send = () => submit.run({
    school,
    date: filters.date,
    absences: [...absent.map((child) => ({ child: child.name, withLeave: false })), ...leave.map((child) => ({ child: child.name, withLeave: true }))],
  }).then((answer) => {
    if (answer === undefined) return;
    setMarks(new Map());
    void message.success(t.submitted(answer.alerts.length), 6);
  });
  return (
    <Section
      title={t.attendance}
      actions={<Button type="primary" loading={submit.busy} onClick={() => void send()}>{t.submit(absent.length, leave.length)}</Button>}
    >
      <p className="quiet">{t.attendanceHelp}</p>
      {submit.problem !== "" && <Trouble error={submit.problem} />}
      {children.error != null && <Trouble error={children.error} retry={children.refetch} />}
      <div className="filters">
        <DatePicker aria-label={t.date} allowClear={false} value={dayjs(filters.date)} maxDate={dayjs(today)}
          onChange={(day) => {
            setMarks(new Map());
            setFilters({ date: day?.format("YYYY-MM-DD") ?? today });
          }} />
        <Select aria-label={t.class} style={{ width: 140 }} value={filters.class} onChange={(next) => setFilters({ class: next })}
          options={[{ value: "", label: t.allClasses }, ...classes.map((label) => ({ value: label, label }))]} />
      </div>
      <Table<Child>
        size="small"
        rowKey="name"
        aria-label={t.attendance}
        loading={children.isPending}
        pagination={false}
        scroll={{ y: 420 }}
        dataSource={pupils.filter((child) => filters.class === "" || kit.classOf(child.grade, child.classNumber) === filters.class)}
        locale={{ emptyText: <Nothing>{t.noChildren}</Nothing> }}
        columns={[
          { title: t.columnsOf.child, render: (_, child) => <Link to={`/${county}/children/${idOf(child.name)}`}>{child.displayName}</Link> },
          { title: t.columnsOf.class, render: (_, child) => kit.classOf(child.grade, child.classNumber) },
          {
            title: t.columnsOf.state, width: 170, render: (_, child) => (
              <Radio.Group
                size="small"
                optionType="button"
                aria-label={child.displayName}
                value={stateOf(child.name)}
                onChange={(event) => setMarks(new Map(marks).set(child.name, event.target.value as State))}
                options={(["present", "absent", "leave"] as const).map((value) => ({ value, label: t[value] }))}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}
