// Whisper boxes: those of the county that the caller may see.

import { Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { WeekdaySchema, WhisperService } from "../../gen/tonghu/pairing/v1/whisper_service_pb.ts";
import { formatDay } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { useNames } from "../kit/names.tsx";
import { Page, Section } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useParent } from "../kit/place.ts";
import { useReach } from "../place_name.ts";
import { BoxForm } from "./box_form.tsx";
import { whispers as t } from "./text.ts";

export function WhispersPage() {
  const me = useMe();
  const reach = useReach();
  const list = useList(WhisperService.method.listWhisperBoxes, { parent: useParent(), pageSize: 100 }, (answer) => answer.whisperBoxes);
  const names = useNames(list.rows.flatMap(({ school, keeper }) => [school, keeper]));
  const [open, setOpen] = useState(false);
  const school = reach.startsWith("counties/") ? reach : "";
  return (
    <Page title={t.title} about={t.about}>
      <Section title={t.title} actions={me.may("whisperBoxes.put") && !open && <Button size="small" onClick={() => setOpen(true)}>{t.set}</Button>}>
        {open && <BoxForm box={undefined} school={school} close={() => setOpen(false)} />}
        <ListTable
          label={t.title}
          list={list}
          empty={t.empty}
          rowKey="school"
          columns={[
            { title: t.columns.school, render: (_, row) => <Link className="strong" to={idOf(row.school)}>{names(row.school)}</Link> },
            { title: t.columns.keeper, render: (_, row) => names(row.keeper) },
            { title: t.columns.weekday, render: (_, row) => wordOf(WeekdaySchema, row.weekday) },
            { title: t.columns.next, render: (_, row) => (row.nextOpeningDay === "" ? t.noDay : formatDay(row.nextOpeningDay)) },
            { title: t.columns.waiting, render: (_, row) => t.waiting(row.lettersWaiting, row.lettersOverdue) },
          ]}
        />
      </Section>
    </Page>
  );
}
