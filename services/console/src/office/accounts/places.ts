import { idOf } from "../../shared/names.ts";
import { useCounty } from "../kit/place.ts";
import { useSchools } from "../kit/schools.tsx";
import { useDivisions, usePlaceName } from "../place_name.ts";

/** The names of counties, townships and schools. Administrators may read these lists, and no display names. */
export function usePlaces(): (code: string) => string {
  const county = useCounty();
  const name = usePlaceName();
  const townships = useDivisions(county === "000000" ? undefined : county);
  const { data: schools } = useSchools();
  return (code) =>
    code.startsWith("counties/") ? (schools?.find(({ name }) => name === code)?.displayName ?? idOf(code))
      : code === county ? name : (townships.data?.divisions.find((division) => division.code === code)?.displayName ?? code);
}
