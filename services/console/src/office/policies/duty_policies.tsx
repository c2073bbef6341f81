// What is owed to every child: how often, by whom, and how long the report of it may take; for each kind of duty.

import { useQuery } from "@connectrpc/connect-query";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { DutyKindSchema, DutyService, type DutyKind, type DutyPolicy } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { PairingRoleSchema } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDate, formatSeconds, isoDay } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Loaded, Section, Trouble } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { cadenceOf, cadenceWords, choiceOf, dayAfter, nextMonday, windowChoices } from "./cadence.ts";
import { Length } from "./length.tsx";
import { policies as t } from "./text.ts";
import { useTrial } from "./try_duty_policy.tsx";

const farthest = 400; // days ahead in which a rule may begin
const mostTimes = 7;
const seconds = (duration: { seconds: bigint } | undefined) => Number(duration?.seconds ?? 0n);

export function DutyPolicies() {
  const parent = useParent();
  const listed = useQuery(DutyService.method.listDutyPolicies, { parent });
  const [editing, setEditing] = useState<DutyKind>();
  return (
    <Loaded query={listed}>
      {({ policies }) => {
        const versions = policies.filter(({ kind }) => kind === editing);
        return versions.length === 0 || editing === undefined
          ? <Section title={t.duties}><List policies={policies} edit={setEditing} /></Section>
          : <Section title={t.editDutyOf(wordOf(DutyKindSchema, editing))}><Edit versions={versions} close={() => setEditing(undefined)} /></Section>;
      }}
    </Loaded>
  );
}

/** A row a version: the one in effect under the kind's name, beneath it those to come. */
function List({ policies, edit }: { policies: DutyPolicy[]; edit: (kind: DutyKind) => void }) {
  const me = useMe();
  const rows = policies.map((policy, i) => ({ policy, coming: policies[i - 1]?.kind === policy.kind }));
  const owed = ({ cadence }: DutyPolicy) => (cadence?.times ?? 0) > 0;
  const c = t.dutyColumns;
  return (
    <WideTable
      size="small"
      width={980}
      rowKey={({ policy }) => `${policy.kind}-${policy.version}`}
      aria-label={t.duties}
      pagination={false}
      dataSource={rows}
      columns={[
        {
          title: c.kind, width: 168,
          render: (_, { policy, coming }) => coming ? <span className="quiet">{t.coming(formatDate(policy.effectiveFrom))}</span> : <b>{wordOf(DutyKindSchema, policy.kind)}</b>,
        },
        { title: c.cadence, width: 150, render: (_, { policy }) => <span className={owed(policy) ? "" : "quiet"}>{cadenceWords(policy.cadence)}</span> },
        { title: c.owedBy, render: (_, { policy }) => owed(policy) && policy.owedBy.map((role) => wordOf(PairingRoleSchema, role)).join("、") },
        { title: c.reportGrace, width: 112, render: (_, { policy }) => owed(policy) && (seconds(policy.reportGrace) === 0 ? t.noGrace : t.afterEnd(formatSeconds(seconds(policy.reportGrace)))) },
        { title: c.lateReport, width: 136, render: (_, { policy }) => owed(policy) && t.afterContact(formatSeconds(seconds(policy.lateReportAfter))) },
        {
          title: c.version, width: 156,
          render: (_, { policy, coming }) => (
            <>{t.version(policy.version)}{!coming && policy.effectiveFrom !== "" && <div className="quiet">{t.fromDay(formatDate(policy.effectiveFrom))}</div>}</>
          ),
        },
        ...(me.may("dutyPolicies.put") ? [{
          title: "", width: 64, className: "no-print",
          render: (_: unknown, { policy, coming }: (typeof rows)[number]) => !coming && (
            <Button type="link" size="small" aria-label={t.editDutyOf(wordOf(DutyKindSchema, policy.kind))} onClick={() => edit(policy.kind)}>{t.editDuty}</Button>
          ),
        }] : []),
      ]}
    />
  );
}

/** A change begins from the last version, and from its day when it is to come. */
function Edit({ versions, close }: { versions: DutyPolicy[]; close: () => void }) {
  const me = useMe();
  const parent = useParent();
  const policy = versions[versions.length - 1]!;
  const coming = versions.slice(1);
  const [window, setWindow] = useState(() => choiceOf(policy.cadence));
  const [times, setTimes] = useState(Math.max(policy.cadence?.times ?? 0, 1));
  const [owedBy, setOwedBy] = useState([...policy.owedBy]);
  const [today] = useState(() => isoDay(now()));
  const [from, setFrom] = useState(() => (coming.length === 0 ? nextMonday(today) : policy.effectiveFrom));
  const [grace, setGrace] = useState(seconds(policy.reportGrace));
  const [late, setLate] = useState(seconds(policy.lateReportAfter));
  const [missing, setMissing] = useState("");
  const put = useCommand(DutyService.method.putDutyPolicy, { said: t.dutySaved, quiet: true });
  const duration = (length: number) => ({ seconds: BigInt(length) });
  const owed = window !== -1;
  const trial = useTrial();
  /** What stands in the form; undefined, and said, when something is missing. */
  const draft = () => {
    // An empty list would leave those who owe the duty as they are.
    const wrong = owed && owedBy.length === 0 ? t.owedByNone : "";
    setMissing(wrong);
    return wrong !== "" ? undefined : {
      parent, kind: policy.kind, cadence: cadenceOf(window, times), owedBy,
      reportGrace: duration(grace), lateReportAfter: duration(late),
    };
  };
  const save = async () => {
    const given = draft();
    if (given === undefined) return;
    const answer = await put.run({ policy: { ...given, effectiveFrom: from } });
    if (answer !== undefined) close();
  };
  const problem = missing || put.problem;
  const replaced = from === "" ? [] : coming.filter(({ effectiveFrom }) => effectiveFrom >= from);
  return (
    <form aria-label={t.dutyOf(wordOf(DutyKindSchema, policy.kind))} onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <div className="form-row">
        <label className="field"><span>{t.window}</span>
          <Select autoFocus aria-label={t.window} value={window} onChange={setWindow} style={{ width: 176 }} listHeight={460} options={windowChoices} />
        </label>
        {owed && (
          <label className="field"><span>{t.times}</span>
            <Select aria-label={t.times} value={times} onChange={setTimes} style={{ width: 88 }}
              options={Array.from({ length: mostTimes }, (_, i) => ({ value: i + 1, label: t.timesOf(i + 1) }))} />
          </label>
        )}
        <label className="field"><span>{t.effectiveFrom}</span>
          <Input type="date" required aria-label={t.effectiveFrom} value={from} min={dayAfter(today, 1)} max={dayAfter(today, farthest)} style={{ width: 150 }} onChange={(event) => setFrom(event.target.value)} />
        </label>
      </div>
      {owed && (
        <>
          <div className="form-row">
            <label className="field" style={{ width: 520, maxWidth: "100%" }}><span>{t.owedBy}</span>
              <Select mode="multiple" aria-label={t.owedBy} placeholder={t.owedByHint} value={owedBy} onChange={setOwedBy} style={{ width: "100%" }} options={choices(PairingRoleSchema)} />
            </label>
          </div>
          <div className="form-row">
            <div className="field"><span>{t.reportGrace}</span><Length label={t.reportGrace} seconds={grace} change={setGrace} /></div>
            <div className="field"><span>{t.lateReport}</span><Length label={t.lateReport} seconds={late} change={setLate} /></div>
          </div>
        </>
      )}
      <p className="quiet">
        {t.effectiveHelp}
        {replaced.map(({ version, effectiveFrom }) => <span key={version}>{t.replaces(formatDate(effectiveFrom), t.version(version))}</span>)}
      </p>
      {problem !== "" && <Trouble error={problem} />}
      <p>
        <Button type="primary" htmlType="submit" loading={put.busy}>{t.save}</Button>{" "}
        {me.may("dutyPolicies.try") && trial.button(draft)} <Button onClick={close}>{kit.cancel}</Button>
      </p>
      {trial.result}
    </form>
  );
}
