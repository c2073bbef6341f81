// Who is signed in, for every page: the session as access tells it, and how it begins and ends.

import { createClient } from "@connectrpc/connect";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { SessionService, SessionState, type Session } from "../gen/tonghu/access/v1/session_service_pb.ts";
import { isSignedOut, sentence } from "./errors.ts";
import { countyOf } from "./names.ts";
import { signOutOf } from "./sso.ts";
import { beginSession, forgetPositions, onSignedOut, transport } from "./transport.ts";

export const sessions = createClient(SessionService, transport);

/** What is known of the session: being asked, none, there, or not to be found out (with why). */
export type SessionStatus =
  | { kind: "asking" }
  | { kind: "none"; over: boolean }
  | { kind: "session"; session: Session }
  | { kind: "unknown"; why: string };

interface SessionContextValue {
  status: SessionStatus;
  /** The complete session, also after it is over, until somebody signs out or another person in: whose pages are open. */
  last: Session | undefined;
  /** Takes over a session that an answer brought. */
  take(session: Session): void;
  /** Asks the gateway anew. */
  ask(): void;
  signOut(): Promise<void>;
  /** Ends the session and leaves the page behind the sign-in, for the same person to come back to. */
  leave(): void;
}

const SessionContext = createContext<SessionContextValue | undefined>(undefined);

/** Gives `children` the session. `forget` empties every cache of the page's: somebody else may sign in next. */
export function SessionProvider({ children, forget }: { children: ReactNode; forget: () => void | Promise<void> }) {
  const [status, setStatus] = useState<SessionStatus>({ kind: "asking" });
  const [last, setLast] = useState<Session>();

  const take = useCallback(
    async (session: Session) => {
      // Somebody else's turn: nothing of the last person's may show for a moment.
      if (isComplete(session) && last !== undefined && last.account !== session.account) {
        forgetPositions();
        await forget();
        return window.location.replace(window.location.pathname.startsWith("/m") ? "/m/" : "/");
      }
      if (isComplete(session)) {
        beginSession();
        setLast(session);
      }
      setStatus({ kind: "session", session });
    },
    [forget, last],
  );
  const ask = useCallback(() => {
    sessions.getSession({}).then(
      (session) => void take(session),
      (error: unknown) =>
        setStatus((now) => !isSignedOut(error) ? { kind: "unknown", why: sentence(error) }
          : now.kind === "none" ? now : { kind: "none", over: false }),
    );
  }, [take]);
  const first = useRef(ask);
  useEffect(() => first.current(), []);

  // A session that ends under an open page: the page stays behind the sign-in, so that a half-filled form is not lost.
  // While somebody signs in, what the page behind goes on asking is refused and says nothing new.
  useEffect(() => onSignedOut(() => setStatus((now) =>
    now.kind === "session" && !isComplete(now.session) ? now : { kind: "none", over: true })), []);

  const signOut = useCallback(async () => {
    await sessions.deleteSession({}).catch((error: unknown) => {
      if (!isSignedOut(error)) throw error;
    });
    forgetPositions();
    await forget();
    const next = signOutOf(last);
    setLast(undefined);
    setStatus({ kind: "none", over: false });
    if (next !== "") window.location.assign(next);
  }, [forget, last]);

  const leave = useCallback(() => {
    sessions.deleteSession({}).catch(() => undefined); // it ends by itself otherwise
    setStatus({ kind: "none", over: true });
  }, []);

  const value = useMemo<SessionContextValue>(
    () => ({ status, last, ask, signOut, leave, take: (session) => void take(session) }),
    [status, last, ask, signOut, leave, take],
  );
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
}

export function useSessionStatus(): SessionContextValue {
  const value = useContext(SessionContext);
  if (value === undefined) throw new Error("no SessionProvider above");
  return value;
}

/** Who is signed in, with what the pages ask of it. Only below a page that has a complete session. */
export interface Me {
  session: Session;
  /** counties/{county}/staffMembers/{id}; empty for an account that is nobody's. */
  staffMember: string;
  /** The county of the rights that were given; empty for the province. */
  county: string;
  may(permission: string): boolean;
}

export function useMe(): Me {
  const { last } = useSessionStatus();
  if (last === undefined) throw new Error("nobody is signed in");
  return useMemo(() => meOf(last), [last]);
}

export function meOf(session: Session): Me {
  const permissions = new Set(session.permissions);
  const rights = session.rights.map((right) => right.area?.county ?? "").filter((county) => county !== "");
  const own = countyOf(session.staffMember) || countyOf(session.account);
  return {
    session,
    staffMember: session.staffMember,
    county: rights[0] ?? (own === "000000" ? "" : own),
    may: (permission) => permissions.has(permission),
  };
}

export function isComplete(session: Session): boolean {
  return session.state === SessionState.ACTIVE;
}
