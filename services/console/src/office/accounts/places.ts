import type { Right } from "../../gen/tonghu/access/v1/identity_pb.ts";
import { useNames } from "../kit/names.tsx";
import { useCounty } from "../kit/place.ts";
import { useDivisions, usePlaceName } from "../place_name.ts";

/** The names of the places that rights name. */
export function usePlaces(rights: Right[]): (code: string) => string {
  const county = useCounty();
  const name = usePlaceName();
  const townships = useDivisions(county === "000000" ? undefined : county);
  const schools = useNames(rights.map(({ area }) => (area !== undefined && area.schoolId !== "" ? `counties/${area.county}/schools/${area.schoolId}` : "")));
  return (code) =>
    code.startsWith("counties/") ? schools(code)
      : code === county ? name : (townships.data?.divisions.find((division) => division.code === code)?.displayName ?? code);
}
