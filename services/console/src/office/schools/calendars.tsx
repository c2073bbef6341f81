// Calendars, one a term: a school's, and those of the county or the province, which schools without their own follow.

import { App, Button, Input, Segmented, Tag } from "antd";
import { useQuery } from "@connectrpc/connect-query";
import { useState, type ReactNode } from "react";
import { CalendarOrigin, CalendarOriginSchema, CalendarService, type CountyCalendar, type SchoolCalendar } from "../../gen/tonghu/pairing/v1/calendar_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDay, isoDay } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { useCommand, type Command } from "../kit/command.ts";
import { Facts, Loaded, Nothing, Section, Trouble } from "../kit/page.tsx";
import { province, useCounty, useFilters, useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { useReach } from "../place_name.ts";
import { useClosures } from "./closures.tsx";
import { MonthGrid } from "./month_grid.tsx";
import { schoolDaysOf, tidied, toggled, type Days, type Term } from "./months.ts";
import { countyCalendars as ofCounty, schools as t } from "./text.ts";

type Draft = Term & { term: string };
const blank: Draft = { term: "", firstDay: "", lastDay: "", holidays: [], makeupDays: [] };

/** A school's, its own and those that it follows. */
export function Calendars({ school }: { school: string }) {
  const { message } = App.useApp();
  const calendars = useQuery(CalendarService.method.listSchoolCalendars, { school });
  const { rows: closed } = useClosures(school);
  const put = useCommand(CalendarService.method.putSchoolCalendar, { quiet: true });
  const remove = useCommand(CalendarService.method.deleteSchoolCalendar);
  const me = useMe();
  return (
    <Loaded query={calendars}>
      {({ calendars: rows }) => (
        <TermCalendars
          title={t.calendar} empty={t.calendarEmpty} removeAsk={t.removeAsk} calendars={rows} own={CalendarOrigin.SCHOOL} closed={closed}
          mayPut={me.may("calendars.put")} mayRemove={me.may("calendars.delete")} putting={put}
          put={(draft) => put.run({ calendar: { school, ...draft } }).then((answer) => answer && message.success(t.saved(answer.dutiesMade, answer.dutiesTakenAway)))}
          remove={(term) => remove.run({ school, term }).then((answer) => answer && message.success(t.removed(answer.dutiesTakenAway)))}
        />
      )}
    </Loaded>
  );
}

/** The county's in the address, or the province's. */
export function CountyCalendars() {
  const me = useMe();
  const parent = useParent();
  const isProvince = useCounty() === province;
  const { message } = App.useApp();
  const calendars = useQuery(CalendarService.method.listCountyCalendars, { parent });
  const put = useCommand(CalendarService.method.putCountyCalendar, { quiet: true });
  const remove = useCommand(CalendarService.method.deleteCountyCalendar);
  const whole = useReach() === useCounty();
  return (
    <Loaded query={calendars}>
      {({ calendars: rows }) => (
        <TermCalendars
          title={ofCounty.title} help={isProvince ? ofCounty.provinceHelp : ofCounty.help} empty={ofCounty.empty} removeAsk={ofCounty.removeAsk}
          calendars={rows} own={isProvince ? CalendarOrigin.PROVINCE : CalendarOrigin.COUNTY}
          mayPut={whole && me.may("calendars.put")} mayRemove={whole && me.may("calendars.delete")} putting={put}
          put={(draft) => put.run({ calendar: { parent, ...draft } }).then((answer) => answer && message.success(ofCounty.saved))}
          remove={(term) => remove.run({ parent, term }).then((answer) => answer && message.success(ofCounty.removed))}
        />
      )}
    </Loaded>
  );
}

/** The term that has today, else the next one, else the last one. */
function currentOf<C extends Days>(calendars: C[], today: string): C {
  return calendars.find(({ lastDay }) => lastDay >= today) ?? calendars[calendars.length - 1]!;
}

function TermCalendars({ title, help, empty, removeAsk, calendars, own, closed, mayPut, mayRemove, putting, put, remove }: {
  title: string; help?: string; empty: string; removeAsk: string;
  calendars: (SchoolCalendar | CountyCalendar)[];
  own: CalendarOrigin;
  closed?: Days[];
  mayPut: boolean;
  mayRemove: boolean;
  putting: Pick<Command<never, never>, "busy" | "problem">;
  put: (draft: Draft) => Promise<unknown>; // gives nothing when refused
  remove: (term: string) => Promise<unknown>;
}) {
  const { modal } = App.useApp();
  const today = isoDay(now());
  const [draft, setDraft] = useState<Draft>();
  const [filters, setFilters] = useFilters({ term: "" });
  const shown = calendars.find(({ term }) => term === filters.term) ?? (calendars.length > 0 ? currentOf(calendars, today) : undefined);
  const edit = ({ term, firstDay, lastDay, holidays, makeupDays }: Draft) => setDraft({ term, firstDay, lastDay, holidays, makeupDays });
  const ask = (term: string) => modal.confirm({ title: removeAsk, okText: t.remove, okButtonProps: { danger: true }, onOk: () => remove(term) });
  return (
    <Section title={title} actions={mayPut && draft === undefined && <Button size="small" onClick={() => edit(blank)}>{t.add}</Button>}>
      {help !== undefined && <p className="quiet">{help}</p>}
      {draft !== undefined ? <CalendarForm label={title} draft={draft} putting={putting} put={put} close={() => setDraft(undefined)} /> : shown === undefined ? <Nothing>{empty}</Nothing> : (
        <>
          <div className="filters">
            <Segmented value={shown.term} onChange={(term) => setFilters({ term })} options={calendars.map(({ term }) => ({ value: term, label: t.termOf(term) }))} />
            <Tag>{wordOf(CalendarOriginSchema, shown.origin)}</Tag>
            {mayPut && <Button type="link" size="small" className="no-print" onClick={() => edit(shown)}>{shown.origin === own ? t.edit : t.replace}</Button>}
            {mayRemove && shown.origin === own && <Button type="link" size="small" danger className="no-print" onClick={() => ask(shown.term)}>{t.remove}</Button>}
          </div>
          <Facts items={factsOf(shown)} />
          <MonthGrid term={shown} closed={closed ?? []} today={today} />
        </>
      )}
    </Section>
  );
}

function factsOf(shown: Term): [string, ReactNode][] {
  return [
    [t.span, `${formatDay(shown.firstDay)} – ${formatDay(shown.lastDay)}`],
    [t.schoolDays, t.days(schoolDaysOf(shown))],
    [t.holidays, t.days(shown.holidays.length)],
    [t.makeupDays, t.days(shown.makeupDays.length)],
  ];
}

function CalendarForm({ label, draft, putting, put, close }: {
  label: string; draft: Draft; putting: { busy: boolean; problem: string }; put: (draft: Draft) => Promise<unknown>; close: () => void;
}) {
  const [form, setForm] = useState(draft);
  const set = (change: Partial<Draft>) => setForm({ ...form, ...change });
  return (
    <form
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        void put(tidied(form)).then((done) => done !== undefined && close());
      }}
    >
      <div className="form-row">
        <label className="field"><span>{t.firstDay}</span><Input type="date" required value={form.firstDay} onChange={(event) => set({ firstDay: event.target.value })} /></label>
        <label className="field"><span>{t.lastDay}</span><Input type="date" required value={form.lastDay} onChange={(event) => set({ lastDay: event.target.value })} /></label>
      </div>
      {form.firstDay !== "" && form.lastDay !== "" && <MonthGrid term={form} today={isoDay(now())} toggle={(date) => setForm(toggled(form, date))} />}
      {putting.problem !== "" && <Trouble error={putting.problem} />}
      <p><Button type="primary" htmlType="submit" loading={putting.busy}>{t.save}</Button> <Button onClick={close}>{kit.cancel}</Button></p>
    </form>
  );
}
