// Hands what one helper has, or a part of it, to another helper: all of it or, when one pairing can't be, nothing.

import { Button, Checkbox, Modal } from "antd";
import { useState } from "react";
import { PairingRoleSchema, PairingService } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { useNames } from "../kit/names.tsx";
import { Trouble } from "../kit/page.tsx";
import { useList } from "../kit/pages.tsx";
import { useParent } from "../kit/place.ts";
import { StaffChoice } from "../kit/staff.tsx";
import { pairings as t } from "./text.ts";

const mostAtOnce = 1000;

/** A button, and the dialog behind it. `helper`: a resource name. */
export function HandOverAll({ helper }: { helper: string }) {
  const me = useMe();
  const [open, setOpen] = useState(false);
  if (!me.may("pairings.handOver")) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t.handOverAll}</Button>
      {open && <Dialog key={helper} helper={helper} close={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ helper, close }: { helper: string; close: () => void }) {
  const parent = useParent();
  const list = useList(PairingService.method.listPairings, { parent, helper, pageSize: mostAtOnce }, (a) => a.pairings);
  const names = useNames([helper, ...list.rows.map(({ child }) => child)]);
  const [kept, setKept] = useState<readonly string[]>([]);
  const [to, setTo] = useState("");
  const handOver = useCommand(PairingService.method.batchHandOverPairings, { said: t.handedOver, quiet: true });
  const chosen = list.rows.filter(({ name }) => !kept.includes(name));
  const all = (checked: boolean) => setKept(checked ? [] : list.rows.map(({ name }) => name));
  const one = (name: string, checked: boolean) => setKept(checked ? kept.filter((other) => other !== name) : [...kept, name]);
  return (
    <Modal open width={560} title={t.handOverTitle(names(helper))} okText={t.handOverSome(chosen.length)} onCancel={close} mask={{ closable: false }} keyboard={false}
      confirmLoading={handOver.busy} okButtonProps={{ disabled: to === "" || chosen.length === 0 }}
      onOk={() => void handOver.run({ parent, names: chosen.map(({ name }) => name), newHelper: to }).then((answer) => answer && close())}>
      <p>{t.handOverAbout}</p>
      <label className="field"><span>{t.handOverTo}</span><StaffChoice label={t.handOverTo} value={to} onChange={setTo} width={210} /></label>
      {list.error != null && <Trouble error={list.error} retry={list.refetch} />}
      {!list.isPending && list.rows.length === 0 && <p className="warn">{t.handOverNone}</p>}
      {list.rows.length > 0 && (
        <p><Checkbox checked={kept.length === 0} indeterminate={kept.length > 0 && chosen.length > 0} onChange={(event) => all(event.target.checked)}>{t.handOverEvery(list.rows.length)}</Checkbox></p>
      )}
      <ul className="plain choices">
        {list.rows.map(({ name, child, role }) => (
          <li key={name}>
            <Checkbox checked={!kept.includes(name)} onChange={(event) => one(name, event.target.checked)}>{names(child)}</Checkbox> <span className="quiet">{wordOf(PairingRoleSchema, role)}</span>
          </li>
        ))}
      </ul>
      {handOver.problem !== "" && <Trouble error={handOver.problem} />}
    </Modal>
  );
}
