// The names of divisions.

import { callUnaryMethod, useQuery } from "@connectrpc/connect-query";
import { useQuery as useCached } from "@tanstack/react-query";
import type { Division } from "../gen/tonghu/registry/v1/directory_pb.ts";
import { DirectoryService } from "../gen/tonghu/registry/v1/directory_service_pb.ts";
import { resource } from "../shared/names.ts";
import { useMe } from "../shared/session.tsx";
import { transport } from "../shared/transport.ts";
import { useCounty } from "./kit/place.ts";
import { kit } from "./kit/text.ts";

/** The divisions directly below a code, by code. */
export function useDivisions(parentCode: string | undefined) {
  return useQuery(DirectoryService.method.listDivisions, { parentCode: parentCode ?? "" }, {
    enabled: parentCode !== undefined,
    staleTime: Infinity,
  });
}

/** The name of the county in the page's address. */
export function usePlaceName(): string {
  const county = useCounty();
  const { data } = useDivisions(county === "" || county === "000000" ? undefined : county.slice(0, 4));
  if (county === "000000") return kit.platform;
  return data?.divisions.find((division) => division.code === county)?.displayName ?? county;
}

/** The largest place that the caller's rights reach, as the figures name it: the county, a township, a school; empty where they reach children or classes only. */
export function useReach(): string {
  const { session } = useMe();
  const county = useCounty();
  const reaches = session.rights.map(({ area }) =>
    area === undefined || area.county === "" ? county
      : area.county !== county || area.childIds.length > 0 || area.grade > 0 ? ""
      : area.schoolId !== "" ? resource(county, "schools", area.schoolId) : area.townshipCode || county);
  const rank = (place: string) => (place === county ? 0 : place.startsWith("counties/") ? 2 : place === "" ? 3 : 1);
  return reaches.sort((a, b) => rank(a) - rank(b))[0] ?? "";
}

/** Whose the rows of a list are: the county's, or of those whom the caller looks after. */
export function useScopeName(): string {
  const place = usePlaceName();
  return useReach() === useCounty() ? place : kit.yours;
}

/** The counties of each prefecture, by the prefecture's code. */
export function useCounties(prefectures: string[]) {
  return useCached({
    queryKey: ["counties", prefectures],
    enabled: prefectures.length > 0,
    staleTime: Infinity,
    queryFn: async () => {
      const answers = await Promise.all(prefectures.map((parentCode) =>
        callUnaryMethod(transport, DirectoryService.method.listDivisions, { parentCode })));
      return new Map<string, Division[]>(answers.map((answer, i) => [prefectures[i]!, answer.divisions]));
    },
  });
}
