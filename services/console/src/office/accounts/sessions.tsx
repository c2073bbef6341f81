import { useQuery } from "@connectrpc/connect-query";
import { Button } from "antd";
import { AccountService } from "../../gen/tonghu/access/v1/account_service_pb.ts";
import { SignInMethodSchema, type Session } from "../../gen/tonghu/access/v1/session_service_pb.ts";
import { formatTime } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Loaded, Nothing, Section } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { deviceOf } from "./device.ts";
import { accounts as t } from "./text.ts";

/** Where an account is signed in, with the way to end it. */
export function Sessions({ account }: { account: string }) {
  const me = useMe();
  const sessions = useQuery(AccountService.method.listSessions, { parent: account });
  const revoke = useCommand(AccountService.method.revokeSession, { said: t.revoked });
  const may = me.may("sessions.revoke");
  return (
    <Section title={t.sessions} actions={may && <Button size="small" danger loading={revoke.busy} onClick={() => void revoke.run({ parent: account })}>{t.revokeAll}</Button>}>
      <Loaded query={sessions}>
        {({ sessions: rows }) => (
          <WideTable<Session>
            size="small"
            rowKey="name"
            aria-label={t.sessions}
            pagination={false}
            dataSource={rows}
            locale={{ emptyText: <Nothing>{t.sessionsEmpty}</Nothing> }}
            columns={[
              { title: t.sessionColumns.address, render: (_, row) => <>{row.address}{row.name === me.session.name && t.current}</> },
              { title: t.sessionColumns.agent, render: (_, row) => <span title={row.userAgent}>{deviceOf(row.userAgent)}</span> },
              { title: t.sessionColumns.method, render: (_, row) => wordOf(SignInMethodSchema, row.signInMethod) },
              { title: t.sessionColumns.since, render: (_, row) => formatTime(row.createTime) },
              { title: t.sessionColumns.until, render: (_, row) => formatTime(row.expireTime) },
              { title: "", render: (_, row) => may && <Button type="link" size="small" onClick={() => void revoke.run({ parent: account, session: row.name })}>{t.revoke}</Button> },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
