// The cache of what the services answered.

import { QueryClient } from "@tanstack/react-query";
import { isAway } from "../shared/errors.ts";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A service that is away comes back; what it refused stays refused.
      retry: (failures, error) => failures < 3 && isAway(error),
      retryDelay: (failures) => Math.min(1000 * 2 ** failures, 8000),
      staleTime: 15_000,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
