// The pages for offices.

import { StyleProvider, legacyLogicalPropertiesTransformer } from "@ant-design/cssinjs";
import { TransportProvider } from "@connectrpc/connect-query";
import { QueryClientProvider } from "@tanstack/react-query";
import { App, ConfigProvider } from "antd";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { SessionProvider } from "../shared/session.tsx";
import { SignedInBeside } from "../shared/sign_in.tsx";
import { isSsoBeside } from "../shared/sso.ts";
import { transport } from "../shared/transport.ts";
import { forgetDeferred } from "./alerts/deferred.ts";
import { Office } from "./office.tsx";
import "./office.css";
import { queries } from "./queries.ts";
import { theme } from "./theme.ts";

dayjs.locale("zh-cn");

// The policy lets styles in that carry the nonce of the page.
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
// Some of antd's parts make style elements without asking for the nonce (the measuring of scroll bars).
const createElement = document.createElement.bind(document);
document.createElement = (name: string, options?: ElementCreationOptions) => {
  const element = createElement(name, options);
  if (name === "style") element.nonce = nonce;
  return element;
};

// Dialogues and lists that open lie here, so that they are hidden with the page when its session is over: else they would
// take the focus from the sign-in.
const layers = document.getElementById("layers")!;

/** Nothing of the last person stays: answers, drafts, what waits to be sent. */
function forget() {
  forgetDeferred();
  queries.clear();
  sessionStorage.clear();
}

createRoot(document.getElementById("root")!).render(isSsoBeside() ? <SignedInBeside /> : (
  <StrictMode>
    <StyleProvider hashPriority="high" transformers={[legacyLogicalPropertiesTransformer]}>
      <ConfigProvider locale={zhCN} theme={theme} csp={{ nonce }} getPopupContainer={() => layers} button={{ autoInsertSpace: false }}>
        {/* Around App too: its messages and questions hold links. */}
        <BrowserRouter>
          <App>
            <TransportProvider transport={transport}>
              <QueryClientProvider client={queries}>
                <SessionProvider forget={forget}>
                  <Office layers={layers} />
                </SessionProvider>
              </QueryClientProvider>
            </TransportProvider>
          </App>
        </BrowserRouter>
      </ConfigProvider>
    </StyleProvider>
  </StrictMode>
));
