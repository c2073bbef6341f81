// What is owed to every child; who is told of an alert, and when, and who that would be now.

import { create } from "@bufbuild/protobuf";
import { useQuery } from "@connectrpc/connect-query";
import { Button, Segmented, Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { AlertKind, AlertKindSchema, EscalationPolicySchema, Level, LevelSchema, type EscalationPolicy } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { PolicyService } from "../../gen/tonghu/alerts/v1/policy_service_pb.ts";
import { formatSeconds, formatTime } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { choices } from "../../shared/words.ts";
import { levelsOf } from "../alerts/ladder.tsx";
import { useCommand } from "../kit/command.ts";
import { Facts, Loaded, Page, Section, Trouble } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { province, useCounty, useFilters, useParent } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { usePlaceName } from "../place_name.ts";
import { DutyPolicies } from "./duty_policies.tsx";
import { PolicySets } from "./policy_sets.tsx";
import { Length } from "./length.tsx";
import { policies as t } from "./text.ts";
import { TryPolicy } from "./try_policy.tsx";

const duties = "duties"; // the rules of duties, beside those of the kinds of alerts

export function PoliciesPage() {
  const me = useMe();
  const place = usePlaceName();
  const ofProvince = useCounty() === province;
  const [filters, setFilters] = useFilters({ kind: String(AlertKind.DUTY_MISSED) });
  const kind = ofProvince ? duties : filters.kind; // alerts climb by the rules of counties
  const shown = [
    ...(me.may("dutyPolicies.read") ? [{ value: duties, label: t.duties }] : []),
    ...choices(AlertKindSchema).filter(({ value }) => value !== AlertKind.OPERATOR).map(({ value, label }) => ({ value: String(value), label })),
  ];
  return (
    <Page title={t.title} about={ofProvince ? t.provinceAbout : kind === duties ? t.dutiesAbout(place) : t.about(place)}>
      {!ofProvince && (
        <div className="filters">
          <Segmented value={kind} onChange={(next) => setFilters({ kind: next })} options={shown} />
          {me.county === "" && kind === duties && <Link to={`/${province}/policies`}>{t.provincePolicies}</Link>}
        </div>
      )}
      {kind === duties ? <><DutyPolicies />{me.may("dutyPolicies.put") && <PolicySets />}</> : <AlertPolicy kind={Number(kind)} />}
    </Page>
  );
}

function AlertPolicy({ kind }: { kind: AlertKind }) {
  const policy = useQuery(PolicyService.method.getEscalationPolicy, { parent: useParent(), kind });
  return <Loaded query={policy}>{(found) => <Policy key={`${kind}-${found.version}`} policy={found} kind={kind} />}</Loaded>;
}

interface Draft {
  steps: { delay: number; levels: number[] }[];
  resolveWithin: number;
  repeatLast: number;
}

const seconds = (duration: { seconds: bigint } | undefined) => Number(duration?.seconds ?? 0n);

function draftOf(policy: EscalationPolicy): Draft {
  return {
    steps: policy.steps.map((step) => ({ delay: seconds(step.delay), levels: [...step.levels] })),
    resolveWithin: seconds(policy.resolveWithin),
    repeatLast: seconds(policy.repeatLast),
  };
}

function policyOf(draft: Draft, parent: string, kind: number): EscalationPolicy {
  const duration = (length: number) => ({ seconds: BigInt(length) });
  return create(EscalationPolicySchema, {
    parent,
    kind,
    steps: draft.steps.map(({ delay, levels }) => ({ delay: duration(delay), levels })),
    resolveWithin: duration(draft.resolveWithin),
    repeatLast: duration(draft.repeatLast),
  });
}

function Policy({ policy, kind }: { policy: EscalationPolicy; kind: number }) {
  const me = useMe();
  const parent = useParent();
  const [draft, setDraft] = useState<Draft>();
  return (
    <div className="two-columns">
      <div>
        <Section
          title={`${t.steps}（${t.version(policy.version)}）`}
          actions={me.may("escalationPolicies.put") && draft === undefined && <Button size="small" onClick={() => setDraft(draftOf(policy))}>{t.edit}</Button>}
        >
          {draft === undefined ? <Steps policy={policy} /> : <Edit draft={draft} change={setDraft} kind={kind} close={() => setDraft(undefined)} />}
        </Section>
      </div>
      <aside>
        <TryPolicy kind={kind} policy={draft && policyOf(draft, parent, kind)} />
      </aside>
    </div>
  );
}

function Steps({ policy }: { policy: EscalationPolicy }) {
  return (
    <>
      <WideTable
        size="small"
        rowKey="key"
        aria-label={t.steps}
        pagination={false}
        dataSource={policy.steps.map((step, i) => ({ key: i, step }))}
        columns={[
          { title: "", width: 48, render: (_, row) => row.key + 1 },
          { title: t.delay, width: 160, render: (_, { step }) => formatSeconds(seconds(step.delay)) },
          { title: t.levels, render: (_, { step }) => levelsOf(step) },
        ]}
      />
      <Facts wide items={[
        [<>{t.resolveWithin}</>, formatSeconds(seconds(policy.resolveWithin))],
        [<>{t.repeatLast}</>, formatSeconds(seconds(policy.repeatLast))],
        ...(policy.putTime === undefined ? [] : [[t.putTime, formatTime(policy.putTime)] as [string, string]]),
      ]} />
    </>
  );
}

function Edit({ draft, change, kind, close }: { draft: Draft; change: (draft: Draft) => void; kind: number; close: () => void }) {
  const parent = useParent();
  const put = useCommand(PolicyService.method.putEscalationPolicy, { said: t.saved, quiet: true });
  const setStep = (i: number, step: Partial<Draft["steps"][number]>) =>
    change({ ...draft, steps: draft.steps.map((old, at) => (at === i ? { ...old, ...step } : old)) });
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      void put.run({ policy: policyOf(draft, parent, kind) }).then((answer) => answer && close());
    }}>
      {draft.steps.map((step, i) => (
        <div key={i} className="form-row">
          <b>{i + 1}</b>
          <Length label={`${t.delay} ${i + 1}`} seconds={step.delay} change={(delay) => setStep(i, { delay })} />
          <Select mode="multiple" aria-label={`${t.levels} ${i + 1}`} value={step.levels} style={{ minWidth: 260 }}
            options={choices(LevelSchema)} onChange={(levels) => setStep(i, { levels })} />
          {draft.steps.length > 1 && <Button type="link" danger onClick={() => change({ ...draft, steps: draft.steps.filter((_, at) => at !== i) })}>{t.removeStep}</Button>}
        </div>
      ))}
      {draft.steps.length < 10 && <p><Button size="small" onClick={() => change({ ...draft, steps: [...draft.steps, { delay: 86400, levels: [Level.PROVINCE_OFFICE] }] })}>{t.addStep}</Button></p>}
      <div className="form-row">
        <label className="field"><span>{t.resolveWithin}</span><Length label={t.resolveWithin} seconds={draft.resolveWithin} change={(resolveWithin) => change({ ...draft, resolveWithin })} /></label>
        <label className="field"><span>{t.repeatLast}</span><Length label={t.repeatLast} seconds={draft.repeatLast} change={(repeatLast) => change({ ...draft, repeatLast })} /></label>
      </div>
      {put.problem !== "" && <Trouble error={put.problem} />}
      <p><Button type="primary" htmlType="submit" loading={put.busy}>{t.save}</Button> <Button onClick={close}>{kit.cancel}</Button></p>
    </form>
  );
}
