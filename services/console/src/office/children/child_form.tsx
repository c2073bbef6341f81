// The form of a child's file: registering one, or changing one.

import { Button, Checkbox, Drawer, Input, InputNumber, Select } from "antd";
import { useState, type ReactNode } from "react";
import { CareLevelSchema, GuardianshipTypeSchema, SexSchema, type Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { ChildService } from "../../gen/tonghu/registry/v1/child_service_pb.ts";
import { choices } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Trouble } from "../kit/page.tsx";
import { useParent } from "../kit/place.ts";
import { grades, SchoolChoice } from "../kit/schools.tsx";
import { kit } from "../kit/text.ts";
import { changedPaths, childOf, draftOf, emptyDraft, nobody, type ChildDraft, type RelativeDraft } from "./child_draft.ts";
import { childForm as t } from "./form_text.ts";
import { children as tc } from "./text.ts";

const mostParents = 4;

/** Changes `child`. */
export function ChangeChild({ child, close }: { child: Child; close: () => void }) {
  // What was read when the form was opened: a file that somebody else changes meanwhile is not written over.
  const [before] = useState(child);
  const update = useCommand(ChildService.method.updateChild, { said: t.saved, quiet: true });
  const save = async (draft: ChildDraft) => {
    const paths = changedPaths(draftOf(before), draft);
    if (paths.length === 0) return close();
    const answer = await update.run({ child: { ...childOf(draft), name: before.name, etag: before.etag }, updateMask: { paths } });
    if (answer !== undefined) close();
  };
  return <ChildForm title={t.change(child.displayName)} first={draftOf(before)} command={update} save={save} close={close} />;
}

/** Registers a child; `made` hears which. */
export function AddChild({ close, made }: { close: () => void; made: (child: Child) => void }) {
  const parent = useParent();
  const create = useCommand(ChildService.method.createChild, { said: t.added, quiet: true });
  const save = async (draft: ChildDraft) => {
    const answer = await create.run({ parent, child: childOf(draft) });
    if (answer !== undefined) made(answer);
  };
  return <ChildForm title={t.add} first={emptyDraft} command={create} save={save} close={close} />;
}

function ChildForm({ title, first, command, save, close }: {
  title: string;
  first: ChildDraft;
  command: { busy: boolean; problem: string };
  save: (draft: ChildDraft) => Promise<void>;
  close: () => void;
}) {
  const [draft, setDraft] = useState(first);
  const set = (change: Partial<ChildDraft>) => setDraft({ ...draft, ...change });
  return (
    <Drawer open size={760} title={title} mask={{ closable: false }} keyboard={false} onClose={close}
      footer={
        <>
          {command.problem !== "" && <Trouble error={command.problem} />}
          <Button type="primary" htmlType="submit" form="child-form" loading={command.busy}>{t.save}</Button>{" "}
          <Button onClick={close}>{kit.cancel}</Button>
        </>
      }
    >
      <form id="child-form" aria-label={title} onSubmit={(event) => { event.preventDefault(); void save(draft); }}>
        <ChildFields draft={draft} set={set} />
        <h3>{tc.columns.guardian}</h3>
        <RelativeFields who={draft.guardian} of={tc.columns.guardian} set={(guardian) => set({ guardian })} />
        <h3>{tc.parents}</h3>
        {draft.parents.map((parent, i) => (
          <RelativeFields key={i} who={parent} of={`${tc.parents}${i + 1}`} withWorkplace
            set={(changed) => set({ parents: draft.parents.map((old, at) => (at === i ? changed : old)) })}
            remove={() => set({ parents: draft.parents.filter((_, at) => at !== i) })} />
        ))}
        {draft.parents.length < mostParents && (
          <Button size="small" onClick={() => set({ parents: [...draft.parents, nobody] })}>{t.addParent}</Button>
        )}
      </form>
    </Drawer>
  );
}

function ChildFields({ draft, set }: { draft: ChildDraft; set: (change: Partial<ChildDraft>) => void }) {
  return (
    <div className="form-row">
      <Field label={tc.columns.name}><Input required maxLength={50} value={draft.displayName} onChange={(event) => set({ displayName: event.target.value })} /></Field>
      <Field label={tc.columns.sex}><Choice label={tc.columns.sex} value={draft.sex} options={choices(SexSchema)} onChange={(sex) => set({ sex })} /></Field>
      <Field label={tc.birth} width="date"><Input type="date" required value={draft.birthDate} onChange={(event) => set({ birthDate: event.target.value })} /></Field>
      <Field label={`${tc.idNumber}${t.idNumberNone}`} width="wide"><Input maxLength={18} value={draft.identityNumber} onChange={(event) => set({ identityNumber: event.target.value })} /></Field>
      <Field label={tc.ethnic}><Input maxLength={20} value={draft.ethnicGroup} onChange={(event) => set({ ethnicGroup: event.target.value })} /></Field>
      <Field label={tc.school} width="wide"><SchoolChoice label={tc.school} value={draft.school} width={248} onChange={(school) => set({ school })} /></Field>
      <Field label={tc.grade}>
        <Choice label={tc.grade} value={draft.grade} options={grades} onChange={(grade) => set({ grade })} />
      </Field>
      <Field label={t.classNumber}>
        <InputNumber aria-label={t.classNumber} min={1} max={99} precision={0} value={draft.classNumber === 0 ? null : draft.classNumber} style={{ width: "100%" }}
          onChange={(classNumber) => set({ classNumber: classNumber ?? 0 })} />
      </Field>
      <Field label={tc.columns.guardianship}>
        <Choice label={tc.columns.guardianship} value={draft.guardianshipType} options={choices(GuardianshipTypeSchema)} onChange={(guardianshipType) => set({ guardianshipType })} />
      </Field>
      <Field label={tc.care}><Choice label={tc.care} value={draft.careLevel} options={choices(CareLevelSchema)} onChange={(careLevel) => set({ careLevel })} /></Field>
      <div className="field field-check"><Checkbox checked={draft.boarding} onChange={(event) => set({ boarding: event.target.checked })}>{tc.boarding}</Checkbox></div>
    </div>
  );
}

function RelativeFields({ who, of, withWorkplace, set, remove }: {
  who: RelativeDraft;
  of: string;
  withWorkplace?: boolean;
  set: (who: RelativeDraft) => void;
  remove?: () => void;
}) {
  const field = (key: keyof RelativeDraft, label: string, most: number) => (
    <Field label={label}><Input aria-label={`${of} ${label}`} maxLength={most} value={who[key]} onChange={(event) => set({ ...who, [key]: event.target.value })} /></Field>
  );
  return (
    <div className="form-row" role="group" aria-label={of}>
      {field("displayName", tc.columns.name, 50)}
      {field("relation", t.relation, 20)}
      {field("phone", t.phone, 20)}
      {withWorkplace && field("workplace", tc.workplace, 100)}
      {remove !== undefined && <Button type="link" danger className="field-check" onClick={remove}>{t.removeParent}</Button>}
    </div>
  );
}

function Field({ label, width = "narrow", children }: { label: string; width?: "narrow" | "date" | "wide"; children: ReactNode }) {
  return <label className={`field field-${width}`}><span>{label}</span>{children}</label>;
}

function Choice({ label, value, options, onChange }: { label: string; value: number; options: { value: number; label: string }[]; onChange: (value: number) => void }) {
  return <Select aria-label={label} value={value === 0 ? undefined : value} placeholder={label} options={options} onChange={onChange} style={{ width: "100%" }} />;
}
