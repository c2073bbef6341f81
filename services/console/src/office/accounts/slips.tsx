// The slips that are handed out, two a row on A4, cut along the dashes.

import { Button, Modal } from "antd";
import { useEffect } from "react";
import { createPortal } from "react-dom";
import type { AccountSlip } from "../../gen/tonghu/access/v1/account_service_pb.ts";
import { text } from "../../shared/text.ts";
import { accounts as t } from "./text.ts";

export function Slips({ slips, close }: { slips: AccountSlip[]; close: () => void }) {
  useEffect(() => {
    document.body.classList.add("prints-sheet");
    return () => document.body.classList.remove("prints-sheet");
  }, []);
  const sheet = (
    <div className="slips">
      {slips.map((slip) => (
        <section key={slip.account} className="slip">
          <h3>{text.product}　{slip.displayName}</h3>
          <p>{t.slip.login}　<code>{slip.login}</code></p>
          <p>{t.slip.password}　<code>{slip.firstPassword}</code></p>
          <p className="quiet">{window.location.origin}　{t.slip.help}</p>
        </section>
      ))}
    </div>
  );
  return (
    <>
      <Modal
        open
        width={760}
        title={t.slips}
        closable={false}
        mask={{ closable: false }}
        keyboard={false}
        footer={<><Button onClick={close}>{t.slipsClose}</Button> <Button type="primary" onClick={() => window.print()}>{t.slipsPrint}</Button></>}
      >
        <p>{t.slipsHelp}</p>
        {sheet}
      </Modal>
      {createPortal(<div className="print-sheet">{sheet}</div>, document.body)}
    </>
  );
}
