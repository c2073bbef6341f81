// Who has broken the glass for the file, and, for an auditor, who has read it.

import { AccountService } from "../../gen/tonghu/access/v1/account_service_pb.ts";
import { AuditService } from "../../gen/tonghu/access/v1/audit_service_pb.ts";
import { formatTime } from "../../shared/dates.ts";
import { countyOf, idOf, parentOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { Section, Trouble } from "../kit/page.tsx";
import { useList } from "../kit/pages.tsx";
import { children as t } from "./text.ts";

export function Readers({ child }: { child: string }) {
  const me = useMe();
  const input = { parent: parentOf(countyOf(child)), child, pageSize: 50 };
  const readings = useList(AuditService.method.listAuditEntries, input, (a) => a.entries, { enabled: me.may("auditEntries.read") });
  const breakings = useList(AccountService.method.listGlassBreakings, input, (a) => a.glassBreakings, { enabled: me.may("glassBreakings.read") });
  if (!me.may("auditEntries.read") && !me.may("glassBreakings.read")) return null;
  const error = readings.error ?? breakings.error;
  return (
    <Section title={me.may("auditEntries.read") ? t.readers : t.breakings}>
      {error != null && <Trouble error={error} />}
      {readings.rows.length + breakings.rows.length === 0 && error == null && <p className="quiet">{me.may("auditEntries.read") ? t.readersEmpty : t.breakingsEmpty}</p>}
      <ul className="plain">
        {breakings.rows.map((one) => (
          <li key={one.name} className="warn">{formatTime(one.createTime)}　{t.glassBroken(one.actorName || idOf(one.actor), one.reason)}</li>
        ))}
        {readings.rows.map((one) => (
          <li key={`${one.producer}/${one.shard}/${one.seq}`}>
            <span className="quiet">{formatTime(one.time)}</span>　{one.actorName || idOf(one.actor)}{one.purpose !== "" && `　${one.purpose}`}
          </li>
        ))}
      </ul>
    </Section>
  );
}
