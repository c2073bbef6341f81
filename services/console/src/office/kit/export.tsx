// A list as a file for a spreadsheet. The rows come from the list's own method, so that the file holds what its reader may
// see, masked as on the page; the audit says that they were read for a file.

import { App, Button } from "antd";
import { useState } from "react";
import { now } from "../../shared/clock.ts";
import { isoDay } from "../../shared/dates.ts";
import { sentence } from "../../shared/errors.ts";
import { csvOf } from "./csv.ts";
import { kit } from "./text.ts";

/** A table as it is written to the file. */
export interface Sheet {
  head: string[];
  rows: string[][];
}

/** Writes `load`'s sheet into a file "name 2026-09-12.csv"; `load` says how many rows it has read. */
export function ExportButton({ name, load }: { name: string; load: (progress: (rows: number) => void) => Promise<Sheet> }) {
  const { message } = App.useApp();
  const [rows, setRows] = useState<number>();
  const run = async () => {
    if (rows !== undefined) return;
    setRows(0);
    try {
      const sheet = await load(setRows);
      save(`${name} ${isoDay(now())}.csv`, csvOf([sheet.head, ...sheet.rows]));
      void message.success(kit.exported(sheet.rows.length));
    } catch (error) {
      void message.error(sentence(error), 6);
    }
    setRows(undefined);
  };
  return <Button loading={rows !== undefined} onClick={() => void run()}>{rows === undefined ? kit.export : kit.exporting(rows)}</Button>;
}

/** Hands a file to the browser's downloads. */
export function save(name: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
