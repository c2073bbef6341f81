// With how many children a helper may be paired, and who has more.

import { useQuery } from "@connectrpc/connect-query";
import { Button, InputNumber, Modal, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { LoadService, type LoadLimit, type OverloadedHelper } from "../../gen/tonghu/pairing/v1/load_service_pb.ts";
import { PairingRole, PairingRoleSchema } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { useNames } from "../kit/names.tsx";
import { Section, Trouble } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { useParent } from "../kit/place.ts";
import { SchoolChoice } from "../kit/schools.tsx";
import { HandOverAll } from "./hand_over_all.tsx";
import { pairings as t } from "./text.ts";

/** Helpers who have more children than they may, the worst first; nothing where there are none. */
export function Overloaded() {
  const parent = useParent();
  const list = useQuery(LoadService.method.listOverloadedHelpers, { parent, pageSize: 100 });
  const rows = list.data?.overloadedHelpers ?? [];
  const names = useNames(rows.map(({ helper }) => helper));
  if (list.error == null && rows.length === 0) return null;
  const columns: TableColumnsType<OverloadedHelper> = [
    { title: t.columns.helper, render: (_, row) => names(row.helper) },
    { title: t.columns.role, render: (_, row) => wordOf(PairingRoleSchema, row.role) },
    { title: t.children, render: (_, row) => <span className="warn">{t.childrenOf(row.children, row.maxChildren)}</span> },
    { title: "", width: 140, render: (_, row) => <HandOverAll helper={row.helper} /> },
  ];
  return (
    <Section title={t.overloaded(list.data?.totalSize ?? 0)}>
      {list.error != null && <Trouble error={list.error} retry={() => void list.refetch()} />}
      <WideTable<OverloadedHelper> size="small" rowKey={(row) => `${row.helper} ${row.role}`} aria-label={t.overloadedHelpers} columns={columns} dataSource={rows} pagination={false} />
    </Section>
  );
}

/** A button, and the limits behind it. */
export function LoadLimits() {
  const me = useMe();
  const [open, setOpen] = useState(false);
  if (!me.may("loadLimits.read")) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t.limits}</Button>
      {open && <Limits close={() => setOpen(false)} />}
    </>
  );
}

function Limits({ close }: { close: () => void }) {
  const me = useMe();
  const parent = useParent();
  const limits = useQuery(LoadService.method.listLoadLimits, { parent });
  const rows = limits.data?.loadLimits ?? [];
  const names = useNames(rows.map(({ school }) => school).filter((school) => school !== ""));
  const remove = useCommand(LoadService.method.deleteLoadLimit, { said: t.limitDeleted, quiet: true });
  const where = ({ school, builtIn }: LoadLimit) => school !== "" ? names(school) : builtIn ? t.builtIn : t.wholeCounty;
  return (
    <Modal open width={620} title={t.limits} footer={null} onCancel={close}>
      <p>{t.limitsAbout}</p>
      {limits.error != null && <Trouble error={limits.error} retry={() => void limits.refetch()} />}
      <ul className="plain">
        {rows.map((limit) => (
          <li key={`${limit.school} ${limit.role}`}>
            {wordOf(PairingRoleSchema, limit.role)}　{t.most(limit.maxChildren)}　<span className="quiet">{where(limit)}</span>
            {me.may("loadLimits.delete") && !limit.builtIn && (
              <Button type="link" size="small" loading={remove.busy} onClick={() => void remove.run({ parent, role: limit.role, school: limit.school })}>{t.deleteLimit}</Button>
            )}
          </li>
        ))}
      </ul>
      {remove.problem !== "" && <Trouble error={remove.problem} />}
      {me.may("loadLimits.put") && <PutLimit />}
    </Modal>
  );
}

function PutLimit() {
  const parent = useParent();
  const [limit, setLimit] = useState({ role: PairingRole.HELPER_TEACHER as number, school: "", maxChildren: 2 });
  const put = useCommand(LoadService.method.putLoadLimit, { said: t.limitPut, quiet: true });
  return (
    <form onSubmit={(event) => { event.preventDefault(); void put.run({ loadLimit: { parent, ...limit } }); }}>
      <div className="form-row">
        <Select aria-label={t.role} value={limit.role} onChange={(role) => setLimit({ ...limit, role })} options={choices(PairingRoleSchema)} style={{ width: 130 }} />
        <SchoolChoice label={t.limitSchool} all={t.wholeCounty} value={limit.school} onChange={(school) => setLimit({ ...limit, school })} />
        <InputNumber aria-label={t.limitMost} min={1} max={1000} precision={0} value={limit.maxChildren} onChange={(most) => setLimit({ ...limit, maxChildren: most ?? 1 })} style={{ width: 90 }} />
        <Button type="primary" htmlType="submit" loading={put.busy}>{t.putLimit}</Button>
      </div>
      {put.problem !== "" && <Trouble error={put.problem} />}
    </form>
  );
}
