// Display names of children, staff and schools, many in one call.

import { createClient } from "@connectrpc/connect";
import { useQuery } from "@tanstack/react-query";
import { DirectoryService } from "../../gen/tonghu/registry/v1/directory_service_pb.ts";
import { countyOf, idOf, parentOf } from "../../shared/names.ts";
import { transport } from "../../shared/transport.ts";
import { kit } from "./text.ts";

const directory = createClient(DirectoryService, transport);
const mostNames = 3000;

/** Gives the display name of a resource name, its id where no name is known, and "" for "". */
export function useNames(names: (string | undefined)[]): (name: string | undefined) => string {
  const wanted = [...new Set(names.filter((name): name is string => !!name && countyOf(name) !== ""))].sort();
  const { data, isPending, isPlaceholderData } = useQuery({
    queryKey: ["display names", wanted],
    enabled: wanted.length > 0,
    staleTime: 300_000,
    placeholderData: (before: Map<string, string> | undefined) => before,
    queryFn: () => lookUpNames(wanted.slice(0, 4 * mostNames)),
  });
  const asked = isPending || isPlaceholderData;
  return (name) => (name ? (data?.get(name) ?? (asked ? kit.notYet : idOf(name))) : "");
}

/** The display names that are known, by resource name. */
export async function lookUpNames(wanted: string[]): Promise<Map<string, string>> {
  const byCounty = new Map<string, string[]>();
  for (const name of new Set(wanted.filter((name) => countyOf(name) !== ""))) {
    const county = countyOf(name);
    byCounty.set(county, [...(byCounty.get(county) ?? []), name]);
  }
  const found = new Map<string, string>();
  for (const [county, names] of byCounty) {
    for (let i = 0; i < names.length; i += mostNames) {
      const answer = await directory.batchGetDisplayNames({
        parent: parentOf(county),
        names: names.slice(i, i + mostNames),
      });
      for (const { name, displayName } of answer.displayNames) found.set(name, displayName);
    }
  }
  return found;
}
