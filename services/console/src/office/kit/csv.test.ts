import { expect, test } from "vitest";
import { csvOf } from "./csv.ts";

test("cells are quoted where they must be, lines end as RFC 4180 says, and the file begins with a byte order mark", () => {
  expect(csvOf([["姓名", "备注"], ["李雨", '说"好",\n走了']])).toBe('\uFEFF姓名,备注\r\n李雨,"说""好"",\n走了"\r\n');
});

test("no cell is a formula, and no number is rounded or loses its zeros", () => {
  expect(csvOf([["=1+1", "-3", "520399201909018300", "52039920190901830X", "0857123", "12", "9月12日"]]))
    .toBe('\uFEFF"\t=1+1","\t-3","\t520399201909018300","\t52039920190901830X","\t0857123",12,9月12日\r\n');
});
