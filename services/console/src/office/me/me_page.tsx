// One's own account: what one may do, where one is signed in, and the password.

import { App, Button, Form, Input } from "antd";
import { useState } from "react";
import { sentence } from "../../shared/errors.ts";
import { sessions, useMe } from "../../shared/session.tsx";
import { text } from "../../shared/text.ts";
import { usePlaces } from "../accounts/places.ts";
import { Sessions } from "../accounts/sessions.tsx";
import { accounts as t } from "../accounts/text.ts";
import { rightOf } from "../accounts/words.ts";
import { Nothing, Page, Section, Trouble } from "../kit/page.tsx";
import { frame } from "../text.ts";

export function MePage() {
  const { session } = useMe();
  const places = usePlaces();
  return (
    <Page title={session.displayName} about={t.meAbout}>
      <Section title={t.rights}>
        {session.rights.length === 0 ? <Nothing>{frame.nothing}</Nothing> : <ul className="plain">{session.rights.map((right, i) => <li key={i}>{rightOf(right, places)}</li>)}</ul>}
      </Section>
      <Sessions account={session.account} />
      <Section title={t.mePassword}><ChangePassword /></Section>
    </Page>
  );
}

function ChangePassword() {
  const { message } = App.useApp();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const change = async () => {
    if (fresh !== again) return setProblem(text.signIn.passwordsDiffer);
    setBusy(true);
    setProblem("");
    try {
      await sessions.changePassword({ password: old, newPassword: fresh });
      void message.success(t.passwordChanged);
      setOld("");
      setFresh("");
      setAgain("");
    } catch (error) {
      setProblem(sentence(error));
    }
    setBusy(false);
  };
  return (
    <Form layout="vertical" style={{ maxWidth: 320 }} onFinish={() => void change()}>
      <Form.Item label={text.signIn.oldPassword} htmlFor="old-password"><Input.Password id="old-password" autoComplete="current-password" value={old} onChange={(event) => setOld(event.target.value)} /></Form.Item>
      <Form.Item label={text.signIn.newPassword} htmlFor="new-password"><Input.Password id="new-password" autoComplete="new-password" value={fresh} onChange={(event) => setFresh(event.target.value)} /></Form.Item>
      <Form.Item label={text.signIn.repeatPassword} htmlFor="repeat-password"><Input.Password id="repeat-password" autoComplete="new-password" value={again} onChange={(event) => setAgain(event.target.value)} /></Form.Item>
      {problem !== "" && <Trouble error={problem} />}
      <Button htmlType="submit" loading={busy} disabled={old === "" || fresh === ""}>{text.signIn.change}</Button>
    </Form>
  );
}
