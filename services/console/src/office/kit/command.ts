// A command from a form or a button: pressed once, however often it is pressed.

import { create, toJsonString, type DescMessage, type DescMethodUnary, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import { callUnaryMethod } from "@connectrpc/connect-query";
import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useRef, useState } from "react";
import { sentence } from "../../shared/errors.ts";
import { newRequestId } from "../../shared/request_id.ts";
import { transport } from "../../shared/transport.ts";

export interface Command<I extends DescMessage, O extends DescMessage> {
  /** Sends it; undefined when it was refused (`problem` says why) or is on its way already. */
  run(input: MessageInitShape<I>): Promise<MessageShape<O> | undefined>;
  busy: boolean;
  /** Why the last one was refused, in a sentence; empty when it was not. */
  problem: string;
}

/**
 * A method as a command. The same input keeps its request_id until it went through, so that pressing again after a lost
 * answer changes nothing more. What pages show is asked anew afterwards. `said` is told when it went through.
 */
export function useCommand<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  options: { said?: string; quiet?: boolean } = {},
): Command<I, O> {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const sent = useRef({ input: "", id: "", busy: false });
  const run = async (input: MessageInitShape<I>) => {
    if (sent.current.busy) return undefined;
    const plain = toJsonString(method.input, create(method.input, input));
    if (plain !== sent.current.input) sent.current = { input: plain, id: newRequestId(), busy: false };
    sent.current.busy = true;
    setBusy(true);
    setProblem("");
    try {
      const withId = { ...(input as object), requestId: sent.current.id } as unknown as MessageInitShape<I>;
      const answer = await callUnaryMethod(transport, method, withId);
      sent.current = { input: "", id: "", busy: true };
      if (options.said !== undefined) void message.success(options.said);
      await queries.invalidateQueries();
      return answer;
    } catch (error) {
      setProblem(sentence(error));
      if (!options.quiet) void message.error(sentence(error), 6);
      return undefined;
    } finally {
      sent.current.busy = false;
      setBusy(false);
    }
  };
  return { run, busy, problem };
}
