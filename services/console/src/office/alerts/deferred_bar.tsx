// What is about to be taken up or settled, on whatever page one is, with the way back; and then how it went.

import { App, Button } from "antd";
import { useEffect, useState } from "react";
import { Link, useNavigate } from "react-router";
import { countyOf, idOf } from "../../shared/names.ts";
import { onOutcome, undo, useDeferred, type Deferred, type Outcome } from "./deferred.ts";
import { alerts as t } from "./text.ts";

const addressOf = (name: string) => `/${countyOf(name)}/alerts/${idOf(name)}`;

export function DeferredBar() {
  const deferred = useDeferred();
  const { message, modal } = App.useApp();
  const [, tick] = useState(0);
  useEffect(() => onOutcome(({ of, said, refused }) => {
    if (refused.length === 0) void message.success(said);
    else if (of === 1) void message.error(`${refused[0]!.what}：${refused[0]!.why}`, 6);
    else modal.warning({ title: said, content: <Refused refused={refused} /> });
  }), [message, modal]);
  useEffect(() => {
    if (deferred.length === 0) return;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [deferred.length]);
  if (deferred.length === 0) return null;
  return (
    <div className="deferred no-print" role="status">
      {deferred.map((one) => <One key={one.alerts[0]!.name} deferred={one} />)}
    </div>
  );
}

function One({ deferred }: { deferred: Deferred }) {
  const navigate = useNavigate();
  const { kind, alerts, at, timer, answered } = deferred;
  const seconds = Math.max(0, Math.ceil((at - performance.now()) / 1000));
  const what = alerts.length === 1 ? alerts[0]!.what : t.many(alerts.length);
  return (
    <div>
      <span>{what}　{timer === undefined ? t.sending(answered, alerts.length) : kind === "settle" ? t.settling(seconds) : t.takingUp(seconds)}</span>
      <Button
        size="small"
        disabled={timer === undefined}
        onClick={() => {
          undo(deferred);
          if (kind === "settle") navigate(`${addressOf(alerts[0]!.name)}?settle=1`);
        }}
      >
        {t.undo}
      </Button>
    </div>
  );
}

function Refused({ refused }: { refused: Outcome["refused"] }) {
  return (
    <>
      <p>{t.batchFailed}</p>
      <ul>{refused.map(({ name, what, why }) => <li key={name}>{what} <Link to={addressOf(name)}>{idOf(name).slice(-6)}</Link>：{why}</li>)}</ul>
    </>
  );
}
