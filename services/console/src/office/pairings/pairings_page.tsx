// Who looks after whom in a county, and for whom nobody is responsible.

import { App, Button, Checkbox, type TableColumnsType } from "antd";
import { callUnaryMethod } from "@connectrpc/connect-query";
import { useState } from "react";
import { Link } from "react-router";
import { PairingBasisSchema, PairingRoleSchema, PairingService, type Pairing } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { formatDay } from "../../shared/dates.ts";
import { sentence } from "../../shared/errors.ts";
import { idOf } from "../../shared/names.ts";
import { newRequestId } from "../../shared/request_id.ts";
import { useMe } from "../../shared/session.tsx";
import { transport } from "../../shared/transport.ts";
import { wordOf } from "../../shared/words.ts";
import { allRows } from "../kit/all_rows.ts";
import { ExportButton, type Sheet } from "../kit/export.tsx";
import { lookUpNames, useNames } from "../kit/names.tsx";
import { Page, Section } from "../kit/page.tsx";
import { ListTable, useList } from "../kit/pages.tsx";
import { useCounty, useFilters, useParent } from "../kit/place.ts";
import { StaffChoice } from "../kit/staff.tsx";
import { kit } from "../kit/text.ts";
import { usePlaceName, useScopeName } from "../place_name.ts";
import { queries } from "../queries.ts";
import { Uncovered } from "./coverage.tsx";
import { HandOverAll } from "./hand_over_all.tsx";
import { LoadLimits, Overloaded } from "./loads.tsx";
import { Proposal } from "./proposal.tsx";
import { pairings as t } from "./text.ts";

export function PairingsPage() {
  const me = useMe();
  const scope = useScopeName();
  const [{ view }, setView] = useFilters({ view: "" });
  if (view === "proposal") {
    return (
      <Page title={t.title} about={t.about(scope)} actions={<><LoadLimits />{" "}<Button onClick={() => setView({ view: "" })}>{t.pairingsBack}</Button></>}>
        <Proposal />
      </Page>
    );
  }
  return (
    <Page title={t.title} about={t.about(scope)} actions={<><LoadLimits />{" "}{me.may("pairings.propose") && <Button onClick={() => setView({ view: "proposal" })}>{t.proposal}</Button>}{" "}{me.may("pairings.create") && <ByClass />}</>}>
      <Uncovered />
      <Overloaded />
      <Paired />
    </Page>
  );
}

/** Pairs class by class, two thousand children a call, until nobody is left. */
function ByClass() {
  const parent = useParent();
  const { message, modal } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [soFar, setSoFar] = useState(0);
  const run = async () => {
    setBusy(true);
    setSoFar(0);
    try {
      let paired = 0;
      for (;;) {
        const answer = await callUnaryMethod(transport, PairingService.method.pairByClass, { parent, requestId: newRequestId() });
        paired += answer.paired;
        setSoFar(paired);
        if (answer.left > 0) continue;
        void message.success(t.byClassDone(paired, answer.withoutTeacher), 6);
        break;
      }
    } catch (error) {
      void message.error(sentence(error), 6);
    }
    setBusy(false);
    await queries.invalidateQueries();
  };
  return <Button type="primary" loading={busy} onClick={() => modal.confirm({ title: t.byClass, content: t.byClassAsk, okText: kit.confirm, onOk: run })}>{busy && soFar > 0 ? t.byClassSoFar(soFar) : t.byClass}</Button>;
}

async function sheetOf(pairings: Pairing[]): Promise<Sheet> {
  const names = await lookUpNames(pairings.flatMap(({ child, helper }) => [child, helper]));
  return {
    head: [t.columns.child, t.columns.helper, t.columns.role, t.columns.basis, t.columns.start, t.columns.end],
    rows: pairings.map((row) => [
      names.get(row.child) ?? "", names.get(row.helper) ?? "", wordOf(PairingRoleSchema, row.role), wordOf(PairingBasisSchema, row.basis), formatDay(row.startTime), formatDay(row.endTime),
    ]),
  };
}

function Paired() {
  const parent = useParent();
  const county = useCounty();
  const [filters, setFilters] = useFilters({ helper: "", ended: "" });
  const place = usePlaceName();
  const wanted = { parent, helper: filters.helper, showEnded: filters.ended === "1" };
  const list = useList(PairingService.method.listPairings, { ...wanted, pageSize: 50 }, (a) => a.pairings);
  const toFile = async (progress: (rows: number) => void) =>
    sheetOf(await allRows(PairingService.method.listPairings, { ...wanted, pageSize: 1000 }, (a) => a.pairings, { purpose: kit.exportPurpose, progress }));
  const names = useNames(list.rows.flatMap((row) => [row.child, row.helper]));
  const columns: TableColumnsType<Pairing> = [
    { title: t.columns.child, render: (_, row) => <Link to={`/${county}/children/${idOf(row.child)}`}>{names(row.child)}</Link> },
    { title: t.columns.helper, render: (_, row) => names(row.helper) },
    { title: t.columns.role, render: (_, row) => wordOf(PairingRoleSchema, row.role) },
    { title: t.columns.basis, render: (_, row) => wordOf(PairingBasisSchema, row.basis) },
    { title: t.columns.start, render: (_, row) => formatDay(row.startTime) },
    { title: t.columns.end, render: (_, row) => formatDay(row.endTime) },
  ];
  return (
    <Section
      title={t.list}
      actions={
        <>
          <ExportButton name={t.sheet(place)} load={toFile} />{" "}
          <StaffChoice label={t.helper} none={t.allHelpers} value={filters.helper} onChange={(helper) => setFilters({ helper })} alsoLeft />{" "}
          {filters.helper !== "" && <HandOverAll helper={filters.helper} />}{" "}
          <Checkbox checked={filters.ended === "1"} onChange={(event) => setFilters({ ended: event.target.checked ? "1" : "" })}>{t.showEnded}</Checkbox>
        </>
      }
    >
      <ListTable<Pairing> list={list} label={t.list} empty={t.listEmpty} rowKey="name" columns={columns} />
    </Section>
  );
}
