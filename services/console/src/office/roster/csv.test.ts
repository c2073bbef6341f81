import { expect, test } from "vitest";
import { firstRows } from "./csv.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("quotes, commas and line ends inside a cell", () => {
  expect(firstRows(bytes('姓名,备注\r\n"李,雨","他说""好""\n走了"\r\n'), 9)).toEqual([["姓名", "备注"], ["李,雨", '他说"好"\n走了']]);
});

test("only as many rows as asked for; empty lines are none; a last line needs no end", () => {
  expect(firstRows(bytes("a,b\n\n1,2\n3,4"), 9)).toEqual([["a", "b"], ["1", "2"], ["3", "4"]]);
  expect(firstRows(bytes("a\n1\n2\n3"), 2)).toEqual([["a"], ["1"]]);
});

test("a byte order mark is no part of the first cell, and GB18030 is read as such", () => {
  expect(firstRows(bytes("\uFEFF姓名\n"), 1)).toEqual([["姓名"]]);
  expect(firstRows(new Uint8Array([0xd0, 0xd5, 0xc3, 0xfb, 0x0a]), 1)).toEqual([["姓名"]]);
});
