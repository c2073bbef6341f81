// What happens under an office's open pages: many tabs, and parts of the platform that go away and come back.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { openBrowser, openPage, until } from "./browser.mjs";
import { childrenInOrder, codeFor, county, firstSignIn, loadRosters, makeAccount, officer, stack } from "./stack.mjs";

let browser, page, account, children;

before(async () => {
  loadRosters();
  children = childrenInOrder();
  browser = await openBrowser();
  page = await openPage(browser);
  account = await firstSignIn(page, makeAccount(officer));
});
after(() => browser?.close());

const report = (child, what) =>
  stack.ctl("emergency", "report", "--county", county, "--child", child.name, "--kind", "欺凌", "--description", what);
const row = (tab, child) => tab.locator("tbody tr", { hasText: child.displayName });
const open = (path) => page.goto(`/${county}/${path}`);
const notLive = (tab) => tab.getByText("实时连接已断开", { exact: false });
/** A new alert is listed, or waits behind the button. */
const hears = (tab, child) => tab.getByRole("button", { name: /有 \d+ 条新预警/ }).or(row(tab, child)).first().waitFor();

/** Waits until the gateway answers the page's questions with a status of `least` to `most`. */
const answers = (tab, least, most) => until(tab, async ([parent, from, to]) => {
  const { status } = await fetch("/tonghu.alerts.v1.AlertService/ListAlerts", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ parent, pageSize: 1 }),
  });
  return status >= from && status <= to;
}, [`counties/${county}`, least, most]);

test("eight tabs work, though a browser opens six connections: they share one stream", async () => {
  await open("alerts");
  const tabs = [page];
  while (tabs.length < 8) tabs.push(await page.context().newPage());
  for (const tab of tabs) await tab.goto(`/${county}/alerts`);
  for (const tab of tabs) await tab.getByText("没有未办结的预警", { exact: false }).first().waitFor();
  report(children[0], "同学反映其被人拦路索要零花钱");
  for (const tab of tabs) await hears(tab, children[0]);
  // Each tab can still ask: the last one shows the alert and takes it up, the first one hears of that.
  const last = tabs.at(-1);
  for (const tab of [page, last]) {
    await tab.reload();
    await row(tab, children[0]).waitFor();
  }
  await row(last, children[0]).getByRole("button", { name: "接警" }).click();
  await row(last, children[0]).getByText("已响应").waitFor();
  await row(page, children[0]).getByText("已响应").waitFor();
  const { held, pending } = await page.evaluate(() => navigator.locks.query());
  const streams = (locks) => locks.filter(({ name }) => name.startsWith("tonghu-alerts")).length;
  assert.deepEqual([streams(held), streams(pending)], [1, 7]);
  // The tab with the stream is closed: another one takes over.
  await tabs.shift().close();
  page = tabs[0];
  report(children[1], "放学后未到家");
  for (const tab of tabs) await hears(tab, children[1]);
  for (const tab of tabs.slice(1)) await tab.close();
});

test("the gateway is killed under an open page: the page says so, and comes back", async () => {
  await open("alerts");
  await row(page, children[0]).waitFor();
  stack.command("kill", "gateway-1");
  await notLive(page).waitFor();
  await row(page, children[0]).waitFor(); // what was shown stays
  stack.command("start", "gateway-1");
  await notLive(page).waitFor({ state: "detached" });
  report(children[2], "意外受伤");
  await hears(page, children[2]);
});

test("access is killed under an open page: what is pressed meanwhile is refused with a reason, and pressed again it works", async () => {
  await open("alerts");
  const takeUp = row(page, children[1]).getByRole("button", { name: "接警" });
  await takeUp.waitFor();
  stack.command("kill", "access-1");
  // An identity that was given before is good for some seconds more.
  await answers(page, 500, 599);
  await takeUp.click();
  // In the words about this alert, not only in the banner of the live stream.
  await page.locator(".ant-message").getByText(/：.*(暂时|连不上|稍后)/).first().waitFor();
  await row(page, children[1]).getByText("待响应").waitFor();
  stack.command("start", "access-1");
  await answers(page, 200, 200);
  await takeUp.click();
  await row(page, children[1]).getByText("已响应").waitFor();
});

test("Redis loses every session: the page asks for sign-in, stays where it was, and loses nothing that was written", async () => {
  await open("alerts");
  await row(page, children[0]).locator("a.strong").click();
  await page.getByRole("button", { name: "办结" }).click();
  const words = page.getByLabel("写明查到的情况和已采取的措施");
  await words.fill("已到校核实，双方家长到场");
  const address = page.url();
  execFileSync("redis-cli", ["-s", stack.endpoints.redis, "FLUSHALL"]);
  await page.getByLabel("密码").waitFor({ timeout: 120_000 });
  assert.equal(await page.getByText("同学反映其被人拦路索要零花钱").isVisible(), false);
  await page.getByLabel("账号").fill(account.login);
  await page.getByLabel("密码").fill(account.password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByLabel("验证码").fill(codeFor(account));
  await page.getByRole("button", { name: "验证" }).click();
  await words.waitFor();
  assert.equal(page.url(), address);
  assert.equal(await words.inputValue(), "已到校核实，双方家长到场");
  await page.getByRole("form", { name: "办结预警" }).getByRole("button", { name: "办结" }).click();
  await page.getByRole("heading", { name: "办结情况" }).waitFor();
});
