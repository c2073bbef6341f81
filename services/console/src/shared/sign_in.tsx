// Sign-in, for offices and phones: password, then a new password when the first one must go, then the one-time code, or
// the enrolment of a phone for such codes. Plain controls, so that the phone's page stays small.

import qrcode from "qrcode-generator";
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import {
  SessionState,
  type EnrollSecondFactorResponse,
  type Session,
} from "../gen/tonghu/access/v1/session_service_pb.ts";
import { isSignedOut, Problem, shown } from "./errors.ts";
import { sessions, useSessionStatus } from "./session.tsx";
import { beginSso, beginSsoBeside, onSsoBeside, ssoPath } from "./sso.ts";
import { text } from "./text.ts";
import "./sign_in.css";

const t = text.signIn;

/** The page for whoever has no complete session. */
export function SignIn() {
  const { status, last, take, signOut } = useSessionStatus();
  const session = status.kind === "session" ? status.session : undefined;
  const over = status.kind === "none" && status.over;
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <header className="sign-in-head">
          <img src="/icon.svg" alt="" width="40" height="40" />
          <div>
            <h1>{text.product}</h1>
            <p>{text.province}</p>
          </div>
        </header>
        {over && <p className="sign-in-note" role="status">{text.errors.signedOut}</p>}
        <Step session={session} take={take} />
        {session === undefined && ssoPath !== "" && <SingleSignOn over={last !== undefined} />}
        {session !== undefined && (
          <button type="button" className="sign-in-link" onClick={() => void signOut()}>
            {t.cancel}
          </button>
        )}
      </div>
    </main>
  );
}

/** `over`: a page stays behind the sign-in, which must not be left. */
function SingleSignOn({ over }: { over: boolean }) {
  const { ask } = useSessionStatus();
  useEffect(() => (over ? onSsoBeside(ask) : undefined), [over, ask]);
  return (
    <section className="sign-in-sso">
      <button type="button" onClick={over ? beginSsoBeside : beginSso}>{t.sso}</button>
      <p className="sign-in-help">{over ? t.ssoBesideHelp : t.ssoHelp}</p>
    </section>
  );
}

/** What a tab shows that was opened for single sign-on only, where the browser does not close it. */
export function SignedInBeside() {
  return <main className="sign-in"><div className="sign-in-card"><p className="sign-in-note" role="status">{t.ssoBeside}</p></div></main>;
}

function Step({ session, take }: { session: Session | undefined; take: (session: Session) => void }) {
  switch (session?.state) {
    case undefined:
      return <PasswordStep take={take} />;
    case SessionState.NEEDS_CODE:
      return <CodeStep take={take} />;
    case SessionState.NEEDS_ENROLLMENT:
      return <EnrollStep take={take} />;
    case SessionState.NEEDS_PASSWORD:
      return <NewPasswordStep take={take} />;
    default:
      return null;
  }
}

/** A form of one step: busy while its call runs, with the error beside it. */
function StepForm(props: { title: string; help: string; submit: string; children: ReactNode; send: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const { ask } = useSessionStatus();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      await props.send();
    } catch (error) {
      const { sentence, reason } = shown(error);
      setProblem(sentence);
      // A session that ended between two steps begins anew.
      if (isSignedOut(error) && (reason === "SESSION_OVER" || reason === "NOT_SIGNED_IN")) ask();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="sign-in-form" onSubmit={(event) => void submit(event)}>
      <h2>{props.title}</h2>
      {props.children}
      {problem !== "" && <p className="sign-in-problem" role="alert">{problem}</p>}
      <button type="submit" className="sign-in-submit" disabled={busy}>
        {busy ? t.working : props.submit}
      </button>
      <p className="sign-in-help">{props.help}</p>
    </form>
  );
}

function Field(props: {
  label: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  type?: string;
  autoComplete: string;
  inputMode?: "numeric" | "text";
  autoFocus?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (props.autoFocus) input.current?.focus();
  }, [props.autoFocus]);
  return (
    <label className="sign-in-field">
      <span>{props.label}</span>
      <input
        ref={input}
        name={props.name}
        type={props.type ?? "text"}
        value={props.value}
        required
        autoComplete={props.autoComplete}
        inputMode={props.inputMode}
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}

function PasswordStep({ take }: { take: (session: Session) => void }) {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  return (
    <StepForm
      title={t.title}
      help={t.help}
      submit={t.submit}
      send={async () => take(await sessions.createSession({ login: login.trim(), password }))}
    >
      <Field label={t.login} name="login" value={login} onChange={setLogin} autoComplete="username" autoFocus />
      <Field
        label={t.password}
        name="password"
        type="password"
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
      />
    </StepForm>
  );
}

function CodeField({ code, setCode }: { code: string; setCode: (code: string) => void }) {
  return (
    <Field
      label={t.code}
      name="code"
      value={code}
      onChange={setCode}
      autoComplete="one-time-code"
      inputMode="text"
      autoFocus
    />
  );
}

function CodeStep({ take }: { take: (session: Session) => void }) {
  const [code, setCode] = useState("");
  return (
    <StepForm
      title={t.codeTitle}
      help={t.codeHelp}
      submit={t.verify}
      send={async () => take(await sessions.verifySession({ code: code.replace(/\s/g, "") }))}
    >
      <CodeField code={code} setCode={setCode} />
    </StepForm>
  );
}

function EnrollStep({ take }: { take: (session: Session) => void }) {
  const [secret, setSecret] = useState<EnrollSecondFactorResponse>();
  const [problem, setProblem] = useState("");
  const [code, setCode] = useState("");
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return; // one secret a page: a second one would make the first useless
    asked.current = true;
    sessions.enrollSecondFactor({}).then(setSecret, (error: unknown) => setProblem(shown(error).sentence));
  }, []);
  if (secret === undefined) return <p role={problem === "" ? "status" : "alert"}>{problem || text.loading}</p>;
  return (
    <StepForm
      title={t.enrollTitle}
      help={t.enrollHelp}
      submit={t.verify}
      send={async () => take(await sessions.verifySession({ code: code.replace(/\s/g, "") }))}
    >
      <QrCode content={secret.uri} />
      <p className="sign-in-help">
        {t.enrollSecret}
        <code data-testid="secret">{secret.secret.replace(/(.{4})/g, "$1 ").trim()}</code>
      </p>
      <CodeField code={code} setCode={setCode} />
      <section className="sign-in-recovery">
        <h3>{t.recoveryTitle}</h3>
        <p>{t.recoveryHelp}</p>
        <ol>{secret.recoveryCodes.map((recovery) => <li key={recovery}><code>{recovery}</code></li>)}</ol>
        <button type="button" className="sign-in-link" onClick={() => window.print()}>{t.print}</button>
      </section>
    </StepForm>
  );
}

function QrCode({ content }: { content: string }) {
  const code = qrcode(0, "M");
  code.addData(content);
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (code.isDark(row, column)) path += `M${column + 4} ${row + 4}h1v1h-1z`;
    }
  }
  return (
    <svg className="sign-in-qr" viewBox={`0 0 ${size + 8} ${size + 8}`} role="img" aria-label={t.qrAlt}>
      <rect width={size + 8} height={size + 8} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

function NewPasswordStep({ take }: { take: (session: Session) => void }) {
  const [password, setPassword] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  return (
    <StepForm
      title={t.passwordTitle}
      help={t.passwordHelp}
      submit={t.change}
      send={async () => {
        if (fresh !== again) throw new Problem(t.passwordsDiffer);
        take(await sessions.changePassword({ password, newPassword: fresh }));
      }}
    >
      <Field label={t.oldPassword} name="password" type="password" value={password} onChange={setPassword}
        autoComplete="current-password" autoFocus />
      <Field label={t.newPassword} name="new_password" type="password" value={fresh} onChange={setFresh}
        autoComplete="new-password" />
      <Field label={t.repeatPassword} name="repeat_password" type="password" value={again} onChange={setAgain}
        autoComplete="new-password" />
    </StepForm>
  );
}
