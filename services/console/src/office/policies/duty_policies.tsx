// What is owed to every child, and to some children instead: how often, by whom, and how long the report of it may take;
// for each kind of duty.

import { useQuery } from "@connectrpc/connect-query";
import { Button } from "antd";
import { useState } from "react";
import { ContactKindSchema } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DutyKindSchema, PolicyOrigin, type DutyPolicy } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { DutyService } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { PairingRoleSchema } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { CareLevelSchema, GuardianshipTypeSchema } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { formatDate, formatSeconds } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { wordOf } from "../../shared/words.ts";
import { Loaded, Section } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { useCounty, useParent } from "../kit/place.ts";
import { useSchools } from "../kit/schools.tsx";
import { cadenceWords, isRefinement, sameScope, secondsOf } from "./cadence.ts";
import { EditDutyPolicy, type Editing } from "./edit_duty_policy.tsx";
import { policies as t } from "./text.ts";

export function DutyPolicies() {
  const parent = useParent();
  const listed = useQuery(DutyService.method.listDutyPolicies, { parent });
  const [editing, setEditing] = useState<Editing>();
  const forWhom = useForWhom();
  return (
    <Loaded query={listed}>
      {({ policies }) => editing === undefined
        ? <Section title={t.duties}><List policies={policies} edit={setEditing} /></Section>
        : (
          <Section title={[t.editDutyOf(wordOf(DutyKindSchema, editing.of.kind)), isRefinement(editing.of) && forWhom(editing.of)].filter(Boolean).join("：")}>
            <EditDutyPolicy editing={editing} versions={editing.refining ? [editing.of] : policies.filter((one) => sameScope(one, editing.of))} close={() => setEditing(undefined)} />
          </Section>
        )}
    </Loaded>
  );
}

/** 重点关注, 无人监护, 某某小学, or several: for whom a refinement is. */
function useForWhom() {
  const schools = useSchools();
  return ({ school, careLevel, guardianshipType }: DutyPolicy) => [
    school !== "" && (schools.data?.find(({ name }) => name === school)?.displayName ?? school.slice(school.lastIndexOf("/") + 1)),
    careLevel !== 0 && wordOf(CareLevelSchema, careLevel),
    guardianshipType !== 0 && wordOf(GuardianshipTypeSchema, guardianshipType),
  ].filter(Boolean).join("，");
}

/** A row a version: the one in effect under the kind's name, beneath it those to come, beneath them the refinements. */
function List({ policies, edit }: { policies: DutyPolicy[]; edit: (editing: Editing) => void }) {
  const me = useMe();
  const forWhom = useForWhom();
  const county = useCounty();
  const rows = policies.map((policy, i) => ({ policy, first: i === 0 || !sameScope(policies[i - 1]!, policy) }));
  const owed = ({ cadence, withdrawn }: DutyPolicy) => (cadence?.times ?? 0) > 0 && !withdrawn;
  const c = t.dutyColumns;
  return (
    <WideTable
      size="small"
      width={1130}
      rowKey={({ policy }) => `${policy.kind}-${policy.school}-${policy.careLevel}-${policy.guardianshipType}-${policy.version}`}
      aria-label={t.duties}
      pagination={false}
      dataSource={rows}
      columns={[
        {
          title: c.kind, width: 200,
          render: (_, { policy, first }) => !first ? <span className="quiet">{t.coming(formatDate(policy.effectiveFrom))}</span>
            : isRefinement(policy) ? t.only(forWhom(policy)) : <b>{wordOf(DutyKindSchema, policy.kind)}</b>,
        },
        {
          title: c.cadence, width: 150,
          render: (_, { policy }) => <span className={owed(policy) ? "" : "quiet"}>{policy.withdrawn ? t.withdrawn : cadenceWords(policy.cadence)}</span>,
        },
        { title: c.owedBy, render: (_, { policy }) => owed(policy) && policy.owedBy.map((role) => wordOf(PairingRoleSchema, role)).join("、") },
        { title: c.fulfilledBy, render: (_, { policy }) => owed(policy) && policy.fulfilledBy.map((kind) => wordOf(ContactKindSchema, kind)).join("、") },
        { title: c.reportGrace, width: 112, render: (_, { policy }) => owed(policy) && (secondsOf(policy.reportGrace) === 0 ? t.noGrace : t.afterEnd(formatSeconds(secondsOf(policy.reportGrace)))) },
        { title: c.lateReport, width: 136, render: (_, { policy }) => owed(policy) && !isRefinement(policy) && t.afterContact(formatSeconds(secondsOf(policy.lateReportAfter))) },
        {
          title: c.version, width: 160,
          render: (_, { policy, first }) => (
            <>{county !== "000000" && policy.origin === PolicyOrigin.PROVINCE && t.byProvince}{t.version(policy.version)}{first && policy.effectiveFrom !== "" && <div className="quiet">{t.fromDay(formatDate(policy.effectiveFrom))}</div>}</>
          ),
        },
        ...(me.may("dutyPolicies.put") ? [{
          title: "", width: 108, className: "no-print",
          render: (_: unknown, { policy, first }: (typeof rows)[number]) => {
            const what = wordOf(DutyKindSchema, policy.kind);
            return first && (
              <>
                <Button type="link" size="small" aria-label={isRefinement(policy) ? t.editRefined(what, forWhom(policy)) : t.editDutyOf(what)} onClick={() => edit({ of: policy, refining: false })}>{t.editDuty}</Button>
                {!isRefinement(policy) && <Button type="link" size="small" aria-label={t.refineDutyOf(what)} onClick={() => edit({ of: policy, refining: true })}>{t.refine}</Button>}
              </>
            );
          },
        }] : []),
      ]}
    />
  );
}
