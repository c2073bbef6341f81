// The pages for phones.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { isComplete, SessionProvider, useSessionStatus } from "../shared/session.tsx";
import { SignIn } from "../shared/sign_in.tsx";
import { text } from "../shared/text.ts";

function Phone() {
  const { status, signOut } = useSessionStatus();
  if (status.kind === "asking") return <p role="status">{text.loading}</p>;
  if (status.kind === "unknown") return <p role="alert">{status.why}</p>;
  if (status.kind === "none" || !isComplete(status.session)) return <SignIn />;
  return (
    <main>
      <p>{status.session.displayName}</p>
      <button type="button" onClick={() => void signOut()}>{text.signOut}</button>
    </main>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <SessionProvider forget={() => {}}>
      <Phone />
    </SessionProvider>
  </StrictMode>,
);
