// Where a page is: the county of its address, and the filters of its address.

import { useCallback, useMemo } from "react";
import { useParams, useSearchParams } from "react-router";
import { parentOf } from "../../shared/names.ts";

/** Stands in place of a county's code for the province, and for the platform as a whole. */
export const province = "000000";

/** The county's code in the page's address, or `province`. */
export function useCounty(): string {
  return useParams().county ?? "";
}

/** counties/{county} of the page's address. */
export function useParent(): string {
  return parentOf(useCounty());
}

/** The page's filters, which live in its address, so that Back and a link to a colleague keep them. */
export function useFilters<Key extends string>(
  defaults: Record<Key, string>,
): [Record<Key, string>, (change: Partial<Record<Key, string>>) => void] {
  const [params, setParams] = useSearchParams();
  const filters = useMemo(() => {
    const values = { ...defaults };
    for (const key of Object.keys(defaults) as Key[]) values[key] = params.get(key) ?? defaults[key];
    return values;
    // The defaults are literals of the page: only the address changes.
  }, [params]);
  const change = useCallback(
    (changed: Partial<Record<Key, string>>) =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now);
          for (const [key, value] of Object.entries(changed) as [Key, string][]) {
            if (value === defaults[key] || value === undefined) next.delete(key);
            else next.set(key, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [filters, change];
}
