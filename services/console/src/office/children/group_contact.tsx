// One contact with several of the listed children, as a class meeting: chosen from the list, recorded once.

import { App, Button, Checkbox, Input, Modal, Select } from "antd";
import { useState } from "react";
import { ContactKind, ContactKindSchema, ContactService } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import type { Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { now } from "../../shared/clock.ts";
import { timestamp } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { choices } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { MomentInput, minuteOf, momentOf } from "../kit/moment.tsx";
import { useNames } from "../kit/names.tsx";
import { Trouble } from "../kit/page.tsx";
import { useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { groupForm as t } from "./form_text.ts";
import { usePairedWith } from "./paired_with.ts";

const earliest = 60 * 24 * 3600_000;
const most = 60;

export function RecordGroup({ children }: { children: Child[] }) {
  const me = useMe();
  const [open, setOpen] = useState(false);
  if (!me.may("contacts.create") || children.length === 0) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t.open}</Button>
      {open && <GroupForm children={children} close={() => setOpen(false)} />}
    </>
  );
}

function GroupForm({ children, close }: { children: Child[]; close: () => void }) {
  const me = useMe();
  const { message } = App.useApp();
  const parent = useParent();
  const [chosen, setChosen] = useState<string[]>([]);
  const [picked, setPicked] = useState("");
  const helper = picked || me.staffMember;
  const [kind, setKind] = useState<ContactKind>(ContactKind.MEETING);
  const [opened] = useState(now);
  const [minute, setMinute] = useState(() => minuteOf(now()));
  const [note, setNote] = useState("");
  const create = useCommand(ContactService.method.createGroupContact, { quiet: true });
  const at = momentOf(minute);
  const save = async () => {
    const answer = await create.run({ parent, children: chosen, contact: { helper, kind, happenTime: timestamp(Math.min(at!, now())), note: note.trim() } });
    if (answer === undefined) return;
    void message.success(t.saved(answer.contacts.length));
    close();
  };
  return (
    <Modal open width={720} title={t.title} okText={t.save(chosen.length)} onCancel={close} mask={{ closable: false }} keyboard={false}
      confirmLoading={create.busy} okButtonProps={{ disabled: chosen.length === 0 || chosen.length > most || helper === "" || at === undefined }} onOk={() => void save()}>
      <div className="form-row">
        <label className="field"><span>{t.kind}</span>
          <Select aria-label={t.kind} value={kind} onChange={setKind} style={{ width: 130 }} options={choices(ContactKindSchema)} />
        </label>
        <label className="field"><span>{t.time}</span><MomentInput label={t.time} value={minute} onChange={setMinute} from={opened - earliest} to={opened} /></label>
        {me.may("contacts.createForOthers") && chosen.length > 0 && <Helper child={chosen[0]!} value={helper} choose={setPicked} />}
      </div>
      <p>
        <Checkbox checked={chosen.length === children.length} indeterminate={chosen.length > 0 && chosen.length < children.length}
          onChange={(event) => setChosen(event.target.checked ? children.map(({ name }) => name) : [])}>{t.all(children.length)}</Checkbox>
      </p>
      <Checkbox.Group aria-label={t.children} value={chosen} onChange={setChosen}
        options={children.map((child) => ({ value: child.name, label: `${child.displayName} ${kit.classOf(child.grade, child.classNumber)}` }))} />
      <label className="field"><span>{t.note}</span>
        <Input.TextArea rows={3} maxLength={2000} showCount placeholder={t.noteHint} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <p className="quiet">{chosen.length > most ? t.tooMany : t.help}</p>
      {create.problem !== "" && <Trouble error={create.problem} />}
    </Modal>
  );
}

function Helper({ child, value, choose }: { child: string; value: string; choose: (helper: string) => void }) {
  const { helpers } = usePairedWith(child);
  const names = useNames(helpers);
  return (
    <label className="field"><span>{t.helper}</span>
      <Select aria-label={t.helper} value={helpers.includes(value) ? value : undefined} onChange={choose} style={{ width: 210 }}
        options={helpers.map((name) => ({ value: name, label: names(name) }))} />
    </label>
  );
}
