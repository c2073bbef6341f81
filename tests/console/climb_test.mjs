// An alert that is taken up and settled while it climbs, under an open page. The stack runs on a virtual clock.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, openPage } from "./browser.mjs";
import { childrenInOrder, county, firstSignIn, loadRosters, makeAccount, officer, stack } from "./stack.mjs";

let browser, page, child;

before(async () => {
  loadRosters();
  [child] = childrenInOrder();
  browser = await openBrowser();
  page = await openPage(browser);
  await page.context().addInitScript(withoutRefresh);
  await firstSignIn(page, makeAccount(officer));
});
after(() => browser?.close());

/** Run in the pages before their scripts: what the pages would ask anew every half minute never comes about. Only the stream brings a change. */
function withoutRefresh() {
  for (const name of ["setTimeout", "setInterval"]) {
    const real = window[name].bind(window);
    window[name] = (callback, delay = 0, ...rest) => (delay >= 20_000 ? 0 : real(callback, delay, ...rest));
  }
}
const pass = (time) => stack.ctl("clock", "advance", time);
const ladder = () => page.locator(".ant-steps-item-process");
const told = (level) => page.locator(".ant-timeline-item", { hasText: `通知${level}` });
const alert = () => stack.ctl("alerts", "list", "--county", county).alerts[0];

test("an alert climbs under the open page, is taken up, climbs on when it is not settled in time, and is settled", async () => {
  stack.ctl("emergency", "report", "--county", county, "--child", child.name, "--kind", "走失", "--description", "晚自习后未回家");
  await page.goto(`/${county}/alerts`);
  const row = page.locator("tbody tr", { hasText: child.displayName });
  await row.getByText("县级").waitFor();
  const inbox = await page.context().newPage();
  await inbox.goto(`/${county}/alerts`);
  const inInbox = (text) => inbox.locator("tbody tr", { hasText: child.displayName }).getByText(text).first().waitFor();
  await inInbox(/^县级/);
  await row.locator("a.strong").click();
  await ladder().getByText("班主任、校长、乡镇督导员、县级").waitFor();
  await page.getByText(/14分\d\d秒后升级|15分00秒后升级/).first().waitFor();
  assert.equal(await told("省级").count(), 0);
  // A quarter of an hour passes and nobody has answered: the province is told, and the page shows it by itself.
  pass("16m");
  await ladder().getByText("省级").waitFor();
  await told("省级").first().waitFor();
  await inInbox(/^省级/);
  await page.getByRole("button", { name: "接警" }).click();
  await page.getByText("已响应").first().waitFor();
  await inInbox("已响应");
  await page.getByText(/2[34]小时\d\d分后未办结将升级/).first().waitFor();
  const steps = await told("省级").count();
  // Taken up and forgotten: after a day it climbs on.
  pass("25h");
  await page.waitForFunction((before) =>
    [...document.querySelectorAll(".ant-timeline-item")].filter((item) => item.textContent.includes("通知省级")).length > before, steps);
  await page.getByRole("button", { name: "办结" }).click();
  await page.getByLabel("写明查到的情况和已采取的措施").fill("在外婆家找到，已平安到家");
  await page.getByRole("form", { name: "办结预警" }).getByRole("button", { name: "办结" }).click();
  await page.getByRole("heading", { name: "办结情况" }).waitFor();
  await page.locator(".ant-steps-item-process").waitFor({ state: "detached" });
  assert.equal(alert().state, "ALERT_STATE_RESOLVED");
  const entries = alert().entries.length;
  pass("48h");
  assert.equal(alert().entries.length, entries, "what is settled climbs no more");
});
