// A sudden event that an office reports, beside the names of those who are told at once.

import { useQuery } from "@connectrpc/connect-query";
import { App, Input, Modal, Select } from "antd";
import { useState } from "react";
import { AlertAction, AlertKind, EmergencyKindSchema, LevelSchema, type Alert, type EmergencyKind } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { PolicyService } from "../../gen/tonghu/alerts/v1/policy_service_pb.ts";
import { SignalService } from "../../gen/tonghu/alerts/v1/signal_service_pb.ts";
import type { Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { now } from "../../shared/clock.ts";
import { millis, timestamp } from "../../shared/dates.ts";
import { countyOf, parentOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { MomentInput, minuteOf, momentOf } from "../kit/moment.tsx";
import { Trouble } from "../kit/page.tsx";
import { emergencyForm as t } from "./form_text.ts";

export function ReportEmergency({ child, close, reported }: { child: Child; close: () => void; reported: (alert: Alert) => void }) {
  const me = useMe();
  const { message } = App.useApp();
  const parent = parentOf(countyOf(child.name));
  const [kind, setKind] = useState<EmergencyKind>();
  const [description, setDescription] = useState("");
  const [opened] = useState(now);
  const [minute, setMinute] = useState(() => minuteOf(now()));
  const report = useCommand(SignalService.method.reportEmergency, { quiet: true });
  const at = momentOf(minute);
  const send = async () => {
    const answer = await report.run({
      parent, child: child.name, kind: kind!, description: description.trim(), reporter: me.staffMember, happenTime: timestamp(Math.min(at!, now())),
    });
    if (answer === undefined) return;
    void message.success(t.sent);
    reported(answer);
  };
  return (
    <Modal open width={560} title={t.title(child.displayName)} okText={t.send} onCancel={close} mask={{ closable: false }} keyboard={false}
      confirmLoading={report.busy} onOk={() => void send()}
      okButtonProps={{ danger: true, disabled: kind === undefined || description.trim() === "" || at === undefined }}>
      <div className="form-row">
        <label className="field"><span>{t.kind}</span>
          <Select aria-label={t.kind} placeholder={t.kind} value={kind} onChange={(next: EmergencyKind) => setKind(next)} options={choices(EmergencyKindSchema)} style={{ width: 210 }} />
        </label>
        <label className="field"><span>{t.time}</span><MomentInput label={t.time} value={minute} onChange={setMinute} to={opened} /></label>
      </div>
      <label className="field"><span>{t.description}</span>
        <Input.TextArea rows={4} maxLength={2000} showCount placeholder={t.descriptionHint} value={description} onChange={(event) => setDescription(event.target.value)} />
      </label>
      <Told child={child.name} parent={parent} />
      {report.problem !== "" && <Trouble error={report.problem} />}
    </Modal>
  );
}

/** Who is told at once; a general sentence until that is known. */
function Told({ child, parent }: { child: string; parent: string }) {
  const me = useMe();
  const { data } = useQuery(PolicyService.method.tryEscalationPolicy, { parent, kind: AlertKind.EMERGENCY, child }, { enabled: me.may("escalationPolicies.try") });
  const told = data?.entries.filter(({ action, staffName }) => action === AlertAction.TOLD && staffName !== "") ?? [];
  // Steps that are taken together have the same time.
  const people = new Set(told.filter(({ time }) => millis(time) === millis(told[0]?.time)).map(({ staffName, level }) => t.person(staffName, wordOf(LevelSchema, level))));
  return <p>{people.size === 0 ? t.toldUnknown : <>{t.told}<b>{[...people].join("、")}</b></>}</p>;
}
