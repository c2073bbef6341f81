// The schools of the page's county, and a choice of one.

import { callUnaryMethod } from "@connectrpc/connect-query";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import type { School } from "../../gen/tonghu/registry/v1/directory_pb.ts";
import { DirectoryService } from "../../gen/tonghu/registry/v1/directory_service_pb.ts";
import { transport } from "../../shared/transport.ts";
import { useParent } from "./place.ts";
import { kit } from "./text.ts";

const mostSchools = 5000;

/** All schools of the county, by name. A county has some hundreds. */
export function useSchools() {
  const parent = useParent();
  return useQuery({
    queryKey: ["schools", parent],
    enabled: !parent.endsWith("/000000"),
    staleTime: 300_000,
    queryFn: async () => {
      const schools: School[] = [];
      let pageToken = "";
      do {
        const answer = await callUnaryMethod(transport, DirectoryService.method.listSchools, { parent, pageSize: 1000, pageToken });
        schools.push(...answer.schools);
        pageToken = answer.nextPageToken;
      } while (pageToken !== "" && schools.length < mostSchools);
      return schools.sort((a, b) => a.displayName.localeCompare(b.displayName, "zh-CN"));
    },
  });
}

/** The grades of schools, 1 to 12, as a choice shows them. */
export const grades = Array.from({ length: 12 }, (_, i) => ({ value: i + 1, label: kit.gradeOf(i + 1) }));

/** A grade as a filter of a page's address; "0": all. */
export function GradeChoice({ label, value, onChange }: { label: string; value: string; onChange: (grade: string) => void }) {
  const options = [{ value: "0", label: kit.allGrades }, ...grades.map((grade) => ({ ...grade, value: String(grade.value) }))];
  return <Select aria-label={label} value={value} onChange={onChange} style={{ width: 108 }} options={options} />;
}

export function SchoolChoice(props: { label: string; value: string; onChange: (school: string) => void; all?: string; width?: number }) {
  const { data } = useSchools();
  const options = (data ?? []).map(({ name, displayName }) => ({ value: name, label: displayName }));
  return (
    <Select
      aria-label={props.label}
      value={props.value === "" && props.all === undefined ? undefined : props.value}
      placeholder={props.label}
      onChange={props.onChange}
      showSearch={{ optionFilterProp: "label" }}
      style={{ width: props.width ?? 220 }}
      options={props.all === undefined ? options : [{ value: "", label: props.all }, ...options]}
    />
  );
}
