// The way into a file for somebody without right but with need.

import { Button, Input, Select } from "antd";
import { useState } from "react";
import { AccountService } from "../../gen/tonghu/access/v1/account_service_pb.ts";
import { useMe } from "../../shared/session.tsx";
import { useCommand } from "../kit/command.ts";
import { Page, Section, Trouble } from "../kit/page.tsx";
import { children as t } from "./text.ts";

const fewestLetters = 10;

export function BreakGlass({ child, opened }: { child: string; opened: () => void }) {
  const me = useMe();
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState(4);
  const breakGlass = useCommand(AccountService.method.breakGlass, { said: t.broken, quiet: true });
  return (
    <Page title={t.refusedTitle} about={me.may("glassBreakings.create") ? t.refused : undefined}>
      {me.may("glassBreakings.create") && (
        <Section title={t.breakGlass}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void breakGlass.run({ child, reason: reason.trim(), hours }).then((answer) => answer && opened());
            }}
          >
            <label className="field">
              <span>{t.breakReason}</span>
              <Input.TextArea rows={3} maxLength={500} placeholder={t.breakReasonHint} value={reason} onChange={(event) => setReason(event.target.value)} />
            </label>
            <p>
              <Select aria-label={t.breakHours} value={hours} onChange={setHours} options={[1, 4, 12, 24].map((n) => ({ value: n, label: t.hours(n) }))} />
            </p>
            {breakGlass.problem !== "" && <Trouble error={breakGlass.problem} />}
            <Button danger htmlType="submit" loading={breakGlass.busy} disabled={[...reason.trim()].length < fewestLetters}>{t.breakGlass}</Button>
          </form>
        </Section>
      )}
    </Page>
  );
}
