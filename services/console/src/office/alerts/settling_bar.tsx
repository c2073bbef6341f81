// What is about to be settled, on whatever page one is, with the way back.

import { App, Button } from "antd";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { countyOf, idOf } from "../../shared/names.ts";
import { onSettled, undo, useSettling } from "./deferred.ts";
import { alerts as t } from "./text.ts";

export function SettlingBar() {
  const settling = useSettling();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const [, tick] = useState(0);
  useEffect(() => onSettled((kind, said) => void message[kind](said, 6)), [message]);
  useEffect(() => {
    if (settling.length === 0) return;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [settling.length]);
  if (settling.length === 0) return null;
  return (
    <div className="settling no-print" role="status">
      {settling.map(({ name, what, at, timer }) => (
        <div key={name}>
          <span>{what}　{t.settling(Math.max(0, Math.ceil((at - performance.now()) / 1000)))}</span>
          <Button
            size="small"
            disabled={timer === undefined}
            onClick={() => {
              undo(name);
              navigate(`/${countyOf(name)}/alerts/${idOf(name)}?settle=1`);
            }}
          >
            {t.undo}
          </Button>
        </div>
      ))}
    </div>
  );
}
