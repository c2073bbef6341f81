// The names of divisions.

import { callUnaryMethod, useQuery } from "@connectrpc/connect-query";
import { useQuery as useCached } from "@tanstack/react-query";
import type { Division } from "../gen/tonghu/registry/v1/directory_pb.ts";
import { DirectoryService } from "../gen/tonghu/registry/v1/directory_service_pb.ts";
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
