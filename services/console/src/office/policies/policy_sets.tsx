// Ready sets of rules, which a county takes as they are: what each asks for, for whom, and from when.

import { useQuery } from "@connectrpc/connect-query";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { DutyKindSchema, type DutyPolicySet } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { DutyService } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { PairingRoleSchema } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { CareLevelSchema, GuardianshipTypeSchema, type CareLevel, type GuardianshipType } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { now } from "../../shared/clock.ts";
import { isoDay } from "../../shared/dates.ts";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Loaded, Section, Trouble } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { useCounty, useParent } from "../kit/place.ts";
import { SchoolChoice } from "../kit/schools.tsx";
import { cadenceWords, dayAfter, farthest, nextMonday } from "./cadence.ts";
import { policies as t } from "./text.ts";

export function PolicySets() {
  const listed = useQuery(DutyService.method.listDutyPolicySets, { parent: useParent() });
  return <Section title={t.sets}><Loaded query={listed}>{({ sets }) => <Take sets={sets} />}</Loaded></Section>;
}

function Take({ sets }: { sets: DutyPolicySet[] }) {
  const parent = useParent();
  const ofProvince = useCounty() === "000000";
  const [today] = useState(() => isoDay(now()));
  const [chosen, setChosen] = useState<string>();
  const [careLevel, setCareLevel] = useState<CareLevel>(0);
  const [guardianshipType, setGuardianship] = useState<GuardianshipType>(0);
  const [school, setSchool] = useState("");
  const [from, setFrom] = useState(() => nextMonday(today));
  const apply = useCommand(DutyService.method.applyDutyPolicySet, { said: t.setTaken, quiet: true });
  const set = sets.find((one) => one.set === chosen);
  const take = async () => {
    const answer = await apply.run({ parent, set: chosen, school, careLevel, guardianshipType, effectiveFrom: from });
    if (answer !== undefined) setChosen(undefined);
  };
  return (
    <form aria-label={t.sets} onSubmit={(event) => { event.preventDefault(); void take(); }}>
      <div className="form-row">
        <label className="field"><span>{t.set}</span>
          <Select aria-label={t.set} placeholder={t.setHint} value={chosen} onChange={setChosen} style={{ width: 220 }} listHeight={460}
            options={sets.map(({ set: value, displayName }) => ({ value, label: displayName }))} />
        </label>
        {set !== undefined && (
          <>
            <label className="field"><span>{t.forLevel}</span>
              <Select aria-label={t.forLevel} value={careLevel} onChange={setCareLevel} style={{ width: 140 }} options={[{ value: 0, label: t.allLevels }, ...choices(CareLevelSchema)]} />
            </label>
            <label className="field"><span>{t.forGuardianship}</span>
              <Select aria-label={t.forGuardianship} value={guardianshipType} onChange={setGuardianship} style={{ width: 150 }} options={[{ value: 0, label: t.allGuardianships }, ...choices(GuardianshipTypeSchema)]} />
            </label>
            {!ofProvince && <label className="field"><span>{t.forSchool}</span><SchoolChoice label={t.forSchool} value={school} onChange={setSchool} all={t.allSchools} /></label>}
            <label className="field"><span>{t.effectiveFrom}</span>
              <Input type="date" required aria-label={t.effectiveFrom} value={from} min={dayAfter(today, 1)} max={dayAfter(today, farthest)} style={{ width: 150 }} onChange={(event) => setFrom(event.target.value)} />
            </label>
          </>
        )}
      </div>
      {set !== undefined && (
        <>
          <p>{set.description}</p>
          <WideTable
            size="small"
            width={520}
            rowKey="kind"
            aria-label={set.displayName}
            pagination={false}
            dataSource={set.policies}
            columns={[
              { title: t.dutyColumns.kind, width: 140, render: (_, { kind }) => <b>{wordOf(DutyKindSchema, kind)}</b> },
              { title: t.dutyColumns.cadence, width: 160, render: (_, { cadence }) => cadenceWords(cadence) },
              { title: t.dutyColumns.owedBy, render: (_, { owedBy }) => owedBy.map((role) => wordOf(PairingRoleSchema, role)).join("、") },
            ]}
          />
          <p className="quiet">{t.setsHelp}</p>
          {apply.problem !== "" && <Trouble error={apply.problem} />}
          <p><Button type="primary" htmlType="submit" loading={apply.busy}>{t.takeSet}</Button></p>
        </>
      )}
    </form>
  );
}
