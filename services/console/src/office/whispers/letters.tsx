// The letters of a box: dates and states for all, words for the keeper.

import { useQuery } from "@connectrpc/connect-query";
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { ConcernSchema, MoodSchema } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { WhisperLetterState, WhisperLetterStateSchema, WhisperService, type WhisperLetter } from "../../gen/tonghu/pairing/v1/whisper_service_pb.ts";
import { formatDay, formatTime, isoDay, millis } from "../../shared/dates.ts";
import { wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { useNames } from "../kit/names.tsx";
import { Loaded, Section, Trouble } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { whispers as t } from "./text.ts";

export function Letters({ school, keeps }: { school: string; keeps: boolean }) {
  const list = useList(WhisperService.method.listWhisperLetters, { school, pageSize: 50 }, (answer) => answer.whisperLetters);
  const [reading, setReading] = useState("");
  return (
    <Section title={t.letters}>
      {!keeps && <p className="quiet">{t.onlyKeeper}</p>}
      {reading !== "" && (
        <Modal open title={t.letters} footer={null} onCancel={() => setReading("")} destroyOnHidden><Letter name={reading} /></Modal>
      )}
      <ListTable
        label={t.letters}
        list={list}
        empty={t.lettersEmpty}
        rowKey="name"
        width={320}
        columns={[
          { title: t.found, render: (_, row) => formatTime(row.findTime) },
          { title: t.due, render: (_, row) => formatDay(isoDay((millis(row.dueTime) ?? 1) - 1)) },
          { title: t.state, render: (_, row) => wordOf(WhisperLetterStateSchema, row.state) },
          { title: t.answered, render: (_, row) => row.answerTime && formatTime(row.answerTime) },
          ...(keeps ? [{ className: "no-print", render: (_: unknown, row: WhisperLetter) => <Button type="link" size="small" onClick={() => setReading(row.name)}>{t.read}</Button> }] : []),
        ]}
      />
    </Section>
  );
}

function Letter({ name }: { name: string }) {
  const letter = useQuery(WhisperService.method.getWhisperLetter, { name }, { gcTime: 0 });
  return <Loaded query={letter}>{(one) => <Words letter={one} />}</Loaded>;
}

function Words({ letter }: { letter: WhisperLetter }) {
  const names = useNames(letter.child === "" ? [] : [letter.child]);
  const waits = letter.state === WhisperLetterState.WAITING || letter.state === WhisperLetterState.MISSED;
  const marks = [wordOf(MoodSchema, letter.mood), ...letter.concerns.map((one) => wordOf(ConcernSchema, one))].filter((word) => word !== "");
  return (
    <>
      <p className="quiet">{letter.child === "" ? t.unsigned : names(letter.child)}　{formatTime(letter.findTime)}{marks.length > 0 && `　${marks.join("、")}`}</p>
      <p className="prose">{letter.text}</p>
      {waits ? <Answer name={letter.name} /> : <p className="prose note-text">{letter.answer}</p>}
    </>
  );
}

function Answer({ name }: { name: string }) {
  const [words, setWords] = useState("");
  const answer = useCommand(WhisperService.method.answerWhisperLetter, { said: t.answerSaved, quiet: true });
  return (
    <form aria-label={t.answer} onSubmit={(event) => { event.preventDefault(); void answer.run({ name, answer: words }); }}>
      <label className="field"><span>{t.answerHint}</span><Input.TextArea required maxLength={2000} rows={4} value={words} onChange={(event) => setWords(event.target.value)} /></label>
      {answer.problem !== "" && <Trouble error={answer.problem} />}
      <p><Button type="primary" htmlType="submit" loading={answer.busy}>{t.answer}</Button></p>
    </form>
  );
}
