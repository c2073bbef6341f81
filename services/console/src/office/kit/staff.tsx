// The staff of the page's county, and a choice of one.

import { callUnaryMethod } from "@connectrpc/connect-query";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import type { StaffMember } from "../../gen/tonghu/registry/v1/directory_pb.ts";
import { DirectoryService } from "../../gen/tonghu/registry/v1/directory_service_pb.ts";
import { idOf } from "../../shared/names.ts";
import { transport } from "../../shared/transport.ts";
import { useParent } from "./place.ts";
import { kit } from "./text.ts";

const mostStaff = 20_000;

/** All staff of the county, by name. */
export function useStaff(enabled = true) {
  const parent = useParent();
  return useQuery({
    queryKey: ["staff", parent],
    enabled: enabled && !parent.endsWith("/000000"),
    staleTime: 120_000,
    queryFn: async () => {
      const staff: StaffMember[] = [];
      let pageToken = "";
      do {
        const answer = await callUnaryMethod(transport, DirectoryService.method.listStaffMembers, { parent, pageSize: 1000, pageToken });
        staff.push(...answer.staffMembers);
        pageToken = answer.nextPageToken;
      } while (pageToken !== "" && staff.length < mostStaff);
      return staff.sort((a, b) => a.displayName.localeCompare(b.displayName, "zh-CN"));
    },
  });
}

/** A choice of somebody who is there; with `alsoLeft` (where something is looked for) also of those who have left. */
export function StaffChoice(props: { label: string; value: string; onChange: (staff: string) => void; none?: string; width?: number; alsoLeft?: boolean }) {
  const { data } = useStaff();
  const options = (data ?? [])
    .filter(({ name, left }) => left !== true || props.alsoLeft || name === props.value)
    .map(({ name, displayName, left }) => ({ value: name, label: `${displayName} ${idOf(name)}${left ? `（${kit.left}）` : ""}` }));
  return (
    <Select
      aria-label={props.label}
      placeholder={props.label}
      value={props.value === "" && props.none === undefined ? undefined : props.value}
      onChange={props.onChange}
      showSearch={{ optionFilterProp: "label" }}
      style={{ width: props.width ?? 200 }}
      options={props.none === undefined ? options : [{ value: "", label: props.none }, ...options]}
    />
  );
}
