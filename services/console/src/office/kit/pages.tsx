// A list that comes in pages.

import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { callUnaryMethod } from "@connectrpc/connect-query";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Table, type TableProps } from "antd";
import type { ReactNode } from "react";
import { transport } from "../../shared/transport.ts";
import { Nothing, Trouble } from "./page.tsx";
import { kit } from "./text.ts";

export interface Listed<Row> {
  rows: Row[];
  error: unknown;
  isPending: boolean;
  isFetching: boolean;
  hasMore: boolean;
  more(): void;
  refetch(): void;
}

/** The rows of a list method, page after page, as they are asked for. */
export function useList<I extends DescMessage, O extends DescMessage, Row>(
  method: DescMethodUnary<I, O>,
  input: MessageInitShape<I>,
  rowsOf: (answer: MessageShape<O>) => Row[],
  options: { enabled?: boolean; refetchInterval?: number } = {},
): Listed<Row> {
  const query = useInfiniteQuery({
    queryKey: ["list", method.parent.typeName, method.name, JSON.stringify(input, plain)],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      callUnaryMethod(transport, method, { ...(input as object), pageToken: pageParam } as unknown as MessageInitShape<I>, { signal }),
    getNextPageParam: (last) => (last as unknown as { nextPageToken: string }).nextPageToken || undefined,
    ...options,
  });
  return {
    rows: query.data?.pages.flatMap(rowsOf) ?? [],
    error: query.error,
    isPending: query.isPending && options.enabled !== false,
    isFetching: query.isFetching,
    hasMore: query.hasNextPage,
    more: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
  };
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

/**
 * What is wider than a narrow window is moved sideways, also by the keyboard. antd's own way (`scroll`) doubles the
 * head's controls where a screen reader is told that there are none.
 */
export function Sideways({ width, label, children }: { width: number | string | undefined; label: string; children: ReactNode }) {
  if (width === undefined) return <>{children}</>;
  return (
    <div className="sideways" role="region" aria-label={label} tabIndex={0}>
      <div style={{ minWidth: width }}>{children}</div>
    </div>
  );
}

const narrowest = 640; // pixels below which a table is moved sideways, and its words are not set on end

/** A table of rows that are all there. */
export function WideTable<Row extends object>({ width = narrowest, ...table }: TableProps<Row> & { "aria-label": string; width?: number }) {
  return <Sideways width={width} label={table["aria-label"]}><Table<Row> {...table} /></Sideways>;
}

/** A table of a list: what failed above, how many and "more" below. */
export function ListTable<Row extends object>({
  list,
  empty,
  label,
  width = narrowest,
  ...table
}: { list: Listed<Row>; empty: ReactNode; label: string; width?: number } & Omit<TableProps<Row>, "scroll">) {
  return (
    <>
      {list.error != null && <Trouble error={list.error} retry={list.refetch} />}
      <Sideways width={width} label={label}>
        <Table<Row>
          size="small"
          aria-label={label}
          dataSource={list.rows}
          loading={list.isPending}
          pagination={false}
          locale={{ emptyText: list.isPending ? <div className="wait" /> : <Nothing>{empty}</Nothing> }}
          {...table}
        />
      </Sideways>
      {list.rows.length > 0 && (
        <p className={list.hasMore ? "list-end" : "list-end no-print"}>
          {list.hasMore ? kit.shownMore(list.rows.length) : kit.shown(list.rows.length)}
          {list.hasMore && <Button className="no-print" type="link" size="small" loading={list.isFetching} onClick={list.more}>{kit.more}</Button>}
        </p>
      )}
    </>
  );
}
