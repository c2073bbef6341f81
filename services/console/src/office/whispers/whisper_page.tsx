// One school's whisper box: for the keeper, who opens it, reads and answers, and for the head, who sees that it is kept.

import { useQuery } from "@connectrpc/connect-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { WeekdaySchema, WhisperOpeningStateSchema, WhisperService, type WhisperBox } from "../../gen/tonghu/pairing/v1/whisper_service_pb.ts";
import { formatDay, formatTime } from "../../shared/dates.ts";
import { resource } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { useBack } from "../kit/back.ts";
import { useCommand } from "../kit/command.ts";
import { useNames } from "../kit/names.tsx";
import { Loaded, Page, Section } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { BoxForm } from "./box_form.tsx";
import { Letters } from "./letters.tsx";
import { OpenForm } from "./open_form.tsx";
import { whispers as t } from "./text.ts";

export function WhisperPage() {
  const county = useCounty();
  const back = useBack(`/${county}/whispers`);
  const school = resource(county, "schools", useParams().id ?? "");
  const names = useNames([school]);
  const box = useQuery(WhisperService.method.getWhisperBox, { school });
  return (
    <Page title={`${names(school)} ${t.title}`} about={t.about} actions={<Button onClick={back}>{kit.back}</Button>}>
      <Loaded query={box}>{(one) => <Box box={one} />}</Loaded>
    </Page>
  );
}

function Box({ box }: { box: WhisperBox }) {
  const me = useMe();
  const keeps = me.staffMember !== "" && me.staffMember === box.keeper;
  const names = useNames([box.keeper]);
  const [form, setForm] = useState<"" | "change" | "open">("");
  const { modal, message } = App.useApp();
  const remove = useCommand(WhisperService.method.deleteWhisperBox);
  const back = useBack("..");
  const ask = () => modal.confirm({
    title: t.removeAsk,
    okText: t.remove,
    okButtonProps: { danger: true },
    onOk: () => remove.run({ school: box.school }).then((answer) => {
      if (answer === undefined) return;
      void message.success(t.removed);
      back();
    }),
  });
  const actions = form === "" && (
    <>
      {keeps && <Button type="primary" onClick={() => setForm("open")}>{t.open}</Button>}{" "}
      {me.may("whisperBoxes.put") && <Button onClick={() => setForm("change")}>{t.change}</Button>}{" "}
      {me.may("whisperBoxes.delete") && <Button danger onClick={ask}>{t.remove}</Button>}
    </>
  );
  return (
    <>
      <Section title={`${t.columns.keeper}：${names(box.keeper)}`} actions={actions}>
        <p>
          {wordOf(WeekdaySchema, box.weekday)}　{t.columns.next}：{box.nextOpeningDay === "" ? t.noDay : formatDay(box.nextOpeningDay)}
          {"　"}{t.columns.waiting}：{t.waiting(box.lettersWaiting, box.lettersOverdue)}
        </p>
        {form === "change" && <BoxForm box={box} school={box.school} close={() => setForm("")} />}
        {form === "open" && <OpenForm school={box.school} close={() => setForm("")} />}
      </Section>
      {me.may("whisperLetters.list") && <Letters school={box.school} keeps={keeps} />}
      <Openings school={box.school} />
    </>
  );
}

function Openings({ school }: { school: string }) {
  const list = useList(WhisperService.method.listWhisperOpenings, { school, pageSize: 50 }, (answer) => answer.whisperOpenings);
  const names = useNames(list.rows.map(({ keeper }) => keeper));
  return (
    <Section title={t.openings}>
      <ListTable
        label={t.openings}
        list={list}
        empty={t.openingsEmpty}
        rowKey="day"
        width={320}
        columns={[
          { title: t.day, render: (_, row) => formatDay(row.day) },
          { title: t.state, render: (_, row) => <>{wordOf(WhisperOpeningStateSchema, row.state)}{row.missed && row.openTime !== undefined && <span className="quiet">{t.wasMissed}</span>}</> },
          { title: t.openedAt, render: (_, row) => row.openTime && formatTime(row.openTime) },
          { title: t.foundLetters, render: (_, row) => (row.openTime === undefined ? "" : row.lettersFound) },
          { title: t.columns.keeper, render: (_, row) => names(row.keeper) },
        ]}
      />
    </Section>
  );
}
