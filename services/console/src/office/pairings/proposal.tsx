// A proposal: who could look after the children who have nobody in a role yet. It is changed by hand and accepted as a whole.

import { create } from "@bufbuild/protobuf";
import { callUnaryMethod, useMutation } from "@connectrpc/connect-query";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Modal, Select, type TableColumnsType } from "antd";
import { useRef, useState } from "react";
import { Link } from "react-router";
import { PairingRole, PairingRoleSchema, PairingService } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import {
  LeftOutReason, LeftOutReasonSchema, ProposalReasonSchema, ProposalService, ProposePairingsRequestSchema, type ProposePairingsResponse,
} from "../../gen/tonghu/pairing/v1/proposal_service_pb.ts";
import { shown } from "../../shared/errors.ts";
import { idOf } from "../../shared/names.ts";
import { newRequestId } from "../../shared/request_id.ts";
import { transport } from "../../shared/transport.ts";
import { choices, wordOf } from "../../shared/words.ts";
import { useNames } from "../kit/names.tsx";
import { Nothing, Section, Trouble } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { useCounty, useFilters, useParent } from "../kit/place.ts";
import { GradeChoice, SchoolChoice } from "../kit/schools.tsx";
import { kit } from "../kit/text.ts";
import { useDivisions } from "../place_name.ts";
import { faultOf, linesOf, loadsOf, mostAtOnce, type Line } from "./proposal_lines.ts";
import { pairings as t } from "./text.ts";

export function Proposal() {
  const parent = useParent();
  const [filters, setFilters] = useFilters({ role: String(PairingRole.HELPER_TEACHER), school: "", grade: "0", township: "", uncared: "" });
  const townships = useDivisions(useCounty());
  const proposed = useMutation(ProposalService.method.proposePairings);
  const wanted = () => create(ProposePairingsRequestSchema, {
    parent, role: Number(filters.role), school: filters.school, grade: filters.school === "" ? 0 : Number(filters.grade),
    townshipCode: filters.township, onlyUncared: filters.uncared === "1",
  });
  const propose = () => proposed.mutate(wanted());
  return (
    <Section title={t.proposal}>
      <p>{t.proposalAbout}</p>
      <div className="filters no-print">
        <Select aria-label={t.role} value={filters.role} onChange={(role) => setFilters({ role })} style={{ width: 130 }}
          options={choices(PairingRoleSchema).filter(({ value }) => value !== PairingRole.CLASS_TEACHER).map(({ value, label }) => ({ value: String(value), label }))} />
        <SchoolChoice label={t.proposalSchool} all={t.allSchools} value={filters.school} onChange={(school) => setFilters({ school, grade: "0" })} />
        {filters.school !== "" && <GradeChoice label={t.grade} value={filters.grade} onChange={(grade) => setFilters({ grade })} />}
        {filters.school === "" && (
          <Select aria-label={t.township} value={filters.township} onChange={(township) => setFilters({ township })} style={{ width: 150 }}
            options={[{ value: "", label: t.allTownships }, ...(townships.data?.divisions ?? []).map(({ code, displayName }) => ({ value: code, label: displayName }))]} />
        )}
        <Checkbox checked={filters.uncared === "1"} onChange={(event) => setFilters({ uncared: event.target.checked ? "1" : "" })}>{t.onlyUncared}</Checkbox>
        <Button type="primary" loading={proposed.isPending} onClick={propose}>{t.propose}</Button>
      </div>
      {proposed.error !== null && <Trouble error={proposed.error} />}
      {proposed.data !== undefined && !proposed.isPending && (
        <Lines key={proposed.submittedAt} proposal={proposed.data} role={Number(proposed.variables?.role)} again={propose} />
      )}
    </Section>
  );
}

function Lines({ proposal, role, again }: { proposal: ProposePairingsResponse; role: number; again: () => void }) {
  const county = useCounty();
  const lines = linesOf(proposal);
  const [changed, setChanged] = useState<ReadonlyMap<string, string>>(new Map());
  const [fault, setFault] = useState("");
  const names = useNames([...lines.flatMap(({ child, school }) => [child, school]), ...proposal.helpers.map(({ helper }) => helper)]);
  const helperOf = (line: Line) => changed.get(line.child) ?? line.helper;
  const chosen = lines.filter((line) => helperOf(line) !== "");
  const loads = loadsOf(proposal.helpers, chosen.map(helperOf));
  const loadWords = (helper: string) => t.loadOf(loads.get(helper)?.before ?? 0, loads.get(helper)?.after ?? 0, loads.get(helper)?.most ?? 0);
  const over = [...loads.values()].filter(({ after, most }) => most > 0 && after > most).length;
  const options = [{ value: "", label: t.nobody }, ...proposal.helpers.map(({ helper }) => ({ value: helper, label: `${names(helper)}　${loadWords(helper)}` }))];
  const columns: TableColumnsType<Line> = [
    { title: t.columns.child, render: (_, line) => <Link className={line.child === fault ? "warn" : "strong"} to={`/${county}/children/${idOf(line.child)}`}>{names(line.child)}</Link> },
    { title: t.grade, render: (_, line) => `${names(line.school)} ${kit.classOf(line.grade, line.classNumber)}` },
    {
      title: t.columns.helper, width: 250, render: (_, line) => (
        <Select aria-label={t.helperOf(names(line.child))} value={helperOf(line)} options={options} showSearch={{ optionFilterProp: "label" }} style={{ width: 230 }}
          popupMatchSelectWidth={false} onChange={(helper) => setChanged(new Map(changed).set(line.child, helper))} />
      ),
    },
    { title: t.load, width: 150, render: (_, line) => <span className={isOver(loads.get(helperOf(line))) ? "warn" : undefined}>{helperOf(line) === "" ? "" : loadWords(helperOf(line))}</span> },
    { title: t.why, render: (_, line) => <Why line={line} byHand={helperOf(line) !== line.helper} /> },
  ];
  if (lines.length === 0) return <Nothing>{t.proposalEmpty}</Nothing>;
  return (
    <>
      <p role="status"><b>{t.proposalSum(chosen.length, lines.length - chosen.length)}</b>{over > 0 && <span className="warn">　{t.proposalOver(over)}</span>}</p>
      <WideTable<Line> size="small" width={900} rowKey="child" aria-label={t.proposal} columns={columns} dataSource={lines} pagination={{ pageSize: 100, hideOnSinglePage: true, showSizeChanger: false }} />
      <Accept role={role} pairs={chosen.map((line) => ({ child: line.child, helper: helperOf(line) }))} names={names} failed={setFault} again={again} />
    </>
  );
}

const isOver = (load: { after: number; most: number } | undefined) => load !== undefined && load.most > 0 && load.after > load.most;

function Why({ line, byHand }: { line: Line; byHand: boolean }) {
  if (byHand) return <span className="quiet">{t.byHand}</span>;
  if (line.leftOut !== LeftOutReason.UNSPECIFIED) return <span className="warn">{wordOf(LeftOutReasonSchema, line.leftOut)}</span>;
  return <>{line.reasons.map((reason) => wordOf(ProposalReasonSchema, reason)).join("、")}</>;
}

/** Sends what stands in the table: all of it is done, or nothing. A line that can't be any more is named. */
function Accept({ role, pairs, names, failed, again }: {
  role: number; pairs: { child: string; helper: string }[]; names: (name: string) => string; failed: (child: string) => void; again: () => void;
}) {
  const parent = useParent();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const sent = useRef({ what: "", id: "" });
  const accept = async () => {
    const what = JSON.stringify([role, pairs]);
    // The same lines keep their request id, so that accepting again after a lost answer changes nothing more.
    if (sent.current.what !== what) sent.current = { what, id: newRequestId() };
    setBusy(true);
    setProblem("");
    try {
      const answer = await callUnaryMethod(transport, PairingService.method.batchCreatePairings, {
        parent, requestId: sent.current.id, requests: pairs.map((pair) => ({ parent, pairing: { ...pair, role } })),
      });
      failed("");
      void message.success(t.accepted(answer.pairings.length));
      await queries.invalidateQueries();
      again();
    } catch (error) {
      const { sentence, field } = shown(error);
      const child = pairs[faultOf(field)]?.child ?? "";
      failed(child);
      setProblem(child === "" ? sentence : t.acceptFault(names(child), sentence));
    }
    setBusy(false);
    setAsking(false);
  };
  return (
    <div className="no-print">
      {problem !== "" && <Trouble error={problem} />}
      <p>
        <Button type="primary" loading={busy} disabled={pairs.length === 0 || pairs.length > mostAtOnce} onClick={() => setAsking(true)}>{t.accept(pairs.length)}</Button>
        {problem !== "" && <>{" "}<Button onClick={again}>{t.proposeAgain}</Button></>}
        {pairs.length > mostAtOnce && <span className="warn">　{t.acceptTooMany}</span>}
      </p>
      <Modal open={asking} title={t.accept(pairs.length)} okText={kit.confirm} confirmLoading={busy} onCancel={() => setAsking(false)} onOk={() => void accept()}>
        <p>{t.acceptAsk(pairs.length, wordOf(PairingRoleSchema, role))}</p>
      </Modal>
    </div>
  );
}
