// ImportRoster over HTTP. The method takes a stream of messages, which browsers can't send piece by piece; the Connect
// protocol allows all of them in one body, each in an envelope: a byte of flags, four of length, the message.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Code, ConnectError } from "@connectrpc/connect";
import { endStreamFromJson } from "@connectrpc/connect/protocol-connect";
import { ImportRosterRequestSchema, ImportRosterResponseSchema, type ImportRosterResponse, type RosterKind } from "../../gen/tonghu/registry/v1/import_service_pb.ts";
import { afterHeader } from "../../shared/transport.ts";

const path = "/tonghu.registry.v1.ImportService/ImportRoster";
const chunkBytes = 512 * 1024;
const timeoutMs = 330_000; // the registry gives up after 300 seconds, and says so
const endOfStream = 0x02;
const chunkField = ImportRosterRequestSchema.field.chunk.number;

/** The most bytes of a file: what the registry takes. */
export const mostBytes = 64 * 1024 * 1024;

/** Sends the file, of which no copy is made: the body refers to its pieces. */
export async function importRoster(parent: string, kind: RosterKind, file: Blob, validateOnly: boolean): Promise<ImportRosterResponse> {
  const header = { $typeName: "tonghu.registry.v1.ImportHeader" as const, parent, kind, validateOnly, sizeBytes: BigInt(file.size) };
  const parts = enveloped(toBinary(ImportRosterRequestSchema, create(ImportRosterRequestSchema, { part: { case: "header", value: header } })));
  for (let i = 0; i < file.size; i += chunkBytes) {
    const piece = file.slice(i, i + chunkBytes);
    parts.push(...enveloped(new BinaryWriter().tag(chunkField, WireType.LengthDelimited).uint32(piece.size).finish(), piece));
  }
  const body = new Blob(parts);
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

/** A message in its envelope: its first bytes and, if it is a chunk, the rest of them. */
function enveloped(message: Uint8Array, rest = new Blob()): BlobPart[] {
  const head = new Uint8Array(5);
  new DataView(head.buffer).setUint32(1, message.length + rest.size);
  return [head, message as Uint8Array<ArrayBuffer>, rest];
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
