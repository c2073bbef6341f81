// Excusing an open duty, with a reason: no alert is raised for it.

import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { DutyKindSchema, type Duty } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { DutyService } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Trouble } from "../kit/page.tsx";
import { windowOf } from "../kit/window_of.ts";
import { excuseForm as t } from "./form_text.ts";

export function ExcuseDuty({ duty }: { duty: Duty }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const excuse = useCommand(DutyService.method.excuseDuty, { said: t.excused, quiet: true });
  return (
    <>
      <Button type="link" size="small" onClick={() => setOpen(true)}>{t.open}</Button>
      {open && (
        <Modal open title={t.title} okText={t.open} onCancel={() => setOpen(false)} mask={{ closable: false }} keyboard={false}
          confirmLoading={excuse.busy} okButtonProps={{ disabled: reason.trim() === "" }}
          onOk={() => void excuse.run({ name: duty.name, reason: reason.trim() }).then((answer) => answer && setOpen(false))}>
          <p>{t.about(windowOf(duty), wordOf(DutyKindSchema, duty.kind))}</p>
          <label className="field"><span>{t.reason}</span>
            <Input.TextArea rows={3} maxLength={500} showCount placeholder={t.reasonHint} value={reason} onChange={(event) => setReason(event.target.value)} />
          </label>
          {excuse.problem !== "" && <Trouble error={excuse.problem} />}
        </Modal>
      )}
    </>
  );
}
