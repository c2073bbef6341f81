// One account: what it may do, where it is signed in, what was granted; disabling and resetting.

import { useQuery } from "@connectrpc/connect-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { AccountKind, AccountKindSchema, AccountService, type Account, type AccountSlip } from "../../gen/tonghu/access/v1/account_service_pb.ts";
import { formatTime } from "../../shared/dates.ts";
import { resource } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { useBack } from "../kit/back.ts";
import { useCommand } from "../kit/command.ts";
import { Facts, LoadedPage, Nothing, Page, Section } from "../kit/page.tsx";
import { useCounty } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { Approve } from "./approve.tsx";
import { Binding } from "./binding.tsx";
import { Grants } from "./grants.tsx";
import { usePlaces } from "./places.ts";
import { Sessions } from "./sessions.tsx";
import { Slips } from "./slips.tsx";
import { accounts as t } from "./text.ts";
import { rightOf } from "./words.ts";

export function AccountPage() {
  const name = resource(useCounty(), "accounts", useParams().id ?? "");
  const account = useQuery(AccountService.method.getAccount, { name });
  return <LoadedPage title={t.title} query={account}>{(found) => <Shown account={found} />}</LoadedPage>;
}

function Shown({ account }: { account: Account }) {
  const me = useMe();
  const back = useBack(`/${useCounty()}/accounts`);
  const places = usePlaces();
  return (
    <Page title={account.displayName} about={<code>{account.login}</code>}
      actions={<><Button onClick={back}>{kit.back}</Button>{me.may("accounts.update") && <Change account={account} />}{me.may("accounts.approve") && <Approve accounts={[account]} />}</>}>
      <div className="two-columns">
        <div>
          <Section title={t.rights}>
            {account.rights.length === 0 ? <Nothing>{t.rightsEmpty}</Nothing> : <ul className="plain">{account.rights.map((right, i) => <li key={i}>{rightOf(right, places)}</li>)}</ul>}
          </Section>
          {me.may("grants.read") && <Grants account={account.name} />}
          {/* Everybody may read their own. */}
          {(me.may("accounts.update") || account.name === me.session.account) && <Sessions account={account.name} />}
        </div>
        <aside>
          <Section title={t.title}>
            <Facts items={[
              [t.columns.kind, wordOf(AccountKindSchema, account.kind)],
              [t.columns.state, account.disabled ? t.disabled : account.pending ? t.pending : t.enabled],
              [t.columns.factor, account.secondFactor ? t.enrolled : t.notEnrolled],
              [t.subject, account.federatedSubject === undefined ? t.notEnrolled : <>{account.federatedSubject.subject}<div className="quiet">{account.federatedSubject.issuer}</div></>],
              [t.columns.last, account.lastSignInTime === undefined ? t.never : formatTime(account.lastSignInTime)],
            ]} />
          </Section>
        </aside>
      </div>
    </Page>
  );
}

function Change({ account }: { account: Account }) {
  const { modal } = App.useApp();
  const [slip, setSlip] = useState<AccountSlip>();
  const disable = useCommand(AccountService.method.setAccountDisabled, { said: t.done });
  const reset = useCommand(AccountService.method.resetAccount);
  const { name, disabled } = account;
  const askReset = (secondFactor: boolean) => modal.confirm({
    title: secondFactor ? t.resetFactor : t.reset,
    content: t.resetAsk,
    onOk: () => reset.run({ name, secondFactor }).then((answer) => setSlip(answer?.slip)),
  });
  return (
    <>
      <Button onClick={() => askReset(false)}>{t.reset}</Button>
      {account.secondFactor && <Button onClick={() => askReset(true)}>{t.resetFactor}</Button>}
      {account.kind === AccountKind.PERSON && <Binding account={account} />}
      {disabled
        ? <Button loading={disable.busy} onClick={() => void disable.run({ name, disabled: false })}>{t.enable}</Button>
        : <Button danger onClick={() => modal.confirm({ title: t.disable, content: t.disableAsk, onOk: () => disable.run({ name, disabled: true }) })}>{t.disable}</Button>}
      {slip !== undefined && <Slips slips={[slip]} close={() => setSlip(undefined)} />}
    </>
  );
}
