// What a form of a child's file holds, and what of it was changed.

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Child, ChildSchema, Relative } from "../../gen/tonghu/registry/v1/child_pb.ts";

export type RelativeDraft = Pick<Relative, "displayName" | "relation" | "phone" | "workplace">;

export type ChildDraft = Pick<Child,
  "displayName" | "sex" | "birthDate" | "identityNumber" | "ethnicGroup" | "school" | "grade" | "classNumber" | "boarding" | "guardianshipType" | "careLevel"
> & { guardian: RelativeDraft; parents: RelativeDraft[] };

export const nobody: RelativeDraft = { displayName: "", relation: "", phone: "", workplace: "" };

export const emptyDraft: ChildDraft = {
  displayName: "", sex: 0, birthDate: "", identityNumber: "", ethnicGroup: "", school: "", grade: 0, classNumber: 0,
  boarding: false, guardianshipType: 0, careLevel: 1, guardian: nobody, parents: [],
};

function relativeDraftOf({ displayName, relation, phone, workplace }: RelativeDraft): RelativeDraft {
  return { displayName, relation, phone, workplace };
}

export function draftOf(child: Child): ChildDraft {
  const draft = { ...emptyDraft };
  for (const key of Object.keys(emptyDraft) as (keyof ChildDraft)[]) Object.assign(draft, { [key]: child[key] });
  return { ...draft, guardian: relativeDraftOf(child.guardian ?? nobody), parents: child.parents.map(relativeDraftOf) };
}

/** The child that a draft says: without spaces around words, without relatives of whom nothing is said. */
export function childOf(draft: ChildDraft): MessageInitShape<typeof ChildSchema> & ChildDraft {
  const trimmed = <T extends object>(record: T): T =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, typeof value === "string" ? value.trim() : value])) as T;
  const parents = draft.parents.map(trimmed).filter((parent) => Object.values(parent).some((text) => text !== ""));
  return { ...trimmed(draft), guardian: trimmed(draft.guardian), parents };
}

/** The paths of an update mask for what differs; a list of parents changes as a whole. */
export function changedPaths(before: ChildDraft, after: ChildDraft): string[] {
  const [old, fresh] = [childOf(before), childOf(after)];
  return (Object.keys(emptyDraft) as (keyof ChildDraft)[])
    .filter((key) => JSON.stringify(old[key]) !== JSON.stringify(fresh[key]))
    .map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}
