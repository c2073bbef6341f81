import { expect, test } from "vitest";
import { changedPaths, childOf, emptyDraft, nobody } from "./child_draft.ts";

const draft = { ...emptyDraft, displayName: "丁小雨", guardian: { ...nobody, displayName: "丁大山", relation: "爷爷", phone: "15400000001" } };

test("only what was changed is in the mask", () => {
  expect(changedPaths(draft, draft)).toEqual([]);
  expect(changedPaths(draft, { ...draft, displayName: " 丁小雨 " })).toEqual([]);
  expect(changedPaths(draft, { ...draft, careLevel: 2, guardian: { ...draft.guardian, phone: "15400000002" } })).toEqual(["care_level", "guardian"]);
  expect(changedPaths(draft, { ...draft, classNumber: 3, parents: [{ ...nobody, displayName: "丁强" }] })).toEqual(["class_number", "parents"]);
});

test("a parent of whom nothing is said is none", () => {
  expect(childOf({ ...draft, parents: [{ ...nobody, phone: " " }] }).parents).toEqual([]);
  expect(changedPaths(draft, { ...draft, parents: [nobody] })).toEqual([]);
});
