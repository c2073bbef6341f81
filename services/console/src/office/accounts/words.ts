import { RoleSchema, type Right } from "../../gen/tonghu/access/v1/identity_pb.ts";
import { wordOf } from "../../shared/words.ts";
import { kit } from "../kit/text.ts";
import { accounts as t } from "./text.ts";

/** A right in words: 班主任，3年级1班. `place` gives the names of counties, townships and schools. */
export function rightOf(right: Right, place: (code: string) => string): string {
  return `${wordOf(RoleSchema, right.role)}　${areaOf(right, place)}`;
}

export function areaOf({ area }: Right, place: (code: string) => string): string {
  if (area === undefined || area.county === "") return t.area.province;
  if (area.childIds.length > 0) return t.area.child(area.childIds.length);
  if (area.schoolId !== "") {
    const school = place(`counties/${area.county}/schools/${area.schoolId}`);
    return area.grade === 0 ? school : `${school} ${area.classNumber === 0 ? `${area.grade}年级` : kit.classOf(area.grade, area.classNumber)}`;
  }
  return place(area.townshipCode || area.county);
}
