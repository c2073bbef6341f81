// What a draft of a duty's rule would have made of the last term, beside the rule in effect.

import type { MessageInitShape } from "@bufbuild/protobuf";
import { useMutation } from "@connectrpc/connect-query";
import { Button } from "antd";
import { type DutyPolicySchema } from "../../gen/tonghu/pairing/v1/duty_pb.ts";
import { DutyService, type TryDutyPolicyResponse } from "../../gen/tonghu/pairing/v1/duty_service_pb.ts";
import { formatDate } from "../../shared/dates.ts";
import { Nothing, Trouble } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { useSchools } from "../kit/schools.tsx";
import { cadenceWords } from "./cadence.ts";
import { policies as t } from "./text.ts";
import { countedOf, monthsOf, type Counted, type TrialRow } from "./trial.ts";

type Draft = MessageInitShape<typeof DutyPolicySchema>;

/** The trial of what stands in the form; what was tried stays until it is tried again. */
export function useTrial() {
  const tried = useMutation(DutyService.method.tryDutyPolicy);
  return {
    button: (draft: () => Draft | undefined) => (
      <Button loading={tried.isPending} onClick={() => {
        const policy = draft();
        if (policy !== undefined) tried.mutate({ policy });
      }}>{t.tryDuty}</Button>
    ),
    result: (
      <div role="status" aria-label={t.tryDuty}>
        {tried.error !== null && <Trouble error={tried.error} />}
        {tried.data !== undefined && !tried.isPending && <Trial tried={tried.data} />}
      </div>
    ),
  };
}

function Trial({ tried }: { tried: TryDutyPolicyResponse }) {
  const schools = useSchools();
  const nameOf = (school: string) => schools.data?.find(({ name }) => name === school)?.displayName ?? school.slice(school.lastIndexOf("/") + 1);
  const rows = monthsOf(tried.trials);
  const total: TrialRow = { key: "total", month: "", school: "", draft: countedOf(tried.draft), current: countedOf(tried.current) };
  return (
    <>
      <p>
        <b>{t.triedAlerts(tried.draft?.alerts ?? 0, tried.current?.alerts ?? 0)}</b>{" "}
        <span className="quiet">{t.triedWhat(formatDate(tried.firstDay), formatDate(tried.lastDay), cadenceWords(tried.policy?.cadence), cadenceWords(tried.currentPolicy?.cadence))}</span>
      </p>
      {rows.length === 0 ? <Nothing>{t.triedNothing}</Nothing> : (
        <WideTable<TrialRow>
          size="small"
          width={720}
          aria-label={t.tryDuty}
          pagination={false}
          dataSource={[...rows, total]}
          columns={[
            { title: t.month, render: (_, { month, school }) => (school !== "" ? nameOf(school) : month === "" ? <b>{t.triedTotal}</b> : t.monthOf(month)) },
            { title: t.draft, children: columnsOf(({ draft }) => draft) },
            { title: t.current, children: columnsOf(({ current }) => current) },
          ]}
        />
      )}
      <p className="quiet">{t.triedHelp}</p>
    </>
  );
}

function columnsOf(of: (row: TrialRow) => Counted) {
  return (["due", "inTime", "late", "missed"] as const).map((figure) => ({
    title: t.triedColumns[figure], align: "right" as const, width: 76, render: (_: unknown, row: TrialRow) => of(row)[figure],
  }));
}
