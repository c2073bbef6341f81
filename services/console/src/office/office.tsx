// What an office sees: sign-in, or the frame with a page in it.

import { Alert, Button } from "antd";
import { useEffect, useRef } from "react";
import { isComplete, useSessionStatus } from "../shared/session.tsx";
import { SignIn } from "../shared/sign_in.tsx";
import { text } from "../shared/text.ts";
import { Frame } from "./frame.tsx";
import { queries } from "./queries.ts";

/** `layers` holds what lies above the page. */
export function Office({ layers }: { layers: HTMLElement }) {
  const { status, last, ask } = useSessionStatus();
  const complete = status.kind === "session" && isComplete(status.session);
  useHidden(layers, !complete);
  const asking = <p className="page-wait" role="status">{text.loading}</p>;
  if (status.kind === "asking" && last === undefined) return asking;
  if (status.kind === "unknown" && last === undefined) {
    return (
      <main className="page-wait">
        <Alert type="warning" showIcon title={status.why} action={<Button onClick={ask}>{text.retry}</Button>} />
      </main>
    );
  }
  // A page whose session is over stays behind the sign-in with what was typed into it.
  return (
    <>
      {last !== undefined && <div hidden={!complete}><Frame /></div>}
      {!complete && <div className={last === undefined ? undefined : "sign-in-over"}>{status.kind === "asking" ? asking : <SignIn />}</div>}
    </>
  );
}

/** Hides what lies above the page; asks anew what was refused meanwhile when it is shown again. */
function useHidden(layers: HTMLElement, hidden: boolean): void {
  const wasShown = useRef(false);
  useEffect(() => {
    layers.hidden = hidden;
    if (!hidden && wasShown.current) void queries.invalidateQueries();
    if (!hidden) wasShown.current = true;
  }, [layers, hidden]);
}
