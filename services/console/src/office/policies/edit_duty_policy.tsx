// The form of a duty's rule, of the county's own or of one for some children.

import { Button, Input, Select } from "antd";
import { useState } from "react";
import { ContactKindSchema } from "../../gen/tonghu/pairing/v1/contact_service_pb.ts";
import { DutyKindSchema, FestivalSchema, PolicyOrigin, type DutyPolicy } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { DutyService } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { PairingRoleSchema } from "../../gen/tonghu/pairing/v1/pairing_service_pb.ts";
import { CareLevelSchema, GuardianshipTypeSchema } from "../../gen/tonghu/registry/v1/child_pb.ts";
import { now } from "../../shared/clock.ts";
import { formatDate, isoDay } from "../../shared/dates.ts";
import { useMe } from "../../shared/session.tsx";
import { choices, wordOf } from "../../shared/words.ts";
import { useCommand } from "../kit/command.ts";
import { Trouble } from "../kit/page.tsx";
import { useCounty, useParent } from "../kit/place.ts";
import { SchoolChoice } from "../kit/schools.tsx";
import { kit } from "../kit/text.ts";
import { cadenceOf, choiceOf, dayAfter, farthest, isBeforeFestivals, isRefinement, mostFestivalDays, nextMonday, secondsOf, usualFestivalDays, windowChoices } from "./cadence.ts";
import { Length } from "./length.tsx";
import { policies as t } from "./text.ts";
import { useTrial } from "./try_duty_policy.tsx";

const mostTimes = 7;

/** What is changed: the scope of a policy, or, refining, a scope that is still to be chosen, beginning from that policy. */
export interface Editing {
  of: DutyPolicy;
  refining: boolean;
}

/** A change begins from the last version, and from its day when it is to come. */
export function EditDutyPolicy({ editing, versions, close }: { editing: Editing; versions: DutyPolicy[]; close: () => void }) {
  const me = useMe();
  const parent = useParent();
  const ofProvince = useCounty() === "000000";
  const policy = versions[versions.length - 1]!;
  const [today] = useState(() => isoDay(now()));
  const coming = versions.filter(({ effectiveFrom }) => effectiveFrom > today);
  const [school, setSchool] = useState(policy.school);
  const [careLevel, setCareLevel] = useState(policy.careLevel);
  const [guardianshipType, setGuardianship] = useState(policy.guardianshipType);
  const own = policy.origin === (ofProvince ? PolicyOrigin.PROVINCE : PolicyOrigin.COUNTY);
  const refined = editing.refining || isRefinement(policy);
  const [window, setWindow] = useState(() => choiceOf(policy.cadence));
  const [times, setTimes] = useState(Math.max(policy.cadence?.times ?? 0, 1));
  const [festivals, setFestivals] = useState([...(policy.cadence?.festivals ?? [])]);
  const [days, setDays] = useState(policy.cadence?.days || usualFestivalDays);
  const [owedBy, setOwedBy] = useState([...policy.owedBy]);
  const [fulfilledBy, setFulfilledBy] = useState([...policy.fulfilledBy]);
  const [from, setFrom] = useState(() => (coming.length === 0 ? nextMonday(today) : policy.effectiveFrom));
  const [grace, setGrace] = useState(secondsOf(policy.reportGrace));
  const [late, setLate] = useState(secondsOf(policy.lateReportAfter));
  const [missing, setMissing] = useState("");
  const put = useCommand(DutyService.method.putDutyPolicy, { said: t.dutySaved, quiet: true });
  const end = useCommand(DutyService.method.deleteDutyPolicy, { said: t.refinementEnded, quiet: true });
  const duration = (length: number) => ({ seconds: BigInt(length) });
  const owed = window !== -1;
  const beforeFestivals = isBeforeFestivals(window);
  const trial = useTrial();
  /** What stands in the form; undefined, and said, when something is missing. */
  const draft = () => {
    // An empty list would leave those who owe the duty, and what counts, as they are.
    const wrong = beforeFestivals && festivals.length === 0 ? t.festivalsNone : owed && owedBy.length === 0 ? t.owedByNone : owed && !refined && fulfilledBy.length === 0 ? t.fulfilledByNone : refined && school === "" && careLevel === 0 && guardianshipType === 0 ? t.forWhomNone : "";
    setMissing(wrong);
    return wrong !== "" ? undefined : {
      parent, kind: policy.kind, school, careLevel, guardianshipType, cadence: cadenceOf(window, times, festivals, days), owedBy,
      // Lateness and what counts are the county's for all children.
      reportGrace: duration(grace), ...(refined ? {} : { lateReportAfter: duration(late), fulfilledBy }),
    };
  };
  const save = async () => {
    const given = draft();
    if (given === undefined) return;
    const answer = await put.run({ policy: { ...given, effectiveFrom: from } });
    if (answer !== undefined) close();
  };
  const endIt = async () => {
    const answer = await end.run({ parent, kind: policy.kind, school, careLevel, guardianshipType, effectiveFrom: from });
    if (answer !== undefined) close();
  };
  const problem = missing || put.problem || end.problem;
  const replaced = from === "" ? [] : coming.filter(({ effectiveFrom }) => effectiveFrom >= from);
  return (
    <form aria-label={t.dutyOf(wordOf(DutyKindSchema, policy.kind))} onSubmit={(event) => { event.preventDefault(); void save(); }}>
      {editing.refining && (
        <div className="form-row">
          <label className="field"><span>{t.forLevel}</span>
            <Select aria-label={t.forLevel} value={careLevel} onChange={setCareLevel} style={{ width: 176 }} options={[{ value: 0, label: t.allLevels }, ...choices(CareLevelSchema)]} />
          </label>
          <label className="field"><span>{t.forGuardianship}</span>
            <Select aria-label={t.forGuardianship} value={guardianshipType} onChange={setGuardianship} style={{ width: 176 }} options={[{ value: 0, label: t.allGuardianships }, ...choices(GuardianshipTypeSchema)]} />
          </label>
          {!ofProvince && <label className="field"><span>{t.forSchool}</span><SchoolChoice label={t.forSchool} value={school} onChange={setSchool} all={t.allSchools} /></label>}
        </div>
      )}
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
      {beforeFestivals && (
        <>
          <div className="form-row">
            <label className="field" style={{ width: 408, maxWidth: "100%" }}><span>{t.festivals}</span>
              <Select mode="multiple" aria-label={t.festivals} placeholder={t.festivalsHint} value={festivals} onChange={setFestivals} style={{ width: "100%" }} listHeight={300} options={choices(FestivalSchema)} />
            </label>
            <label className="field"><span>{t.festivalDays}</span>
              <Select aria-label={t.festivalDays} value={days} onChange={setDays} style={{ width: 96 }}
                options={Array.from({ length: mostFestivalDays }, (_, i) => ({ value: i + 1, label: t.festivalDaysOf(i + 1) }))} />
            </label>
          </div>
          <p className="quiet">{t.festivalHelp}</p>
        </>
      )}
      {owed && (
        <>
          <div className="form-row">
            <label className="field" style={{ width: 520, maxWidth: "100%" }}><span>{t.owedBy}</span>
              <Select mode="multiple" aria-label={t.owedBy} placeholder={t.owedByHint} value={owedBy} onChange={setOwedBy} style={{ width: "100%" }} options={choices(PairingRoleSchema)} />
            </label>
          </div>
          {!refined && (
            <div className="form-row">
              <label className="field" style={{ width: 520, maxWidth: "100%" }}><span>{t.fulfilledBy}</span>
                <Select mode="multiple" aria-label={t.fulfilledBy} placeholder={t.fulfilledByHint} value={fulfilledBy} onChange={setFulfilledBy} style={{ width: "100%" }} options={choices(ContactKindSchema)} />
              </label>
            </div>
          )}
          <div className="form-row">
            <div className="field"><span>{t.reportGrace}</span><Length label={t.reportGrace} seconds={grace} change={setGrace} /></div>
            {!refined && <div className="field"><span>{t.lateReport}</span><Length label={t.lateReport} seconds={late} change={setLate} /></div>}
          </div>
        </>
      )}
      <p className="quiet">
        {refined ? t.refinedHelp : t.effectiveHelp}
        {replaced.map(({ version, effectiveFrom }) => <span key={version}>{t.replaces(formatDate(effectiveFrom), t.version(version))}</span>)}
      </p>
      {problem !== "" && <Trouble error={problem} />}
      <p>
        <Button type="primary" htmlType="submit" loading={put.busy}>{t.save}</Button>{" "}
        {me.may("dutyPolicies.try") && !ofProvince && trial.button(draft)}{" "}
        {!editing.refining && own && !policy.withdrawn && <Button danger loading={end.busy} onClick={() => void endIt()}>{isRefinement(policy) ? t.endRefinement : ofProvince ? t.endOfProvince : t.endOfCounty}</Button>}{" "}
        <Button onClick={close}>{kit.cancel}</Button>
      </p>
      {trial.result}
    </form>
  );
}
