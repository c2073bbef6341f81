// A school's calendar, term by term.

import { App, Button, Input, Table } from "antd";
import { useQuery } from "@connectrpc/connect-query";
import { useState } from "react";
import { CalendarService, type SchoolCalendar } from "../../gen/tonghu/pairing/v1/calendar_service_pb.ts";
import { formatDay } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { useCommand } from "../kit/command.ts";
import { Loaded, Nothing, Section, Trouble } from "../kit/page.tsx";
import { kit } from "../kit/text.ts";
import { schools as t } from "./text.ts";

type Draft = { term: string; firstDay: string; lastDay: string; holidays: string; makeupDays: string };

export function Calendars({ school }: { school: string }) {
  const me = useMe();
  const { modal, message } = App.useApp();
  const calendars = useQuery(CalendarService.method.listSchoolCalendars, { school });
  const [draft, setDraft] = useState<Draft>();
  const remove = useCommand(CalendarService.method.deleteSchoolCalendar);
  const ask = (term: string) => modal.confirm({
    title: t.removeAsk,
    okText: t.remove,
    okButtonProps: { danger: true },
    onOk: () => remove.run({ school, term }).then((answer) => answer && void message.success(t.removed(answer.dutiesTakenAway))),
  });
  return (
    <Section
      title={t.calendar}
      actions={me.may("calendars.put") && draft === undefined && (
        <Button size="small" onClick={() => setDraft({ term: "", firstDay: "", lastDay: "", holidays: "", makeupDays: "" })}>{t.add}</Button>
      )}
    >
      {draft !== undefined && <CalendarForm school={school} draft={draft} close={() => setDraft(undefined)} />}
      <Loaded query={calendars}>
        {({ calendars: rows }) => (
          <Table<SchoolCalendar>
            size="small"
            rowKey="term"
            aria-label={t.calendar}
            pagination={false}
            dataSource={rows}
            locale={{ emptyText: <Nothing>{t.calendarEmpty}</Nothing> }}
            columns={[
              { title: t.term, dataIndex: "term" },
              { title: t.firstDay, render: (_, row) => formatDay(row.firstDay) },
              { title: t.lastDay, render: (_, row) => formatDay(row.lastDay) },
              { title: t.holidays, render: (_, row) => <span title={row.holidays.map((day) => formatDay(day)).join("\n")}>{t.days(row.holidays.length)}</span> },
              { title: t.makeupDays, render: (_, row) => <span title={row.makeupDays.map((day) => formatDay(day)).join("\n")}>{t.days(row.makeupDays.length)}</span> },
              {
                title: "", render: (_, row) => me.may("calendars.put") && (
                  <>
                    <Button type="link" size="small" onClick={() => setDraft({ ...row, holidays: row.holidays.join("\n"), makeupDays: row.makeupDays.join("\n") })}>{t.edit}</Button>
                    <Button type="link" size="small" danger onClick={() => ask(row.term)}>{t.remove}</Button>
                  </>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

const days = (text: string) => text.split(/[\s,，、;；]+/).filter((day) => day !== "");

function CalendarForm({ school, draft, close }: { school: string; draft: Draft; close: () => void }) {
  const [form, setForm] = useState(draft);
  const { message } = App.useApp();
  const put = useCommand(CalendarService.method.putSchoolCalendar, { quiet: true });
  const set = (change: Partial<Draft>) => setForm({ ...form, ...change });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const calendar = { school, term: form.term, firstDay: form.firstDay, lastDay: form.lastDay, holidays: days(form.holidays), makeupDays: days(form.makeupDays) };
        void put.run({ calendar }).then((answer) => {
          if (answer === undefined) return;
          void message.success(t.saved(answer.dutiesMade, answer.dutiesTakenAway));
          close();
        });
      }}
    >
      <div className="form-row">
        <label className="field"><span>{t.firstDay}</span><Input type="date" required value={form.firstDay} onChange={(event) => set({ firstDay: event.target.value })} /></label>
        <label className="field"><span>{t.lastDay}</span><Input type="date" required value={form.lastDay} onChange={(event) => set({ lastDay: event.target.value })} /></label>
        <label className="field"><span>{t.holidays}（{t.holidayHint}）</span><Input.TextArea rows={3} placeholder={t.datesHint} value={form.holidays} onChange={(event) => set({ holidays: event.target.value })} /></label>
        <label className="field"><span>{t.makeupDays}（{t.makeupHint}）</span><Input.TextArea rows={3} placeholder={t.datesHint} value={form.makeupDays} onChange={(event) => set({ makeupDays: event.target.value })} /></label>
      </div>
      {put.problem !== "" && <Trouble error={put.problem} />}
      <p><Button type="primary" htmlType="submit" loading={put.busy}>{t.save}</Button> <Button onClick={close}>{kit.cancel}</Button></p>
    </form>
  );
}
