// The ladder: who is told at which step, with the present step lit.

import { useQuery } from "@connectrpc/connect-query";
import { Steps } from "antd";
import { AlertState, LevelSchema, type Alert, type EscalationStep } from "../../gen/tonghu/alerts/v1/alert_pb.ts";
import { PolicyService } from "../../gen/tonghu/alerts/v1/policy_service_pb.ts";
import { formatSeconds } from "../../shared/dates.ts";
import { countyOf, parentOf } from "../../shared/names.ts";
import { wordOf } from "../../shared/words.ts";
import { Loaded } from "../kit/page.tsx";
import { NextStep } from "./next_step.tsx";
import { alerts as t } from "./text.ts";

export function Ladder({ alert }: { alert: Alert }) {
  const county = countyOf(alert.name);
  const policy = useQuery(
    PolicyService.method.getEscalationPolicy,
    { parent: parentOf(county), kind: alert.kind, version: alert.policyVersion },
    { staleTime: Infinity, enabled: county !== "000000" },
  );
  if (county === "000000") return null;
  return (
    <Loaded query={policy}>
      {({ steps }) => (
        <Steps
          orientation="vertical"
          size="small"
          current={alert.state === AlertState.RESOLVED ? steps.length : Math.max(0, Math.min(alert.nextStep, steps.length) - 1)}
          items={steps.map((step, i) => ({
            title: levelsOf(step),
            content: (
              <>
                {t.stepDelay(formatSeconds(Number(step.delay?.seconds ?? 0)))}
                {i === alert.nextStep && alert.state !== AlertState.RESOLVED && <> · <NextStep alert={alert} /></>}
              </>
            ),
          }))}
        />
      )}
    </Loaded>
  );
}

export function levelsOf(step: EscalationStep): string {
  return step.levels.map((level) => wordOf(LevelSchema, level)).join("、");
}
