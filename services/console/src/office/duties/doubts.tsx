// Contacts that look like box-ticking (走过场): why, and what whoever looked into them found.

import { Button, Input, Modal, Segmented, type TableColumnsType } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { ContactKindSchema } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DoubtReason, DoubtReasonSchema, DoubtService, DoubtState, DoubtStateSchema, type Doubt } from "../../gen/tonghu/pairing/v1/doubt_service_pb.ts";
import { formatTime } from "../../shared/dates.ts";
import { idOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { useNames } from "../kit/names.tsx";
import { Page, Trouble } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty, useFilters, useParent } from "../kit/place.ts";
import { SchoolChoice } from "../kit/schools.tsx";
import { StaffChoice } from "../kit/staff.tsx";
import { useScopeName } from "../place_name.ts";
import { doubts as t } from "./text.ts";

export function Doubts() {
  const me = useMe();
  const parent = useParent();
  const county = useCounty();
  const scope = useScopeName();
  const [filters, setFilters] = useFilters({ view: "doubts", state: String(DoubtState.OPEN), school: "", helper: "" });
  const wanted = { parent, state: Number(filters.state), school: filters.school, helper: filters.helper };
  const list = useList(DoubtService.method.listDoubts, { ...wanted, pageSize: 100 }, (answer) => answer.doubts);
  const names = useNames(list.rows.flatMap(({ child, helper, dismissedBy }) => [child, helper, dismissedBy]));
  const columns: TableColumnsType<Doubt> = [
    { title: t.columns.child, width: 104, render: (_, row) => <Link className="strong" to={`/${county}/children/${idOf(row.child)}`}>{names(row.child)}</Link> },
    { title: t.columns.helper, width: 104, render: (_, row) => names(row.helper) },
    { title: t.columns.kind, width: 104, render: (_, row) => wordOf(ContactKindSchema, row.kind) },
    { title: t.columns.happened, width: 152, render: (_, row) => formatTime(row.happenTime) },
    { title: t.columns.reported, width: 152, render: (_, row) => formatTime(row.reportTime) },
    { title: t.columns.reasons, render: (_, row) => <span className={row.state === DoubtState.OPEN ? "warn" : undefined}>{row.reasons.map((reason) => reasonOf(reason, row)).join("、")}</span> },
    { title: t.columns.state, render: (_, row) => <>{wordOf(DoubtStateSchema, row.state)}{row.dismissedBy !== "" && <div className="quiet">{t.dismissedBy(names(row.dismissedBy), formatTime(row.dismissTime), row.dismissReason)}</div>}</> },
    { title: "", width: 72, className: "no-print", render: (_, row) => row.state === DoubtState.OPEN && me.may("doubts.dismiss") && <Dismiss doubt={row} /> },
  ];
  return (
    <Page title={t.title} about={t.about(scope)} actions={<Link to={`/${county}/duties`}>{t.back}</Link>}>
      <div className="filters no-print">
        <Segmented aria-label={t.state} value={filters.state} onChange={(state) => setFilters({ state })}
          options={[...choices(DoubtStateSchema).map(({ value, label }) => ({ value: String(value), label })), { value: "0", label: t.allStates }]} />
        <SchoolChoice label={t.school} all={t.allSchools} value={filters.school} onChange={(school) => setFilters({ school })} />
        <StaffChoice label={t.columns.helper} none={t.allHelpers} value={filters.helper} onChange={(helper) => setFilters({ helper })} alsoLeft />
      </div>
      <p className="quiet">{t.explained}</p>
      <ListTable<Doubt> list={list} label={t.title} empty={t.empty} rowKey="name" columns={columns} width={1000} />
    </Page>
  );
}

function reasonOf(reason: DoubtReason, { alike }: Doubt): string {
  const word = wordOf(DoubtReasonSchema, reason);
  return reason === DoubtReason.SAME_TEXT ? t.alike(word, alike) : word;
}

function Dismiss({ doubt }: { doubt: Doubt }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const dismiss = useCommand(DoubtService.method.dismissDoubt, { said: t.dismissed, quiet: true });
  return (
    <>
      <Button type="link" size="small" onClick={() => setOpen(true)}>{t.dismiss}</Button>
      {open && (
        <Modal open title={t.dismissTitle} okText={t.dismiss} onCancel={() => setOpen(false)} mask={{ closable: false }} keyboard={false}
          confirmLoading={dismiss.busy} okButtonProps={{ disabled: reason.trim() === "" }}
          onOk={() => void dismiss.run({ name: doubt.name, reason: reason.trim() }).then((answer) => answer && setOpen(false))}>
          <p>{t.dismissAbout}</p>
          <label className="field"><span>{t.found}</span>
            <Input.TextArea rows={3} maxLength={500} showCount placeholder={t.foundHint} value={reason} onChange={(event) => setReason(event.target.value)} />
          </label>
          {dismiss.problem !== "" && <Trouble error={dismiss.problem} />}
        </Modal>
      )}
    </>
  );
}
