import { useQuery } from "@connectrpc/connect-query";
import { Button, Form, Input, InputNumber, Modal, Select, Space } from "antd";
import { useState } from "react";
import { AccountService, type Grant } from "../../gen/tonghu/access/v1/account_service_pb.ts";
import { Role, RoleSchema } from "../../gen/tonghu/access/v1/identity_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDay, isoDay, millis, startOfDay, timestamp } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Loaded, Nothing, Section, Trouble } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { useCounty } from "../kit/place.ts";
import { SchoolChoice } from "../kit/schools.tsx";
import { useNow } from "../kit/when.tsx";
import { useDivisions } from "../place_name.ts";
import { usePlaces } from "./places.ts";
import { accounts as t } from "./text.ts";
import { areaOf } from "./words.ts";

// The roles that are granted by hand; the others come by themselves.
const byHand = new Set<number>([Role.CLASS_TEACHER, Role.SCHOOL_HEAD, Role.TOWNSHIP_SUPERVISOR, Role.COUNTY_OFFICER, Role.PROVINCE_OFFICER,
  Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR]);

/** What was granted to an account beyond its posts. */
export function Grants({ account }: { account: string }) {
  const me = useMe();
  const [adding, setAdding] = useState(false);
  const grants = useQuery(AccountService.method.listGrants, { parent: account });
  const end = useCommand(AccountService.method.endGrant, { said: t.ended });
  const places = usePlaces();
  const at = useNow(2000);
  const isOver = (grant: Grant) => (millis(grant.endTime) ?? 0) <= at;
  return (
    <Section title={t.grants} actions={me.may("grants.create") && <Button size="small" onClick={() => setAdding(true)}>{t.grant}</Button>}>
      <Loaded query={grants}>
        {({ grants: rows }) => (
          <WideTable<Grant>
            size="small"
            rowKey="name"
            aria-label={t.grants}
            pagination={false}
            dataSource={rows}
            locale={{ emptyText: <Nothing>{t.grantsEmpty}</Nothing> }}
            columns={[
              { title: t.grantColumns.role, render: (_, row) => wordOf(RoleSchema, row.right?.role ?? 0) },
              { title: t.grantColumns.area, render: (_, row) => row.right && areaOf(row.right, places) },
              { title: t.grantColumns.end, render: (_, row) => <>{formatDay(row.endTime)} {isOver(row) && t.over}</> },
              { title: t.grantColumns.reason, render: (_, row) => row.reason },
              { title: t.grantColumns.author, render: (_, row) => row.authorName || idOf(row.author) },
              { title: "", render: (_, row) => me.may("grants.end") && !isOver(row) && <Button type="link" size="small" danger onClick={() => void end.run({ parent: account, grant: row.name })}>{t.endGrant}</Button> },
            ]}
          />
        )}
      </Loaded>
      {adding && <AddGrant account={account} close={() => setAdding(false)} />}
    </Section>
  );
}

const day = 86_400_000;

function AddGrant({ account, close }: { account: string; close: () => void }) {
  const county = useCounty();
  const townships = useDivisions(county === "000000" ? undefined : county);
  const [role, setRole] = useState<number>(county === "000000" ? Role.AUDITOR : Role.COUNTY_OFFICER);
  const [township, setTownship] = useState("");
  const [school, setSchool] = useState("");
  const [grade, setGrade] = useState(0);
  const [classNumber, setClassNumber] = useState(0);
  const [until, setUntil] = useState(isoDay(now() + 90 * day));
  const [reason, setReason] = useState("");
  const create = useCommand(AccountService.method.createGrant, { said: t.granted, quiet: true });
  const everywhere = role === Role.PROVINCE_OFFICER || county === "000000";
  // Without its place a right would reach the whole county.
  const placed = everywhere
    || (role === Role.TOWNSHIP_SUPERVISOR ? township !== ""
      : role === Role.SCHOOL_HEAD ? school !== ""
      : role === Role.CLASS_TEACHER ? school !== "" && grade > 0 && classNumber > 0 : true);
  const area = everywhere ? {} : {
    county,
    ...(role === Role.TOWNSHIP_SUPERVISOR ? { townshipCode: township } : {}),
    ...(role === Role.SCHOOL_HEAD || role === Role.CLASS_TEACHER ? { schoolId: idOf(school) } : {}),
    ...(role === Role.CLASS_TEACHER ? { grade, classNumber } : {}),
  };
  return (
    <Modal open title={t.grant} okText={t.grant} onCancel={close} confirmLoading={create.busy}
      okButtonProps={{ disabled: reason.trim() === "" || until === "" || !placed }}
      onOk={() => void create.run({ parent: account, grant: { right: { role, area }, reason: reason.trim(), endTime: timestamp(startOfDay(until) + day) } }).then((answer) => answer && close())}>
      <Form layout="vertical">
        <Form.Item label={t.role}><Select aria-label={t.role} value={role} onChange={setRole} options={choices(RoleSchema).filter(({ value }) => byHand.has(value))} /></Form.Item>
        {role === Role.TOWNSHIP_SUPERVISOR && !everywhere && (
          <Form.Item label={t.grantColumns.area}>
            <Select aria-label={t.grantColumns.area} value={township === "" ? undefined : township} onChange={setTownship}
              options={townships.data?.divisions.map(({ code, displayName }) => ({ value: code, label: displayName }))} />
          </Form.Item>
        )}
        {(role === Role.SCHOOL_HEAD || role === Role.CLASS_TEACHER) && !everywhere && (
          <Form.Item label={t.area.school}><SchoolChoice label={t.area.school} value={school} onChange={setSchool} /></Form.Item>
        )}
        {role === Role.CLASS_TEACHER && !everywhere && (
          <Form.Item label={t.area.class}>
            <Space>
              <InputNumber aria-label={t.area.grade} placeholder={t.area.grade} min={1} max={12} precision={0} onChange={(value) => setGrade(Number(value ?? 0))} />
              <InputNumber aria-label={t.area.class} placeholder={t.area.class} min={1} max={99} precision={0} onChange={(value) => setClassNumber(Number(value ?? 0))} />
            </Space>
          </Form.Item>
        )}
        <Form.Item label={t.endDay}><Input type="date" aria-label={t.endDay} value={until} min={isoDay(now())} max={isoDay(now() + 364 * day)} onChange={(event) => setUntil(event.target.value)} /></Form.Item>
        <Form.Item label={t.reason}><Input.TextArea rows={2} maxLength={500} aria-label={t.reason} value={reason} onChange={(event) => setReason(event.target.value)} /></Form.Item>
      </Form>
      {create.problem !== "" && <Trouble error={create.problem} />}
    </Modal>
  );
}
