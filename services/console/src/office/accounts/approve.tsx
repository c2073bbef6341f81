// The second person: a security administrator approves what a system administrator alone has made.

import { App, Button } from "antd";
import { AccountService, type Account } from "../../gen/tonghu/access/v1/account_service_pb.ts";
import { useCommand } from "../kit/command.ts";
import { useParent } from "../kit/place.ts";
import { accounts as t } from "./text.ts";

/** Approves all accounts of the list that wait for it; nothing where none does. */
export function Approve({ accounts }: { accounts: Account[] }) {
  const parent = useParent();
  const { message, modal } = App.useApp();
  const approve = useCommand(AccountService.method.batchApproveAccounts);
  const pending = accounts.filter((account) => account.pending).map(({ name }) => name).slice(0, 1000);
  if (pending.length === 0) return null;
  const run = async () => {
    const answer = await approve.run({ parent, accounts: pending });
    if (answer !== undefined) void message.success(t.approved(answer.accounts.length));
  };
  return (
    <Button type="primary" loading={approve.busy}
      onClick={() => modal.confirm({ title: t.approve(pending.length), content: t.approveAsk, onOk: run })}>
      {t.approve(pending.length)}
    </Button>
  );
}
