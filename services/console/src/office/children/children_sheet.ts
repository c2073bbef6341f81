// The children as a table in a file.

import { CareLevelSchema, GuardianshipTypeSchema, SexSchema, type Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { wordOf } from "../../shared/words.ts";
import type { Sheet } from "../kit/export.tsx";
import { kit } from "../kit/text.ts";
import { children as t } from "./text.ts";

export function sheetOf(children: Child[], school: (name: string) => string): Sheet {
  const columns: [string, (child: Child) => string | undefined][] = [
    [t.columns.name, (child) => child.displayName],
    [t.columns.sex, (child) => wordOf(SexSchema, child.sex)],
    [t.birth, (child) => child.birthDate],
    [t.idNumber, (child) => child.identityNumber],
    [t.ethnic, (child) => child.ethnicGroup],
    [t.columns.school, (child) => school(child.school)],
    [t.columns.class, (child) => kit.classOf(child.grade, child.classNumber)],
    [t.boarding, (child) => (child.boarding ? t.yes : t.no)],
    [t.columns.care, (child) => wordOf(CareLevelSchema, child.careLevel || 1)],
    [t.columns.guardianship, (child) => wordOf(GuardianshipTypeSchema, child.guardianshipType)],
    [t.columns.guardian, (child) => child.guardian && t.relation(child.guardian.relation, child.guardian.displayName)],
    [t.columns.phone, (child) => child.guardian?.phone],
    [t.parents, (child) => child.parents.map((parent) => [t.relation(parent.relation, parent.displayName), parent.phone, parent.workplace].filter(Boolean).join(" ")).join("\n")],
  ];
  return { head: columns.map(([title]) => title), rows: children.map((child) => columns.map(([, of]) => of(child) ?? "")) };
}
