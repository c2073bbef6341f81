// All rows of a list, page after page.

import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { callUnaryMethod } from "@connectrpc/connect-query";
import { transport } from "../../shared/transport.ts";

export const mostRows = 100_000;

/**
 * The rows of a list method, up to `mostRows`. The audit keeps `purpose` with what was read. `progress` hears how many
 * rows there are so far.
 */
export async function allRows<I extends DescMessage, O extends DescMessage, Row>(
  method: DescMethodUnary<I, O>,
  input: MessageInitShape<I>,
  rowsOf: (answer: MessageShape<O>) => Row[],
  options: { purpose: string; progress?: (rows: number) => void; signal?: AbortSignal },
): Promise<Row[]> {
  const rows: Row[] = [];
  let pageToken = "";
  do {
    const answer = await callUnaryMethod(transport, method, { ...(input as object), pageToken } as unknown as MessageInitShape<I>, {
      headers: { "tonghu-purpose": encodeURIComponent(options.purpose) },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    rows.push(...rowsOf(answer));
    pageToken = (answer as unknown as { nextPageToken: string }).nextPageToken;
    options.progress?.(rows.length);
  } while (pageToken !== "" && rows.length < mostRows);
  return rows;
}
