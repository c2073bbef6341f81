// Closures: on the page of a school those that close it, on the page of the schools those of the whole county.

import { App, Button, Input, Select } from "antd";
import { useState } from "react";
import { ClosureService, type Closure } from "../../gen/tonghu/pairing/v1/closure_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDay, isoDay } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { useCommand } from "../kit/command.ts";
import { useNames } from "../kit/names.tsx";
import { Section, Trouble } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty, useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { useDivisions, usePlaceName, useReach } from "../place_name.ts";
import { closures as t } from "./text.ts";

/** The closures of the county in the address, or those that close the school. */
export function useClosures(school: string) {
  const parent = useParent();
  return useList(ClosureService.method.listClosures, { parent, school, pageSize: 100 }, (answer) => answer.closures);
}

export function Closures({ school = "" }: { school?: string }) {
  const me = useMe();
  const list = useClosures(school);
  const nameOf = useDivisionNames(list.rows);
  const mayClose = useMayClose();
  const [open, setOpen] = useState(false);
  const choices = useChoices(school);
  const { modal, message } = App.useApp();
  const remove = useCommand(ClosureService.method.deleteClosure);
  const ask = ({ name }: Closure) => modal.confirm({
    title: t.removeAsk,
    okText: t.remove,
    okButtonProps: { danger: true },
    onOk: () => remove.run({ name }).then((answer) => answer && void message.success(t.removed(answer.dutiesOwedAgain, answer.working))),
  });
  return (
    <Section
      title={t.title}
      actions={me.may("closures.create") && choices.length > 0 && !open && <Button size="small" onClick={() => setOpen(true)}>{t.add}</Button>}
    >
      {open && <ClosureForm choices={choices} close={() => setOpen(false)} />}
      <ListTable
        label={t.title}
        list={list}
        empty={t.empty}
        rowKey="name"
        columns={[
          { title: t.columns.days, render: (_, row) => daysOf(row) },
          { title: t.columns.division, render: (_, row) => nameOf(row.division) },
          { title: t.columns.reason, render: (_, row) => <>{row.reason}{row.working && <span className="quiet"> {t.working}</span>}</> },
          {
            className: "no-print",
            render: (_, row) => me.may("closures.delete") && mayClose(row.division) && <Button type="link" size="small" danger onClick={() => ask(row)}>{t.remove}</Button>,
          },
        ]}
      />
    </Section>
  );
}

function daysOf({ firstDay, lastDay }: Closure): string {
  return firstDay === lastDay ? formatDay(firstDay) : `${formatDay(firstDay)} – ${formatDay(lastDay)}`;
}

/** Whether the caller's rights reach what is closed, as far as the page knows; the service knows better. */
function useMayClose(): (division: string) => boolean {
  const reach = useReach();
  const county = useCounty();
  return (division) => reach === county || reach === division || (reach.length === 9 && division.startsWith("counties/"));
}

function useDivisionNames(rows: Closure[]): (division: string) => string {
  const county = useCounty();
  const place = usePlaceName();
  const townships = useDivisions(county);
  const names = useNames(rows.map(({ division }) => division).filter((division) => division.startsWith("counties/")));
  return (division) => division.startsWith("counties/") ? names(division)
    : division === county ? t.whole(place)
      : t.township(townships.data?.divisions.find(({ code }) => code === division)?.displayName ?? division);
}

/** What the caller may close from this page: the school, or its township or county. */
function useChoices(school: string): { value: string; label: string }[] {
  const reach = useReach();
  const county = useCounty();
  const place = usePlaceName();
  const townships = useDivisions(county);
  const names = useNames(school === "" ? [] : [school]);
  if (school !== "") return reach === "" ? [] : [{ value: school, label: names(school) }];
  const all = (townships.data?.divisions ?? []).map(({ code, displayName }) => ({ value: code, label: t.township(displayName) }));
  if (reach === county) return [{ value: county, label: t.whole(place) }, ...all];
  return all.filter(({ value }) => value === reach);
}

function ClosureForm({ choices, close }: { choices: { value: string; label: string }[]; close: () => void }) {
  const parent = useParent();
  const today = isoDay(now());
  const [form, setForm] = useState({ division: choices.length === 1 ? choices[0]!.value : "", firstDay: today, lastDay: today, reason: "" });
  const { message } = App.useApp();
  const create = useCommand(ClosureService.method.createClosure, { quiet: true });
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  return (
    <form
      aria-label={t.add}
      onSubmit={(event) => {
        event.preventDefault();
        void create.run({ parent, closure: form }).then((answer) => {
          if (answer === undefined) return;
          void message.success(t.created(answer.dutiesExcused, answer.working));
          close();
        });
      }}
    >
      <p className="quiet">{t.help}</p>
      <div className="form-row">
        {choices.length > 1 && (
          <label className="field"><span>{t.columns.division}</span><Select showSearch={{ optionFilterProp: "label" }} value={form.division || undefined} options={choices} style={{ width: 220 }} onChange={(division: string) => set({ division })} /></label>
        )}
        <label className="field"><span>{t.firstDay}</span><Input type="date" required value={form.firstDay} onChange={(event) => set({ firstDay: event.target.value })} /></label>
        <label className="field"><span>{t.lastDay}</span><Input type="date" required value={form.lastDay} onChange={(event) => set({ lastDay: event.target.value })} /></label>
        <label className="field"><span>{t.columns.reason}</span><Input required maxLength={100} placeholder={t.reasonHint} value={form.reason} onChange={(event) => set({ reason: event.target.value })} /></label>
      </div>
      {create.problem !== "" && <Trouble error={create.problem} />}
      <p><Button type="primary" htmlType="submit" loading={create.busy}>{t.save}</Button> <Button onClick={close}>{kit.cancel}</Button></p>
    </form>
  );
}
