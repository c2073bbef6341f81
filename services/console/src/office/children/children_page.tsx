// Finding children.

import { Button, Input, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { CareLevelSchema, GuardianshipTypeSchema, SexSchema, type Child } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { ChildService } from "../../gen/tonghu/registry/v1/child_service_pb.ts";
import { idOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { allRows } from "../kit/all_rows.ts";
import { ExportButton } from "../kit/export.tsx";
import { useNames } from "../kit/names.tsx";
import { Page } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useFilters, useParent } from "../kit/place.ts";
import { GradeChoice, SchoolChoice, useSchools } from "../kit/schools.tsx";
import { kit } from "../kit/text.ts";
import { usePlaceName, useScopeName } from "../place_name.ts";
import { AddChild } from "./child_form.tsx";
import { GuardianPhone, LastContact, useChildFacts } from "./facts.tsx";
import { RecordGroup } from "./group_contact.tsx";
import { sheetOf } from "./children_sheet.ts";
import { childForm } from "./form_text.ts";
import { children as t } from "./text.ts";

export function ChildrenPage() {
  const parent = useParent();
  const place = usePlaceName();
  const scope = useScopeName();
  const [filters, setFilters] = useFilters({ name: "", school: "", grade: "0", care: "0" });
  const [number, setNumber] = useState("");
  const wanted = {
    parent,
    displayNamePrefix: filters.name,
    identityNumber: number,
    school: filters.school,
    grade: Number(filters.grade),
    careLevel: Number(filters.care),
  };
  const list = useList(ChildService.method.listChildren, { ...wanted, pageSize: 50 }, (answer) => answer.children);
  const schools = useSchools();
  const toFile = async (progress: (rows: number) => void) => {
    const rows = await allRows(ChildService.method.listChildren, { ...wanted, pageSize: 1000 }, (answer) => answer.children, { purpose: kit.exportPurpose, progress });
    return sheetOf(rows, (name) => schools.data?.find((school) => school.name === name)?.displayName ?? idOf(name));
  };
  const facts = useChildFacts(list.rows.map((child) => child.name));
  const names = useNames(list.rows.map((child) => child.school));
  const columns: TableColumnsType<Child> = [
    { title: t.columns.name, render: (_, child) => <Link className="strong" to={idOf(child.name)}>{child.displayName}</Link> },
    { title: t.columns.sex, width: 56, render: (_, child) => wordOf(SexSchema, child.sex) },
    { title: t.columns.class, width: 112, render: (_, child) => kit.classOf(child.grade, child.classNumber) },
    { title: t.columns.school, render: (_, child) => names(child.school) },
    { title: t.columns.care, width: 96, render: (_, child) => wordOf(CareLevelSchema, child.careLevel || 1) },
    { title: t.columns.guardianship, width: 128, render: (_, child) => wordOf(GuardianshipTypeSchema, child.guardianshipType) },
    { title: t.columns.phone, width: 150, render: (_, child) => <GuardianPhone child={child.name} facts={facts} /> },
    { title: t.columns.lastContact, width: 104, render: (_, child) => <LastContact child={child.name} facts={facts} /> },
  ];
  return (
    <Page title={t.title} about={t.about(scope)} actions={<><ExportButton name={t.sheet(place)} load={toFile} /><RecordGroup children={list.rows} /><Register /></>}>
      <div className="filters no-print">
        <Search value={filters.name} change={(name) => setFilters({ name })} />
        <IdNumber change={setNumber} />
        <SchoolChoice label={t.school} all={t.allSchools} value={filters.school} onChange={(school) => setFilters({ school })} />
        <GradeChoice label={t.grade} value={filters.grade} onChange={(grade) => setFilters({ grade })} />
        <Select aria-label={t.care} value={filters.care} onChange={(care) => setFilters({ care })} style={{ width: 112 }}
          options={[{ value: "0", label: t.allCare }, ...choices(CareLevelSchema).map(({ value, label }) => ({ value: String(value), label }))]} />
      </div>
      <ListTable<Child> list={list} label={t.title} empty={t.empty} rowKey="name" columns={columns} width={980} />
    </Page>
  );
}

function Register() {
  const me = useMe();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  if (!me.may("children.create")) return null;
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>{childForm.add}</Button>
      {open && <AddChild close={() => setOpen(false)} made={({ name }) => navigate(idOf(name))} />}
    </>
  );
}

function Search({ value, change }: { value: string; change: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  return <Input.Search aria-label={t.find} placeholder={t.findHint} allowClear value={typed} style={{ width: 200 }}
    onChange={(event) => setTyped(event.target.value)} onSearch={(found) => change(found.trim())} />;
}

/** An identity number is not kept in the address, where it would stay in the browser's history: only while the page is open. */
function IdNumber({ change }: { change: (value: string) => void }) {
  const [typed, setTyped] = useState("");
  return <Input.Search aria-label={t.idNumber} placeholder={t.idNumberHint} allowClear value={typed} maxLength={18} style={{ width: 240 }}
    onChange={(event) => setTyped(event.target.value)} onSearch={(found) => change(found.trim().toUpperCase())} />;
}
