// The pages for phones.

import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { fromJson, toJson, type JsonValue } from "@bufbuild/protobuf";
import { SessionSchema, type Session } from "../gen/tonghu/access/v1/session_service_pb.ts";
import { isComplete, meOf, SessionProvider, useSessionStatus } from "../shared/session.tsx";
import { SignedInBeside, SignIn } from "../shared/sign_in.tsx";
import { isSsoBeside } from "../shared/sso.ts";
import { Boot } from "./boot.tsx";
import { Pages } from "./pages.tsx";
import { PhoneProvider } from "./phone.tsx";
import { store } from "./store.ts";
import { text } from "./text.ts";
import { forgetAll, keep, kept } from "./vault.ts";
import "./phone.css";

/** The session that the gateway confirms, or, while nobody can be asked, the one it confirmed last. */
function useSession(): { session: Session | undefined; why: string; known: boolean } {
  const { status } = useSessionStatus();
  const [last, setLast] = useState<Session>();
  const [looked, setLooked] = useState(false);
  const confirmed = status.kind === "session" && isComplete(status.session) ? status.session : undefined;

  useEffect(() => {
    if (confirmed === undefined) return;
    setLast(confirmed);
    void (async () => {
      // Somebody else's pages go when another person signs in.
      if ((await store.fact<string>("account")) !== confirmed.account) await forgetAll();
      await store.setFact("account", confirmed.account);
      await keep(confirmed.account, "session", toJson(SessionSchema, confirmed));
    })().catch(() => {});
  }, [confirmed]);

  useEffect(() => {
    if (status.kind !== "unknown" || looked) return;
    void (async () => {
      const account = await store.fact<string>("account");
      const json = account === undefined ? undefined : await kept<JsonValue>(account, "session");
      if (json !== undefined) setLast(fromJson(SessionSchema, json));
    })().catch(() => {}).finally(() => setLooked(true));
  }, [status.kind, looked]);

  if (status.kind === "unknown") return { session: last, why: status.why, known: last !== undefined || looked };
  return { session: confirmed, why: "", known: status.kind !== "asking" };
}

function Phone() {
  const { status, ask } = useSessionStatus();
  const { session, why, known } = useSession();
  useEffect(() => {
    if (status.kind !== "unknown") return undefined;
    const timer = window.setInterval(ask, 30_000);
    window.addEventListener("online", ask);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("online", ask);
    };
  }, [status.kind, ask]);

  if (session !== undefined) return <SignedIn key={session.account} session={session} ask={ask} />;
  if (!known) return <p className="center" role="status">{text.loading}</p>;
  if (status.kind === "unknown") {
    return (
      <main className="center">
        <p role="alert">{why}</p>
        <p>{text.nothingKept}</p>
        <button type="button" className="primary" onClick={ask}>{text.boot.retry}</button>
      </main>
    );
  }
  return <SignIn />;
}

function SignedIn({ session, ask }: { session: Session; ask: () => void }) {
  // One value a session: the same session confirmed anew changes nothing on the pages.
  const [me, setMe] = useState(() => meOf(session));
  if (me.session.name !== session.name || me.session.permissions.join() !== session.permissions.join()) setMe(meOf(session));
  return (
    <PhoneProvider me={me} ask={ask}>
      <Pages />
    </PhoneProvider>
  );
}

createRoot(document.getElementById("root")!).render(isSsoBeside() ? <SignedInBeside /> : (
  <StrictMode>
    <Boot>
      <SessionProvider forget={forgetAll}>
        <Phone />
      </SessionProvider>
    </Boot>
  </StrictMode>
));
