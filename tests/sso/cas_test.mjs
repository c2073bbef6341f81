// Single sign-on by CAS, in a browser: nginx, Apache with mod_auth_cas, the gateway's socket, access; and a CAS server of the
// test's own.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { openBrowser, openPage } from "../console/browser.mjs";
import { county, loadRosters, makeAccount, officer, stack } from "../console/stack.mjs";
import { openFront } from "./front.mjs";
import { openCas } from "./provider.mjs";

let browser, cas, front, account;

before(async () => {
  loadRosters();
  account = makeAccount(officer);
  cas = await openCas();
  front = await openFront({
    apache: "tonghu-cas.conf",
    modules: ["auth_cas"],
    values: (address, folder) => {
      mkdirSync(`${folder}/cas`);
      chmodSync(`${folder}/cas`, 0o770);
      return [["https://cas.example.gov.cn", cas.address], ["https://tonghu.example.gov.cn", address], ["/var/cache/apache2/mod_auth_cas/", `${folder}/cas/`]];
    },
    sso: (address) => ({ issuer: "cas", sign_out: `${cas.address}/cas/logout?service=${encodeURIComponent(`${address}/`)}` }),
  });
  stack.ctl("account", "bind", account.account.slice(account.account.lastIndexOf("/") + 1), "--county", county, "--issuer", "cas", "--subject", "zhangsan");
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await front?.close();
  await cas?.close();
});

async function signIn(login) {
  const page = await openPage(browser, { baseURL: front.address, ignoreHTTPSErrors: true });
  await page.goto("/");
  await page.getByRole("button", { name: "统一身份认证登录" }).click();
  await page.getByLabel("login").fill(login);
  await page.getByRole("button", { name: "Sign-in" }).click();
  return page;
}

test("somebody signs in at the CAS server and is signed in; after signing out the server asks anew", async () => {
  const page = await signIn("zhangsan");
  await page.getByRole("navigation").waitFor();
  // Apache's own session ended with the handover.
  assert.deepEqual((await page.context().cookies()).filter(({ name }) => name.startsWith("MOD_AUTH_CAS")), []);
  const [listed] = stack.ctl("account", "sessions", account.account.slice(account.account.lastIndexOf("/") + 1), "--county", county).sessions;
  assert.equal(listed.signInMethod, "SIGN_IN_METHOD_FEDERATED");
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.waitForURL(`${front.address}/`);
  await page.getByRole("button", { name: "统一身份认证登录" }).click();
  await page.getByLabel("login").waitFor();
  await page.context().close();
});

test("who is bound to no account reads what to do", async () => {
  const page = await signIn("lisi");
  await page.getByRole("alert").getByText("请联系系统管理员绑定").waitFor();
  await page.getByText("lisi").waitFor();
});

test("a ticket of somebody else's in a link signs nobody in", async () => {
  const page = await openPage(browser, { baseURL: front.address, ignoreHTTPSErrors: true });
  // The attacker's own ticket for the address of the link.
  const service = `${front.address}/sso?state=0123456789abcdef`;
  const entered = await page.request.post(`${cas.address}/cas/login?service=${encodeURIComponent(service)}`, { form: { login: "zhangsan" }, maxRedirects: 0 });
  await page.goto(entered.headers().location);
  await page.getByRole("alert").getByText("登录须从本系统登录页面开始").waitFor();
});
