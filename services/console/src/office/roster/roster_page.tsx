// Importing a roster: choose, look, check, import; with the errors by row.

import { Alert, Button, Segmented, Table } from "antd";
import { useMemo, useRef, useState } from "react";
import { RosterKind, type ImportRosterResponse, type RowError } from "../../gen/tonghu/registry/v1/import_service_pb.ts";
import { isSignedOut, sentence } from "../../shared/errors.ts";
import { useSessionStatus } from "../../shared/session.tsx";
import { csvOf } from "../kit/csv.ts";
import { save } from "../kit/export.tsx";
import { Page, Section, Trouble } from "../kit/page.tsx";
import { Sideways } from "../kit/pages.tsx";
import { useFilters, useParent } from "../kit/place.ts";
import { usePlaceName } from "../place_name.ts";
import { queries } from "../queries.ts";
import { firstRows } from "./csv.ts";
import { importRoster, mostBytes } from "./import_roster.ts";
import { heads } from "./templates.ts";
import { roster as t } from "./text.ts";

const previewRows = 6;
const previewBytes = 256 * 1024;
const mostRows = 200_000; // the registry takes no more

/** A file as it was when it was chosen: what was checked is what is imported, though Excel has it open. The browser keeps it. */
interface ChosenFile {
  name: string;
  content: Blob;
  head: Uint8Array;
}

/** What the registry says of the file; with errors, the file's rows too. */
interface Checked {
  answer: ImportRosterResponse;
  rows: string[][];
}

const bytesOf = async (content: Blob) => new Uint8Array(await content.arrayBuffer());

async function read(file: File): Promise<ChosenFile> {
  const content = new Blob([await file.arrayBuffer()]);
  return { name: file.name, content, head: await bytesOf(content.slice(0, previewBytes)) };
}

export function RosterPage() {
  const parent = useParent();
  const place = usePlaceName();
  const { ask } = useSessionStatus();
  const [{ kind }, setFilters] = useFilters({ kind: String(RosterKind.CHILDREN) });
  const [file, setFile] = useState<ChosenFile>();
  const [checked, setChecked] = useState<Checked>();
  const [done, setDone] = useState<ImportRosterResponse>();
  const [busy, setBusy] = useState<"" | "check" | "import">("");
  const [problem, setProblem] = useState("");
  const begin = () => {
    setChecked(undefined);
    setDone(undefined);
    setProblem("");
  };
  const choose = async (chosen: File | undefined) => {
    begin();
    setFile(undefined);
    if (chosen === undefined) return;
    if (chosen.size > mostBytes) return setProblem(t.tooLarge);
    setFile(await read(chosen));
  };
  const run = async (validateOnly: boolean) => {
    setBusy(validateOnly ? "check" : "import");
    setProblem("");
    try {
      const answer = await importRoster(parent, Number(kind), file!.content, validateOnly);
      setChecked({ answer, rows: answer.errorCount > 0 ? firstRows(await bytesOf(file!.content), mostRows) : [] });
      if (!validateOnly && answer.errorCount === 0) setDone(answer);
      if (!validateOnly) await queries.invalidateQueries();
    } catch (error) {
      setProblem(sentence(error));
      if (isSignedOut(error)) ask();
    }
    setBusy("");
  };
  return (
    <Page title={t.title} about={t.about(place)}>
      <Section title={t.kind}>
        <div className="filters">
          <Segmented value={kind} onChange={(next) => { begin(); setFilters({ kind: next }); }}
            options={Object.entries(t.kinds).map(([value, label]) => ({ value, label }))} />
        </div>
        <FileChoice choose={(chosen) => void choose(chosen)} name={file && t.chosen(file.name, String(Math.ceil(file.content.size / 1000)))} />
        <p className="quiet">
          {t.fileHelp}
          <Button type="link" size="small" onClick={() => save(t.templateFile(t.kinds[Number(kind)]!), csvOf([heads[Number(kind)]!]))}>{t.template(t.kinds[Number(kind)]!)}</Button>
        </p>
        {problem !== "" && <Trouble error={problem} />}
        {file !== undefined && done === undefined && (
          <p>
            <Button type={checked?.answer.errorCount === 0 ? "default" : "primary"} loading={busy === "check"} disabled={busy !== ""} onClick={() => void run(true)}>
              {busy === "check" ? t.checking : t.check}
            </Button>{" "}
            {checked?.answer.errorCount === 0 && (
              <Button type="primary" loading={busy === "import"} disabled={busy !== ""} onClick={() => void run(false)}>
                {busy === "import" ? t.importing : t.import(checked.answer.rowsRead)}
              </Button>
            )}
          </p>
        )}
        {done !== undefined && (
          <Alert type="success" showIcon role="status" title={t.done}
            description={`${t.doneCounts(done.created, done.updated, done.unchanged)}${t.next[Number(kind)]}`} />
        )}
      </Section>
      {checked !== undefined && done === undefined && file !== undefined && <Result {...checked} />}
      {file !== undefined && done === undefined && <Preview head={file.head} />}
    </Page>
  );
}

function FileChoice({ choose, name }: { choose: (file: File | undefined) => void; name: string | undefined }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <p>
      <input ref={input} type="file" accept=".csv,text/csv" hidden aria-label={t.file}
        onChange={(event) => {
          choose(event.target.files?.[0]);
          event.target.value = ""; // the same file again, corrected, is a new choice
        }} />
      <Button onClick={() => input.current?.click()}>{t.file}</Button>　{name}
    </p>
  );
}

function Result({ answer, rows }: Checked) {
  if (answer.errorCount === 0) {
    return (
      <Section title={t.result}>
        <Alert type="success" showIcon role="status" title={t.good(answer.rowsRead)} description={t.would(answer.created, answer.updated, answer.unchanged)} />
      </Section>
    );
  }
  const cell = ({ row, column }: RowError) => (column === "" ? "" : (rows[row - 1]?.[rows[0]?.indexOf(column) ?? -1] ?? ""));
  return (
    <Section title={t.result} actions={<Button size="small" onClick={() => window.print()}>{t.print}</Button>}>
      <Alert type="error" showIcon role="alert" title={t.bad(answer.rowsRead, answer.errorCount)}
        description={answer.errors.length < answer.errorCount ? t.badFirst(answer.errors.length) : undefined} />
      <Table<RowError>
        size="small"
        rowKey={(error) => `${error.row}-${error.column}-${error.reason}`}
        aria-label={t.result}
        pagination={false}
        dataSource={answer.errors}
        columns={[
          { title: t.columns.row, width: 64, render: (_, error) => error.row },
          { title: t.columns.column, width: 140, render: (_, error) => error.column || t.wholeRow },
          { title: t.columns.was, width: 200, render: (_, error) => cell(error) },
          { title: t.columns.error, render: (_, error) => error.message },
        ]}
      />
    </Section>
  );
}

function Preview({ head: bytes }: { head: Uint8Array }) {
  const [head = [], ...rows] = useMemo(() => firstRows(bytes, previewRows + 1), [bytes]);
  return (
    <Section title={t.preview} actions={<span className="quiet">{t.previewNote(rows.length)}</span>}>
      <Sideways width="max-content" label={t.preview}>
        <Table<{ key: number; row: string[] }>
          size="small"
          rowKey="key"
          aria-label={t.preview}
          pagination={false}
          dataSource={rows.map((row, key) => ({ key, row }))}
          columns={head.map((title, i) => ({ title, key: i, render: (_: unknown, { row }: { row: string[] }) => row[i] ?? "" }))}
        />
      </Sideways>
    </Section>
  );
}
