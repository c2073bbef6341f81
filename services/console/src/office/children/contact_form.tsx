// A contact that an office records: for a helper who wrote it on paper, or called.

import { callUnaryMethod } from "@connectrpc/connect-query";
import { App, Input, Modal, Select } from "antd";
import { useState } from "react";
import { ConcernSchema, ContactKind, ContactKindSchema, ContactService, Mood, MoodSchema, type Concern } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DutyKindSchema } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { DutyService } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import type { Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { now } from "../../shared/clock.ts";
import { timestamp } from "../../shared/dates.ts";
import { countyOf, parentOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { transport } from "../../shared/transport.ts";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { MomentInput, minuteOf, momentOf } from "../kit/moment.tsx";
import { useNames } from "../kit/names.tsx";
import { Trouble } from "../kit/page.tsx";
import { contactForm as t } from "./form_text.ts";
import { usePairedWith } from "./paired_with.ts";

const earliest = 60 * 24 * 3600_000;
const mostTogether = 5;

export function RecordContact({ child, close }: { child: Child; close: () => void }) {
  const me = useMe();
  const { message } = App.useApp();
  const parent = parentOf(countyOf(child.name));
  const { pairings, helpers: paired } = usePairedWith(child.name);
  const forOthers = me.may("contacts.createForOthers");
  const helpers = paired.filter((helper) => forOthers || helper === me.staffMember);
  const names = useNames(paired);
  const [kind, setKind] = useState<ContactKind>(ContactKind.TALK);
  const [chosen, setChosen] = useState("");
  const helper = chosen || (helpers.includes(me.staffMember) ? me.staffMember : (helpers[0] ?? ""));
  const [opened] = useState(now);
  const [minute, setMinute] = useState(() => minuteOf(now()));
  const [note, setNote] = useState("");
  const [mood, setMood] = useState<Mood>();
  const [concerns, setConcerns] = useState<Concern[]>([]);
  const [took, setTook] = useState<string[]>([]);
  const others = paired.filter((other) => other !== helper);
  const togetherWith = took.filter((other) => other !== helper);
  const create = useCommand(ContactService.method.createContact, { quiet: true });
  const at = momentOf(minute);
  const save = async () => {
    const answer = await create.run({ parent, contact: { child: child.name, helper, kind, happenTime: timestamp(Math.min(at!, now())), note: note.trim(), mood: mood ?? Mood.UNSPECIFIED, concerns, togetherWith } });
    if (answer === undefined) return;
    const closed = await Promise.all(answer.closedDuties.map((name) => callUnaryMethod(transport, DutyService.method.getDuty, { name }).then(({ kind }) => wordOf(DutyKindSchema, kind), () => "")));
    void message.success(closed.length === 0 ? t.saved : t.closed(closed.filter(Boolean).join("、")));
    close();
  };
  return (
    <Modal open width={560} title={t.title(child.displayName)} okText={t.save} onCancel={close} mask={{ closable: false }} keyboard={false}
      confirmLoading={create.busy} okButtonProps={{ disabled: helper === "" || at === undefined }} onOk={() => void save()}>
      {pairings.error != null && <Trouble error={pairings.error} retry={pairings.refetch} />}
      {!pairings.isPending && pairings.error == null && helpers.length === 0 && <p className="warn">{forOthers || paired.length === 0 ? t.unpaired : t.notYours}</p>}
      <div className="form-row">
        <label className="field"><span>{t.kind}</span>
          <Select aria-label={t.kind} value={kind} onChange={setKind} style={{ width: 130 }} options={choices(ContactKindSchema)} />
        </label>
        <label className="field"><span>{t.helper}</span>
          <Select aria-label={t.helper} value={helper === "" ? undefined : helper} onChange={setChosen} style={{ width: 210 }}
            options={helpers.map((name) => ({ value: name, label: names(name) }))} />
        </label>
        <label className="field"><span>{t.time}</span><MomentInput label={t.time} value={minute} onChange={setMinute} from={opened - earliest} to={opened} /></label>
      </div>
      {others.length > 0 && (
        <div className="form-row">
          <label className="field"><span>{t.together}</span>
            <Select mode="multiple" allowClear maxCount={mostTogether} aria-label={t.together} placeholder={t.togetherHint} value={togetherWith} onChange={setTook} style={{ width: 508 }}
              options={others.map((name) => ({ value: name, label: names(name) }))} />
          </label>
        </div>
      )}
      <div className="form-row">
        <label className="field"><span>{t.mood}</span>
          <Select allowClear aria-label={t.mood} value={mood} onChange={setMood} style={{ width: 130 }} options={choices(MoodSchema)} />
        </label>
        <label className="field"><span>{t.concerns}</span>
          <Select mode="multiple" allowClear aria-label={t.concerns} placeholder={t.concernsHint} value={concerns} onChange={setConcerns} style={{ width: 360 }} options={choices(ConcernSchema)} />
        </label>
      </div>
      <label className="field"><span>{t.note}</span>
        <Input.TextArea rows={4} maxLength={2000} showCount placeholder={t.noteHint} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <p className="quiet">{t.timeHelp}</p>
      {create.problem !== "" && <Trouble error={create.problem} />}
    </Modal>
  );
}
