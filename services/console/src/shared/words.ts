// The Chinese word of an enumeration's value, as the protos say it (option tonghu.api.v1.word).

import { getOption, hasOption, type DescEnum } from "@bufbuild/protobuf";
import { word } from "../gen/tonghu/api/v1/word_pb.ts";

/** The word of a value; the value's number when it has none. */
export function wordOf(descriptor: DescEnum, value: number): string {
  const found = descriptor.value[value];
  return found !== undefined && hasOption(found, word) ? getOption(found, word) : value === 0 ? "" : String(value);
}

/** The values that have a word, in the order of the proto, for a choice. */
export function choices(descriptor: DescEnum): { value: number; label: string }[] {
  return descriptor.values
    .filter((value) => hasOption(value, word))
    .map((value) => ({ value: value.number, label: getOption(value, word) }));
}
