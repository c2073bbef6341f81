// A school's calendars, one a term.

import { App, Button, Input, Segmented } from "antd";
import { useQuery } from "@connectrpc/connect-query";
import { useState } from "react";
import { CalendarService, type SchoolCalendar } from "../../gen/tonghu/pairing/v1/calendar_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDay, isoDay } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { useCommand } from "../kit/command.ts";
import { Facts, Loaded, Nothing, Section, Trouble } from "../kit/page.tsx";
import { useFilters } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { useClosures } from "./closures.tsx";
import { MonthGrid } from "./month_grid.tsx";
import { schoolDaysOf, tidied, toggled, type Term } from "./months.ts";
import { schools as t } from "./text.ts";

type Draft = Term & { term: string };

export function Calendars({ school }: { school: string }) {
  const me = useMe();
  const calendars = useQuery(CalendarService.method.listSchoolCalendars, { school });
  const [draft, setDraft] = useState<Draft>();
  const edit = me.may("calendars.put") ? ({ term, firstDay, lastDay, holidays, makeupDays }: Draft) => setDraft({ term, firstDay, lastDay, holidays, makeupDays }) : undefined;
  return (
    <Section
      title={t.calendar}
      actions={edit !== undefined && draft === undefined && (
        <Button size="small" onClick={() => edit({ term: "", firstDay: "", lastDay: "", holidays: [], makeupDays: [] })}>{t.add}</Button>
      )}
    >
      {draft !== undefined ? <CalendarForm school={school} draft={draft} close={() => setDraft(undefined)} /> : (
        <Loaded query={calendars}>
          {({ calendars: rows }) => rows.length === 0 ? <Nothing>{t.calendarEmpty}</Nothing> : <Terms school={school} calendars={rows} edit={edit} />}
        </Loaded>
      )}
    </Section>
  );
}

/** The term that has today, else the next one, else the last one. */
function currentOf(calendars: SchoolCalendar[], today: string): SchoolCalendar {
  return calendars.find(({ lastDay }) => lastDay >= today) ?? calendars[calendars.length - 1]!;
}

function Terms({ school, calendars, edit }: { school: string; calendars: SchoolCalendar[]; edit: ((draft: Draft) => void) | undefined }) {
  const me = useMe();
  const { modal, message } = App.useApp();
  const today = isoDay(now());
  const [filters, setFilters] = useFilters({ term: "" });
  const shown = calendars.find(({ term }) => term === filters.term) ?? currentOf(calendars, today);
  const { rows: closed } = useClosures(school);
  const remove = useCommand(CalendarService.method.deleteSchoolCalendar);
  const ask = (term: string) => modal.confirm({
    title: t.removeAsk,
    okText: t.remove,
    okButtonProps: { danger: true },
    onOk: () => remove.run({ school, term }).then((answer) => answer && void message.success(t.removed(answer.dutiesTakenAway))),
  });
  return (
    <>
      <div className="filters">
        <Segmented value={shown.term} onChange={(term) => setFilters({ term })} options={calendars.map(({ term }) => ({ value: term, label: t.termOf(term) }))} />
        {edit !== undefined && <Button type="link" size="small" className="no-print" onClick={() => edit(shown)}>{t.edit}</Button>}
        {me.may("calendars.delete") && <Button type="link" size="small" danger className="no-print" onClick={() => ask(shown.term)}>{t.remove}</Button>}
      </div>
      <Facts items={[
        [t.span, `${formatDay(shown.firstDay)} – ${formatDay(shown.lastDay)}`],
        [t.schoolDays, t.days(schoolDaysOf(shown))],
        [t.holidays, t.days(shown.holidays.length)],
        [t.makeupDays, t.days(shown.makeupDays.length)],
      ]} />
      <MonthGrid term={shown} closed={closed} today={today} />
    </>
  );
}

function CalendarForm({ school, draft, close }: { school: string; draft: Draft; close: () => void }) {
  const [form, setForm] = useState(draft);
  const { message } = App.useApp();
  const put = useCommand(CalendarService.method.putSchoolCalendar, { quiet: true });
  const set = (change: Partial<Draft>) => setForm({ ...form, ...change });
  return (
    <form
      aria-label={t.calendar}
      onSubmit={(event) => {
        event.preventDefault();
        void put.run({ calendar: { school, ...tidied(form) } }).then((answer) => {
          if (answer === undefined) return;
          void message.success(t.saved(answer.dutiesMade, answer.dutiesTakenAway));
          close();
        });
      }}
    >
      <div className="form-row">
        <label className="field"><span>{t.firstDay}</span><Input type="date" required value={form.firstDay} onChange={(event) => set({ firstDay: event.target.value })} /></label>
        <label className="field"><span>{t.lastDay}</span><Input type="date" required value={form.lastDay} onChange={(event) => set({ lastDay: event.target.value })} /></label>
      </div>
      {form.firstDay !== "" && form.lastDay !== "" && <MonthGrid term={form} today={isoDay(now())} toggle={(date) => setForm(toggled(form, date))} />}
      {put.problem !== "" && <Trouble error={put.problem} />}
      <p><Button type="primary" htmlType="submit" loading={put.busy}>{t.save}</Button> <Button onClick={close}>{kit.cancel}</Button></p>
    </form>
  );
}
