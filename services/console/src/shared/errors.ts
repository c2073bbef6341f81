// What an error says to people. The services send a Chinese sentence with each refusal (google.rpc.LocalizedMessage),
// its reason (google.rpc.ErrorInfo) and the field at fault.

import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, LocalizedMessageSchema } from "../gen/google/rpc/error_details_pb.ts";
import { text } from "./text.ts";

/** An error as a page shows it. */
export interface Shown {
  /** What is wrong and what to do. */
  sentence: string;
  /** UPPER_SNAKE and stable (docs/reasons.md); empty when the error came from the way and not from a service. */
  reason: string;
  /** The path of the request's field at fault; empty when no one field is. */
  field: string;
}

/** What a page itself finds wrong before it calls anybody. */
export class Problem extends Error {}

/** What an error says. */
export function shown(error: unknown): Shown {
  if (error instanceof Problem) return { sentence: error.message, reason: "", field: "" };
  const failure = ConnectError.from(error);
  const localized = failure.findDetails(LocalizedMessageSchema).find((detail) => detail.locale === "zh-CN");
  const info = failure.findDetails(ErrorInfoSchema).find((detail) => detail.domain === "tonghu");
  const violation = failure.findDetails(BadRequestSchema)[0]?.fieldViolations[0];
  return {
    sentence: localized?.message || sentenceOf(failure),
    reason: info?.reason ?? "",
    field: info?.metadata.field || violation?.field || "",
  };
}

/** The sentence alone. */
export function sentence(error: unknown): string {
  return shown(error).sentence;
}

/** Whether the call never reached a service, or its outcome is unknown: the network, a time-out, a service that is away. */
export function isAway(error: unknown): boolean {
  const { code } = ConnectError.from(error);
  return code === Code.Unavailable || code === Code.DeadlineExceeded || code === Code.Unknown || code === Code.Aborted;
}

/** Whether nobody is signed in, or not any more. */
export function isSignedOut(error: unknown): boolean {
  return ConnectError.from(error).code === Code.Unauthenticated;
}

function sentenceOf(failure: ConnectError): string {
  switch (failure.code) {
    case Code.Unauthenticated:
      return text.errors.signedOut;
    case Code.PermissionDenied:
      return text.errors.notPermitted;
    case Code.NotFound:
      return text.errors.notFound;
    case Code.Unavailable:
    case Code.Unknown:
      return navigator.onLine ? text.errors.away : text.errors.offline;
    case Code.DeadlineExceeded:
      return text.errors.tookTooLong;
    case Code.ResourceExhausted:
      return text.errors.busy;
    case Code.InvalidArgument:
      return text.errors.invalid;
    default:
      return text.errors.fault;
  }
}
