// How long the report of a talk may take, before the talk counts as missed or as reported late.

import { useQuery } from "@connectrpc/connect-query";
import { Button } from "antd";
import { useState } from "react";
import { DutyKind, DutyService, type DutyPolicy } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { formatSeconds } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { useCommand } from "../kit/command.ts";
import { Facts, Loaded, Section, Trouble } from "../kit/page.tsx";
import { useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { Length } from "./length.tsx";
import { policies as t } from "./text.ts";

const seconds = (duration: { seconds: bigint } | undefined) => Number(duration?.seconds ?? 0n);

export function DutyPolicySection() {
  const me = useMe();
  const parent = useParent();
  const policy = useQuery(DutyService.method.getDutyPolicy, { parent, kind: DutyKind.TALK }, { enabled: me.may("dutyPolicies.read") });
  const [editing, setEditing] = useState(false);
  if (!me.may("dutyPolicies.read")) return null;
  return (
    <Section
      title={`${t.talk}${policy.data === undefined ? "" : `（${t.version(policy.data.version)}）`}`}
      actions={me.may("dutyPolicies.put") && !editing && <Button size="small" disabled={policy.data === undefined} onClick={() => setEditing(true)}>{t.editTalk}</Button>}
    >
      <Loaded query={policy}>
        {(found) => editing ? <Edit policy={found} close={() => setEditing(false)} /> : (
          <Facts wide items={[
            [t.reportGrace, found.reportGrace === undefined || seconds(found.reportGrace) === 0 ? t.noGrace : formatSeconds(seconds(found.reportGrace))],
            [t.lateReport, formatSeconds(seconds(found.lateReportAfter))],
          ]} />
        )}
      </Loaded>
    </Section>
  );
}

function Edit({ policy, close }: { policy: DutyPolicy; close: () => void }) {
  const parent = useParent();
  const [grace, setGrace] = useState(seconds(policy.reportGrace));
  const [late, setLate] = useState(seconds(policy.lateReportAfter));
  const put = useCommand(DutyService.method.putDutyPolicy, { said: t.talkSaved, quiet: true });
  const duration = (length: number) => ({ seconds: BigInt(length) });
  return (
    <form aria-label={t.talk} onSubmit={(event) => {
      event.preventDefault();
      void put.run({ policy: { parent, kind: DutyKind.TALK, reportGrace: duration(grace), lateReportAfter: duration(late) } }).then((answer) => answer && close());
    }}>
      <div className="form-row">
        <div className="field"><span>{t.reportGrace}</span><Length label={t.reportGrace} seconds={grace} change={setGrace} /></div>
        <div className="field"><span>{t.lateReport}</span><Length label={t.lateReport} seconds={late} change={setLate} /></div>
      </div>
      {put.problem !== "" && <Trouble error={put.problem} />}
      <p><Button type="primary" htmlType="submit" loading={put.busy}>{t.save}</Button> <Button onClick={close}>{kit.cancel}</Button></p>
    </form>
  );
}
