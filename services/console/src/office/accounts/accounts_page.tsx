// The accounts of a county, and making many at once.

import { App, Button, Form, Input, Modal, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { AccountKind, AccountKindSchema, AccountService, type Account, type AccountSlip } from "../../gen/tonghu/access/v1/account_service_pb.ts";
import type { StaffMember } from "../../gen/tonghu/registry/v1/directory_pb.ts";
import { idOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Loaded, Page, Trouble } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty, useParent } from "../kit/place.ts";
import { useStaff } from "../kit/staff.tsx";
import { When } from "../kit/when.tsx";
import { usePlaceName } from "../place_name.ts";
import { Approve } from "./approve.tsx";
import { Slips } from "./slips.tsx";
import { accounts as t } from "./text.ts";

const atOnce = 1000;

export function AccountsPage() {
  const me = useMe();
  const parent = useParent();
  const county = useCounty();
  const place = usePlaceName();
  const [creating, setCreating] = useState(false);
  const [slips, setSlips] = useState<AccountSlip[]>([]);
  const list = useList(AccountService.method.listAccounts, { parent, pageSize: 100 }, (a) => a.accounts);
  const columns: TableColumnsType<Account> = [
    { title: t.columns.login, render: (_, row) => <Link className="strong" to={idOf(row.name)}>{row.login}</Link> },
    { title: t.columns.name, render: (_, row) => row.displayName },
    { title: t.columns.kind, render: (_, row) => wordOf(AccountKindSchema, row.kind) },
    { title: t.columns.state, render: (_, row) => row.disabled ? <span className="warn">{t.disabled}</span> : row.pending ? <span className="warn">{t.pending}</span> : t.enabled },
    { title: t.columns.factor, render: (_, row) => row.kind === AccountKind.PROGRAM ? "" : row.secondFactor ? t.enrolled : t.notEnrolled },
    { title: t.columns.last, render: (_, row) => row.lastSignInTime === undefined ? t.never : <When time={row.lastSignInTime} /> },
  ];
  const made = (answer: AccountSlip[]) => {
    setCreating(false);
    setSlips(answer);
  };
  return (
    <Page title={t.title} about={t.about(place)}
      actions={me.may("accounts.approve") ? <Approve accounts={list.rows} /> : me.may("accounts.create") && <Button type="primary" onClick={() => setCreating(true)}>{county === "000000" ? t.createPlatform : t.create}</Button>}>
      <ListTable<Account> list={list} label={t.title} empty={t.empty} rowKey="name" columns={columns} />
      {creating && (county === "000000"
        ? <CreateOne close={() => setCreating(false)} made={made} />
        : <CreateMany existing={new Set(list.rows.map((row) => row.staffMember))} close={() => setCreating(false)} made={made} />)}
      {slips.length > 0 && <Slips slips={slips} close={() => setSlips([])} />}
    </Page>
  );
}

function CreateMany({ existing, close, made }: { existing: Set<string>; close: () => void; made: (slips: AccountSlip[]) => void }) {
  const parent = useParent();
  const { message } = App.useApp();
  const staff = useStaff();
  const [chosen, setChosen] = useState<StaffMember[]>([]);
  const create = useCommand(AccountService.method.batchCreateAccounts, { quiet: true });
  const run = async () => {
    const answer = await create.run({
      parent,
      accounts: chosen.map((member) => ({ displayName: member.displayName, kind: AccountKind.PERSON, staffMember: member.name })),
    });
    if (answer === undefined) return;
    void message.success(t.createDone(answer.slips.length, answer.existing.length), 6);
    made(answer.slips);
  };
  return (
    <Modal open width={640} title={t.createTitle} okText={`${t.create}（${chosen.length}）`} onCancel={close} confirmLoading={create.busy}
      okButtonProps={{ disabled: chosen.length === 0 || chosen.length > atOnce }} onOk={() => void run()}>
      <p>{t.createHelp}</p>
      {create.problem !== "" && <Trouble error={create.problem} />}
      <Loaded query={staff}>
        {(rows) => (
          <Table<StaffMember>
            size="small"
            rowKey="name"
            aria-label={t.createTitle}
            scroll={{ y: 320 }}
            pagination={false}
            dataSource={rows.filter(({ name }) => !existing.has(name))}
            columns={[{ title: t.columns.name, dataIndex: "displayName" }, { title: t.staffNumber, render: (_, row) => <code>{idOf(row.name)}</code> }]}
            rowSelection={{ selectedRowKeys: chosen.map(({ name }) => name), onChange: (_, members) => setChosen(members) }}
          />
        )}
      </Loaded>
    </Modal>
  );
}

function CreateOne({ close, made }: { close: () => void; made: (slips: AccountSlip[]) => void }) {
  const parent = useParent();
  const [login, setLogin] = useState("");
  const [displayName, setDisplayName] = useState("");
  const create = useCommand(AccountService.method.batchCreateAccounts, { quiet: true });
  return (
    <Modal open title={t.createPlatform} okText={t.createPlatform} onCancel={close} confirmLoading={create.busy}
      okButtonProps={{ disabled: login.trim() === "" || displayName.trim() === "" }}
      onOk={() => void create.run({ parent, accounts: [{ login: login.trim(), displayName: displayName.trim(), kind: AccountKind.PERSON }] }).then((answer) => answer && made(answer.slips))}>
      <Form layout="vertical">
        <Form.Item label={t.login} help={t.loginHint}><Input aria-label={t.login} value={login} autoComplete="off" onChange={(event) => setLogin(event.target.value)} /></Form.Item>
        <Form.Item label={t.displayName}><Input aria-label={t.displayName} value={displayName} autoComplete="off" onChange={(event) => setDisplayName(event.target.value)} /></Form.Item>
      </Form>
      {create.problem !== "" && <Trouble error={create.problem} />}
    </Modal>
  );
}
