// Who may sign in to an account by the province's identity provider.

import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { AccountService, type Account } from "../../gen/tonghu/access/v1/account_service_pb.ts";
import { useCommand } from "../kit/command.ts";
import { Trouble } from "../kit/page.tsx";
import { accounts as t } from "./text.ts";

export function Binding({ account }: { account: Account }) {
  const { modal } = App.useApp();
  const [open, setOpen] = useState(false);
  const unbind = useCommand(AccountService.method.setFederatedSubject, { said: t.done });
  const ask = () => modal.confirm({ title: t.unbind, content: t.unbindAsk, onOk: () => unbind.run({ name: account.name }) });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t.bind}</Button>
      {account.federatedSubject !== undefined && <Button loading={unbind.busy} onClick={ask}>{t.unbind}</Button>}
      {open && <Bind account={account} close={() => setOpen(false)} />}
    </>
  );
}

function Bind({ account, close }: { account: Account; close: () => void }) {
  const [issuer, setIssuer] = useState(account.federatedSubject?.issuer ?? "");
  const [subject, setSubject] = useState(account.federatedSubject?.subject ?? "");
  const bind = useCommand(AccountService.method.setFederatedSubject, { said: t.done, quiet: true });
  const federatedSubject = { issuer: issuer.trim(), subject: subject.trim() };
  return (
    <Modal open title={t.bind} okText={t.bind} onCancel={close} confirmLoading={bind.busy}
      okButtonProps={{ disabled: federatedSubject.issuer === "" || federatedSubject.subject === "" }}
      onOk={() => void bind.run({ name: account.name, federatedSubject }).then((answer) => answer && close())}>
      <p>{t.bindHelp}</p>
      <Form layout="vertical">
        <Form.Item label={t.issuer} htmlFor="issuer" help={t.issuerHelp}>
          <Input id="issuer" value={issuer} autoComplete="off" onChange={(event) => setIssuer(event.target.value)} />
        </Form.Item>
        <Form.Item label={t.subjectName} htmlFor="subject" help={t.subjectHelp}>
          <Input id="subject" value={subject} autoComplete="off" onChange={(event) => setSubject(event.target.value)} />
        </Form.Item>
      </Form>
      {bind.problem !== "" && <Trouble error={bind.problem} />}
    </Modal>
  );
}
