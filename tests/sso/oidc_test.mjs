// Single sign-on by OpenID Connect, in a browser: nginx, Apache with mod_auth_openidc, the gateway's socket, access; and
// npm's oidc-provider as the province's identity provider.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { after, before, test } from "node:test";
import { assertGood, openBrowser, openPage, until } from "../console/browser.mjs";
import { county, loadRosters, makeAccount, officer, stack, teacher } from "../console/stack.mjs";
import { openFront } from "./front.mjs";
import { openOidc } from "./provider.mjs";

let browser, provider, front, account, other;
const idOf = (name) => name.slice(name.lastIndexOf("/") + 1);
const ctl = (verb, who, ...more) => stack.ctl("account", verb, idOf(who.account), "--county", county, ...more);

before(async () => {
  loadRosters();
  account = makeAccount(officer);
  other = makeAccount(teacher);
  provider = await openOidc();
  front = await openFront({
    apache: "tonghu-oidc.conf",
    modules: ["auth_openidc"],
    values: (address) => [["https://sso.example.gov.cn", provider.issuer], ["replace-me", provider.secret],
      ["https://tonghu.example.gov.cn", address]],
    sso: (address) => ({ issuer: provider.issuer, sign_out: `${provider.issuer}/session/end?client_id=tonghu&post_logout_redirect_uri=${encodeURIComponent(`${address}/`)}` }),
  });
  provider.serve(front.address);
  ctl("bind", account, "--issuer", provider.issuer, "--subject", "zhangsan");
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await front?.close();
  await provider?.close();
});

const fresh = () => openPage(browser, { baseURL: front.address, ignoreHTTPSErrors: true });

/** At the provider: signs in, and agrees that Tonghu learns who it is. */
async function atProvider(page, login) {
  await page.waitForURL(`${provider.issuer}/**`);
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("anything");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

async function signIn(page, login, path = "/") {
  await page.goto(path);
  await page.getByRole("button", { name: "统一身份认证登录" }).click();
  await atProvider(page, login);
}

/** What access says of the browser's session. */
const session = (page) => page.request.post("/tonghu.access.v1.SessionService/GetSession", { data: {} }).then((answer) => answer.json());

test("somebody signs in at the provider and comes back to the page that was wanted, signed in", async () => {
  const page = await fresh();
  await page.goto(`/${county}/figures`);
  await page.getByRole("button", { name: "统一身份认证登录" }).waitFor();
  await assertGood(page, "sso-sign-in");
  await page.getByRole("button", { name: "统一身份认证登录" }).click();
  await atProvider(page, "zhangsan");
  await page.getByRole("navigation").first().waitFor();
  assert.equal(new URL(page.url()).pathname, `/${county}/figures`);
  const mine = await session(page);
  assert.equal(mine.account, account.account);
  assert.equal(mine.state, "SESSION_STATE_ACTIVE");
  assert.equal(mine.signInMethod, "SIGN_IN_METHOD_FEDERATED");
  assert.equal(mine.address, "127.0.0.1");
  const cookie = (await page.context().cookies(front.address)).find(({ name }) => name === "tonghu_session");
  assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === "Strict");
  const [listed] = ctl("sessions", account).sessions;
  assert.equal(listed.signInMethod, "SIGN_IN_METHOD_FEDERATED");
  await page.context().close();
});

test("after signing out the provider asks anew", async () => {
  const page = await fresh();
  await signIn(page, "zhangsan");
  await page.getByRole("navigation").waitFor();
  // Apache's own session ended with the handover.
  assert.deepEqual((await page.context().cookies()).filter(({ name }) => name.startsWith("mod_auth_openidc_session")), []);
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await page.waitForURL(`${front.address}/`);
  await page.getByRole("button", { name: "统一身份认证登录" }).click();
  await page.locator("input[name=login]").waitFor();
  assert.ok(page.url().startsWith(provider.issuer));
  await page.context().close();
});

test("who is bound to no account reads what to do", async () => {
  const page = await fresh();
  await signIn(page, "lisi");
  await page.getByRole("alert").getByText("请联系系统管理员绑定").waitFor();
  await page.getByText("lisi").waitFor();
  await assertGood(page, "sso-unbound");
  assert.equal((await page.context().cookies(front.address)).some(({ name }) => name === "tonghu_session"), false);
  await page.context().close();
});

test("a session that ends under a form begins anew in a tab beside it, and what was typed is still there", async () => {
  const page = await fresh();
  const child = stack.ctl("child", "list", "--county", county, "--limit", "1").children[0];
  await signIn(page, "zhangsan", `/${county}/children/${idOf(child.name)}`);
  await page.getByRole("button", { name: "修改档案" }).click();
  await page.getByLabel("监护人 电话").fill("15400007777");
  ctl("sign-out", account);
  // The gateway keeps an identity for some seconds.
  await until(page, (parent) => fetch("/tonghu.registry.v1.ChildService/ListChildren", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ parent }),
  }).then(({ status }) => status === 401), `counties/${county}`);
  await page.locator("button[form=child-form]").dispatchEvent("click");
  await page.getByText("已填写的内容不会丢失").waitFor();
  await assertGood(page, "sso-sign-in-beside");
  const beside = page.context().waitForEvent("page");
  await page.getByRole("button", { name: "统一身份认证登录" }).click();
  // The provider still knows who it is, so that the tab comes back and closes by itself.
  const tab = await beside;
  if (!tab.isClosed()) await tab.waitForEvent("close");
  await page.getByRole("navigation").waitFor();
  assert.equal(await page.getByLabel("监护人 电话").inputValue(), "15400007777");
  assert.equal((await session(page)).signInMethod, "SIGN_IN_METHOD_FEDERATED");
  await page.context().close();
});

test("a disabled account stays outside, and one that is unbound is out at once", async () => {
  ctl("bind", other, "--issuer", provider.issuer, "--subject", "wangwu");
  const page = await fresh();
  await signIn(page, "wangwu", "/m/");
  await page.getByRole("navigation").waitFor();
  assert.match(page.url(), /\/m\//);
  ctl("unbind", other);
  assert.equal((await session(page)).code, "unauthenticated");
  ctl("bind", other, "--issuer", provider.issuer, "--subject", "wangwu");
  ctl("disable", other);
  await page.goto("/");
  await page.getByRole("button", { name: "统一身份认证登录" }).click();
  await page.getByRole("alert").getByText("账号已停用").waitFor();
  ctl("enable", other);
  await page.context().close();
});

test("who a header says to be counts on no public way", async () => {
  const page = await fresh();
  const forged = { "Tonghu-Sso-Subject": "zhangsan", Cookie: "tonghu_sso=0123456789abcdef" };
  const address = "/sso?state=0123456789abcdef";
  // Through nginx: to Apache, which asks the provider.
  const asked = await page.request.get(`${front.address}${address}`, { headers: forged, maxRedirects: 0 });
  assert.equal(asked.status(), 302);
  assert.ok(asked.headers().location.startsWith(`${provider.issuer}/auth`));
  // At Apache itself, and at the gateway's own listener, where the path is one of the pages.
  const atApache = await page.request.get(`http://127.0.0.1:${front.apachePort}${address}`, { headers: forged, maxRedirects: 0 });
  assert.notEqual(atApache.status(), 303);
  const atGateway = await page.request.get(`http://127.0.0.1:${front.http}${address}`, { headers: forged, maxRedirects: 0 });
  for (const answer of [asked, atApache, atGateway]) assert.doesNotMatch(answer.headers()["set-cookie"] ?? "", /tonghu_session=/);
  const call = await page.request.post(`${front.address}/tonghu.access.v1.SessionService/GetSession`, { headers: forged, data: {} });
  assert.equal(call.status(), 401);
  // Who has signed in as somebody is that, whatever the header says.
  await page.route("**/sso?**", (route) => route.continue({ headers: { ...route.request().headers(), "tonghu-sso-subject": "zhangsan" } }));
  await signIn(page, "lisi");
  await page.getByText("lisi").waitFor();
  assert.equal(statSync(front.socket).mode & 0o777, 0o660);
  await page.context().close();
});

test("a link of somebody else's signs nobody in", async () => {
  const page = await fresh();
  await page.goto("/sso?state=0123456789abcdef");
  await atProvider(page, "zhangsan");
  await page.getByRole("alert").getByText("登录须从本系统登录页面开始").waitFor();
  assert.equal((await session(page)).code, "unauthenticated");
  await page.context().close();
});

test("the way back leads to no other site", async () => {
  const page = await fresh();
  await page.goto("/");
  await page.evaluate(() => { document.cookie = "tonghu_sso=0123456789abcdef; Path=/sso; SameSite=Lax; Secure"; });
  await page.goto(`/sso?state=0123456789abcdef&return=${encodeURIComponent("//evil.test/")}`);
  await atProvider(page, "zhangsan");
  await page.getByRole("navigation").waitFor();
  assert.equal(new URL(page.url()).origin, front.address);
  await page.context().close();
});
