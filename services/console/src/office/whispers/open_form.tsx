// The keeper records that the box was opened, with the letters found.

import { useQuery } from "@connectrpc/connect-query";
import { App, Button, Input, Select } from "antd";
import { useState } from "react";
import { ConcernSchema, MoodSchema } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { WhisperService } from "../../gen/tonghu/pairing/v1/whisper_service_pb.ts";
import { ChildService } from "../../gen/tonghu/registry/v1/child_service_pb.ts";
import { timestamp } from "../../shared/dates.ts";
import { choices } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Trouble } from "../kit/page.tsx";
import { useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { whispers as t } from "./text.ts";

interface Letter {
  child: string;
  text: string;
  mood: number;
  concerns: number[];
}
const blank: Letter = { child: "", text: "", mood: 0, concerns: [] };

export function OpenForm({ school, close }: { school: string; close: () => void }) {
  const [letters, setLetters] = useState<Letter[]>([]);
  const [at, setAt] = useState("");
  const { message } = App.useApp();
  const open = useCommand(WhisperService.method.openWhisperBox, { quiet: true });
  const change = (n: number, part: Partial<Letter>) => setLetters(letters.map((one, i) => (i === n ? { ...one, ...part } : one)));
  return (
    <form
      aria-label={t.open}
      onSubmit={(event) => {
        event.preventDefault();
        // The box's clock is China's, whatever the machine's.
        const openTime = at === "" ? {} : { openTime: timestamp(Date.parse(`${at}:00+08:00`)) };
        void open.run({ school, letters, ...openTime }).then((answer) => {
          if (answer === undefined) return;
          void message.success(t.opened(letters.length));
          close();
        });
      }}
    >
      <p className="quiet">{t.openHelp}</p>
      <label className="field"><span>{t.when}</span><Input type="datetime-local" value={at} style={{ maxWidth: 240 }} onChange={(event) => setAt(event.target.value)} /></label>
      {letters.map((letter, n) => (
        <fieldset key={n}>
          <legend>{t.letter(n + 1)}</legend>
          <label className="field"><span>{t.words}</span><Input.TextArea required maxLength={2000} rows={4} value={letter.text} onChange={(event) => change(n, { text: event.target.value })} /></label>
          <div className="form-row">
            <label className="field"><span>{t.child}</span><ChildOfSchool school={school} value={letter.child} change={(child) => change(n, { child })} /></label>
            <label className="field"><span>{t.mood}</span><Select aria-label={t.mood} allowClear value={letter.mood || undefined} options={choices(MoodSchema)} style={{ width: 120 }} onChange={(mood?: number) => change(n, { mood: mood ?? 0 })} /></label>
            <label className="field"><span>{t.concerns}</span><Select aria-label={t.concerns} mode="multiple" value={letter.concerns} options={choices(ConcernSchema)} style={{ width: 260, maxWidth: "100%" }} onChange={(concerns: number[]) => change(n, { concerns })} /></label>
          </div>
          <Button size="small" onClick={() => setLetters(letters.filter((_, i) => i !== n))}>{t.drop}</Button>
        </fieldset>
      ))}
      {open.problem !== "" && <Trouble error={open.problem} />}
      <p>
        <Button onClick={() => setLetters([...letters, blank])} disabled={letters.length >= 50}>{t.another}</Button>{" "}
        <Button type="primary" htmlType="submit" loading={open.busy}>{t.submit(letters.length)}</Button>{" "}
        <Button onClick={close}>{kit.cancel}</Button>
      </p>
    </form>
  );
}

/** A child of the school by the beginning of the name; the keeper sees names alone. */
function ChildOfSchool({ school, value, change }: { school: string; value: string; change: (child: string) => void }) {
  const parent = useParent();
  const [typed, setTyped] = useState("");
  const found = useQuery(ChildService.method.listChildren, { parent, school, displayNamePrefix: typed, pageSize: 20 }, { placeholderData: (before) => before });
  return (
    <Select
      aria-label={t.child}
      placeholder={t.childHint}
      allowClear
      value={value === "" ? undefined : value}
      onChange={(child?: string) => change(child ?? "")}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      style={{ width: 220 }}
      options={found.data?.children.map((child) => ({ value: child.name, label: `${child.displayName} ${kit.classOf(child.grade, child.classNumber)}` }))}
    />
  );
}
