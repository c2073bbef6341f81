// The pairings of one child: making one, handing one over, ending one.

import { Button, Select } from "antd";
import { useState } from "react";
import { PairingEndReason, PairingEndReasonSchema, PairingRole, PairingRoleSchema, PairingService, type Pairing } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { formatDay } from "../../shared/dates.ts";
import { countyOf, parentOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { useNames } from "../kit/names.tsx";
import { Section, Trouble } from "../kit/page.tsx";
import { useList } from "../kit/pages.tsx";
import { StaffChoice } from "../kit/staff.tsx";
import { kit } from "../kit/text.ts";
import { pairings as t } from "./text.ts";

export function ChildPairings({ child }: { child: string }) {
  const me = useMe();
  const list = useList(PairingService.method.listPairings, { parent: parentOf(countyOf(child)), child, pageSize: 50 }, (a) => a.pairings);
  const names = useNames(list.rows.map((pairing) => pairing.helper));
  const [adding, setAdding] = useState(false);
  return (
    <Section title={t.of} actions={me.may("pairings.create") && !adding && <Button size="small" onClick={() => setAdding(true)}>{t.add}</Button>}>
      {list.error != null && <Trouble error={list.error} retry={list.refetch} />}
      {adding && <Add child={child} done={() => setAdding(false)} />}
      {!list.isPending && list.rows.length === 0 && <p className="warn">{t.none}</p>}
      <ul className="plain">{list.rows.map((pairing) => <One key={pairing.name} pairing={pairing} helper={names(pairing.helper)} />)}</ul>
    </Section>
  );
}

function Add({ child, done }: { child: string; done: () => void }) {
  const [helper, setHelper] = useState("");
  const [role, setRole] = useState<number>(PairingRole.HELPER_TEACHER);
  const create = useCommand(PairingService.method.createPairing, { said: t.added, quiet: true });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void create.run({ parent: parentOf(countyOf(child)), pairing: { child, helper, role } }).then((answer) => answer && done());
      }}
    >
      <div className="form-row">
        <StaffChoice label={t.staff} value={helper} onChange={setHelper} width={180} />
        <Select aria-label={t.role} value={role} onChange={setRole} options={choices(PairingRoleSchema)} style={{ width: 124 }} />
      </div>
      {create.problem !== "" && <Trouble error={create.problem} />}
      <p><Button type="primary" htmlType="submit" size="small" loading={create.busy} disabled={helper === ""}>{t.add}</Button> <Button size="small" onClick={done}>{kit.cancel}</Button></p>
    </form>
  );
}

function One({ pairing, helper }: { pairing: Pairing; helper: string }) {
  const me = useMe();
  const [doing, setDoing] = useState<"" | "handOver" | "end">("");
  const [to, setTo] = useState("");
  const [reason, setReason] = useState<number>(PairingEndReason.PARENT_RETURNED);
  const handOver = useCommand(PairingService.method.handOverPairing, { said: t.handedOver });
  const end = useCommand(PairingService.method.endPairing, { said: t.ended });
  return (
    <li>
      {helper}　<span className="quiet">{wordOf(PairingRoleSchema, pairing.role)}　{t.since(formatDay(pairing.startTime))}</span>
      {doing === "" && (
        <span className="no-print">
          {me.may("pairings.handOver") && <Button type="link" size="small" onClick={() => setDoing("handOver")}>{t.handOver}</Button>}
          {me.may("pairings.end") && <Button type="link" size="small" onClick={() => setDoing("end")}>{t.end}</Button>}
        </span>
      )}
      {doing === "handOver" && (
        <p>
          <StaffChoice label={t.staff} value={to} onChange={setTo} width={160} />{" "}
          <Button size="small" type="primary" disabled={to === ""} loading={handOver.busy}
            onClick={() => void handOver.run({ name: pairing.name, newHelper: to }).then((answer) => answer && setDoing(""))}>{t.handOver}</Button>{" "}
          <Button size="small" onClick={() => setDoing("")}>{kit.cancel}</Button>
        </p>
      )}
      {doing === "end" && (
        <p>
          <Select aria-label={t.endReason} value={reason} onChange={setReason} style={{ width: 160 }}
            options={choices(PairingEndReasonSchema).filter(({ value }) => value !== PairingEndReason.HANDED_OVER)} />{" "}
          <Button size="small" danger loading={end.busy}
            onClick={() => void end.run({ name: pairing.name, reason }).then((answer) => answer && setDoing(""))}>{t.end}</Button>{" "}
          <Button size="small" onClick={() => setDoing("")}>{kit.cancel}</Button>
        </p>
      )}
    </li>
  );
}
