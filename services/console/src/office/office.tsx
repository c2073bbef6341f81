// What an office sees: sign-in, or the frame with a page in it.

import { Alert, Button } from "antd";
import { isComplete, useSessionStatus } from "../shared/session.tsx";
import { SignIn } from "../shared/sign_in.tsx";
import { text } from "../shared/text.ts";
import { Frame } from "./frame.tsx";

export function Office() {
  const { status, last, ask } = useSessionStatus();
  const asking = <p className="page-wait" role="status">{text.loading}</p>;
  if (status.kind === "asking" && last === undefined) return asking;
  if (status.kind === "unknown" && last === undefined) {
    return (
      <main className="page-wait">
        <Alert type="warning" showIcon title={status.why} action={<Button onClick={ask}>{text.retry}</Button>} />
      </main>
    );
  }
  const complete = status.kind === "session" && isComplete(status.session);
  // A page whose session is over stays behind the sign-in with what was typed into it.
  return (
    <>
      {last !== undefined && <div hidden={!complete}><Frame /></div>}
      {!complete && <div className={last === undefined ? undefined : "sign-in-over"}>{status.kind === "asking" ? asking : <SignIn />}</div>}
    </>
  );
}
