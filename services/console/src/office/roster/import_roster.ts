// ImportRoster over HTTP. The method takes a stream of messages, which browsers can't send piece by piece; the Connect
// protocol allows all of them in one body, each in an envelope: a byte of flags, four of length, the message.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { endStreamFromJson } from "@connectrpc/connect/protocol-connect";
import { ImportRosterRequestSchema, ImportRosterResponseSchema, type ImportRosterRequest, type ImportRosterResponse, type RosterKind } from "../../gen/tonghu/registry/v1/import_service_pb.ts";
import { afterHeader } from "../../shared/transport.ts";

const path = "/tonghu.registry.v1.ImportService/ImportRoster";
const chunkBytes = 512 * 1024;
const timeoutMs = 120_000;
const endOfStream = 0x02;

/** The most bytes of a file: what the gateway takes in one body, less the envelopes. */
export const mostBytes = 4 * 1024 * 1024 - 64 * 1024;

export async function importRoster(parent: string, kind: RosterKind, file: Uint8Array, validateOnly: boolean): Promise<ImportRosterResponse> {
  const parts: ImportRosterRequest["part"][] = [
    { case: "header", value: { $typeName: "tonghu.registry.v1.ImportHeader", parent, kind, validateOnly, sizeBytes: BigInt(file.length) } },
  ];
  for (let i = 0; i < file.length; i += chunkBytes) parts.push({ case: "chunk", value: file.subarray(i, i + chunkBytes) });
  const body = new Blob(parts.flatMap((part) => enveloped(toBinary(ImportRosterRequestSchema, create(ImportRosterRequestSchema, { part })))));
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/connect+proto", "Connect-Protocol-Version": "1", "Connect-Timeout-Ms": String(timeoutMs), ...afterHeader() },
      body,
    });
  } catch {
    throw new ConnectError("", Code.Unavailable);
  }
  if (!response.ok) throw new ConnectError("", response.status === 401 ? Code.Unauthenticated : Code.Unavailable);
  return answerOf(new Uint8Array(await response.arrayBuffer()));
}

function enveloped(message: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const head = new Uint8Array(5);
  new DataView(head.buffer).setUint32(1, message.length);
  return [head, message as Uint8Array<ArrayBuffer>];
}

/** The one message of the answer, or the error at its end. */
function answerOf(bytes: Uint8Array): ImportRosterResponse {
  const view = new DataView(bytes.buffer);
  let answer: ImportRosterResponse | undefined;
  for (let at = 0; at + 5 <= bytes.length; ) {
    const length = view.getUint32(at + 1);
    const message = bytes.subarray(at + 5, at + 5 + length);
    if ((view.getUint8(at) & endOfStream) === 0) answer = fromBinary(ImportRosterResponseSchema, message);
    else {
      const { error } = endStreamFromJson(message);
      if (error !== undefined) throw error;
    }
    at += 5 + length;
  }
  if (answer === undefined) throw new ConnectError("", Code.Unavailable);
  return answer;
}
