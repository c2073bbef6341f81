// Setting up a school's whisper box, or changing who keeps it and when it is opened.

import { App, Button, InputNumber, Select } from "antd";
import { useState } from "react";
import { WeekdaySchema, WhisperService, type WhisperBox } from "../../gen/tonghu/pairing/v1/whisper_service_pb.ts";
import { choices } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Trouble } from "../kit/page.tsx";
import { SchoolChoice } from "../kit/schools.tsx";
import { StaffChoice } from "../kit/staff.tsx";
import { kit } from "../kit/text.ts";
import { whispers as t } from "./text.ts";

const friday = 5;

/** `box`: what is to be changed; undefined: a new one. `school`: empty where one is to be chosen. */
export function BoxForm({ box, school, close }: { box: WhisperBox | undefined; school: string; close: () => void }) {
  const [form, setForm] = useState({ school, keeper: box?.keeper ?? "", weekday: box?.weekday ?? friday, answerDays: box?.answerDays ?? 7 });
  const { message } = App.useApp();
  const put = useCommand(WhisperService.method.putWhisperBox, { quiet: true });
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  return (
    <form
      aria-label={t.set}
      onSubmit={(event) => {
        event.preventDefault();
        void put.run({ whisperBox: form }).then((answer) => {
          if (answer === undefined) return;
          void message.success(t.saved);
          close();
        });
      }}
    >
      <p className="quiet">{t.help}</p>
      <div className="form-row">
        {school === "" && <label className="field"><span>{t.columns.school}</span><SchoolChoice label={t.columns.school} value={form.school} onChange={(chosen) => set({ school: chosen })} /></label>}
        <label className="field"><span>{t.columns.keeper}</span><StaffChoice label={t.columns.keeper} value={form.keeper} onChange={(keeper) => set({ keeper })} /></label>
        <label className="field"><span>{t.weekday}</span><Select aria-label={t.weekday} value={form.weekday} options={choices(WeekdaySchema)} style={{ width: 110 }} onChange={(weekday: number) => set({ weekday })} /></label>
        <label className="field"><span>{t.answerDays}</span><InputNumber aria-label={t.answerDays} min={1} max={30} value={form.answerDays} onChange={(days) => set({ answerDays: days ?? 7 })} /></label>
      </div>
      {put.problem !== "" && <Trouble error={put.problem} />}
      <p><Button type="primary" htmlType="submit" loading={put.busy} disabled={form.school === "" || form.keeper === ""}>{t.save}</Button> <Button onClick={close}>{kit.cancel}</Button></p>
    </form>
  );
}
