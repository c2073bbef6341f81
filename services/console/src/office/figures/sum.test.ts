import { expect, test } from "vitest";
import { mondayOf, nextMonday, rateOf, sumOf } from "./sum.ts";

const week = { contacts: 3n, contactsDoubtful: 0n, dutiesDue: 10n, done: 8n, doneDoubtful: 0n, doneLateReported: 1n, excused: 1n, missed: 1n, doneLate: 0n, alertsRaised: 1n, alertsAcknowledged: 1n, alertsResolved: 0n };

test("weeks add up, and the excused count in no rate", () => {
  const sum = sumOf([week, week]);
  expect(sum.dutiesDue).toBe(20);
  expect(rateOf(sum)).toBe("88.9 %");
  expect(rateOf(sumOf([]))).toBe("—");
});

test("what a doubtful contact did is done, and in no rate", () => {
  const sum = sumOf([week, { ...week, doneDoubtful: 2n }]);
  expect(sum.done).toBe(16);
  expect(rateOf(sum)).toBe("77.8 %");
});

test("weeks begin on Monday", () => {
  expect(["2026-11-23", "2026-11-26", "2026-11-29", "2026-11-30"].map(mondayOf)).toEqual(["2026-11-23", "2026-11-23", "2026-11-23", "2026-11-30"]);
  expect(nextMonday("2026-12-28")).toBe("2027-01-04");
});
