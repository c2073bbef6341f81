// What an officer does, in a browser, on the real stack.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertGood, openBrowser, openPage } from "./browser.mjs";
import { childrenInOrder, codeFor, county, firstSignIn, loadRosters, makeAccount, officer, signIn, stack, teacher } from "./stack.mjs";

let browser, page, account, children;

before(async () => {
  loadRosters();
  children = childrenInOrder();
  browser = await openBrowser();
  page = await openPage(browser);
  account = makeAccount(officer);
});
after(() => browser?.close());

const report = (child, what) =>
  stack.ctl("emergency", "report", "--county", county, "--child", child.name, "--kind", "欺凌", "--description", what);
const row = (name) => page.locator("tbody tr", { hasText: name });
const open = (path) => page.goto(`/${county}/${path}`);

test("an officer signs in with a new password and a phone, and lands in the alerts of the county", async () => {
  await page.goto("/");
  await assertGood(page, "sign-in");
  account = await firstSignIn(page, account);
  await page.getByRole("heading", { name: "预警" }).waitFor();
  assert.match(page.url(), new RegExp(`/${county}/alerts`));
  await page.getByText("没有未办结的预警", { exact: false }).first().waitFor();
  await assertGood(page, "alerts-empty");
});

test("an alert appears while the page is open, is taken up and settled; both can be undone for a moment", async () => {
  const [child] = children;
  report(child, "同学反映其被人拦路索要零花钱");
  await page.getByRole("button", { name: /有 1 条新预警/ }).click();
  await row(child.displayName).getByText("待响应").waitFor();
  await assertGood(page, "alerts");
  await row(child.displayName).getByRole("button", { name: "接警" }).click();
  await page.getByText("秒后接警", { exact: false }).waitFor();
  await page.getByRole("button", { name: "撤销" }).click();
  assert.equal(stack.ctl("alerts", "list", "--county", county).alerts[0].state, "ALERT_STATE_OPEN");
  await row(child.displayName).getByRole("button", { name: "接警" }).click();
  await row(child.displayName).getByText("已响应").waitFor();
  await row(child.displayName).getByRole("link", { name: "办结" }).click();
  await page.getByLabel("写明查到的情况和已采取的措施").fill("已到校核实，双方家长到场");
  await assertGood(page, "alert");
  await page.getByRole("form", { name: "办结预警" }).getByRole("button", { name: "办结" }).click();
  await page.getByRole("button", { name: "撤销" }).click();
  const words = page.getByLabel("写明查到的情况和已采取的措施");
  await words.waitFor();
  assert.equal(await words.inputValue(), "已到校核实，双方家长到场");
  assert.notEqual(stack.ctl("alerts", "list", "--county", county).alerts[0].state, "ALERT_STATE_RESOLVED");
  await page.getByRole("form", { name: "办结预警" }).getByRole("button", { name: "办结" }).click();
  await page.getByRole("heading", { name: "办结情况" }).waitFor();
  const [alert] = stack.ctl("alerts", "list", "--county", county).alerts;
  assert.equal(alert.state, "ALERT_STATE_RESOLVED");
  assert.equal(alert.resolution, "已到校核实，双方家长到场");
});

test("many alerts are taken up at once, and the answer says of how many", async () => {
  await open("alerts");
  for (const child of children.slice(1, 4)) report(child, "放学后未到家");
  await page.reload();
  for (const child of children.slice(1, 4)) await row(child.displayName).waitFor();
  // Somebody else is faster with one of them.
  await page.locator("thead").getByRole("checkbox").check();
  const [first] = stack.ctl("alerts", "list", "--county", county, "--child", children[1].name).alerts;
  stack.ctl("alerts", "ack", first.name, "--county", county, "--by", "52032400002");
  await page.getByRole("button", { name: "接警所选 3 条" }).click();
  await page.locator(".ant-modal-confirm-title", { hasText: "已接警 2 条，共选 3 条" }).waitFor();
  await assertGood(page, "alerts-batch");
});

test("filters live in the address and are there again after Back", async () => {
  await open("alerts");
  await page.getByText("我承办的").click();
  await page.waitForURL(/scope=mine/);
  await page.locator("tbody a.strong").first().click();
  await page.getByRole("heading", { name: "办理记录" }).waitFor();
  await page.goBack();
  await page.waitForURL(/scope=mine/);
  assert.equal(await page.getByRole("radio", { name: "我承办的" }).isChecked(), true);
});

test("a faulty roster is refused row by row and nothing is stored; corrected, it is imported", async () => {
  const roster = readFileSync(fileURLToPath(new URL(`../../deploy/demo/rosters/children-${county}.csv`, import.meta.url)), "utf8").split("\n");
  const cells = roster[1].split(",");
  cells[0] = "丁小雨";
  cells[3] = "";
  const good = [roster[0], cells.join(",")].join("\n");
  const bad = [roster[0], cells.with(7, "高").join(",")].join("\n");
  const folder = mkdtempSync(join(tmpdir(), "tonghu-roster-"));
  writeFileSync(join(folder, "bad.csv"), bad);
  writeFileSync(join(folder, "good.csv"), good);
  await open("roster");
  await page.locator("input[type=file]").setInputFiles(join(folder, "bad.csv"));
  await page.getByRole("button", { name: "检查" }).click();
  await page.getByText("共 1 行，有 1 处错误", { exact: false }).waitFor();
  await assertGood(page, "roster");
  await page.locator("input[type=file]").setInputFiles(join(folder, "good.csv"));
  await page.getByRole("button", { name: "检查" }).click();
  await page.getByRole("button", { name: "导入 1 行" }).click();
  // The check said the same of what would be.
  await page.getByRole("status").filter({ hasText: "已导入" }).getByText("新增 1 条", { exact: false }).waitFor();
  assert.equal(stack.ctl("child", "find", "丁小雨", "--county", county).children.length, 1);
});

test("a roster longer than any one message is imported whole; one of more than 64 MB is not sent", async () => {
  const lines = readFileSync(fileURLToPath(new URL(`../../deploy/demo/rosters/children-${county}.csv`, import.meta.url)), "utf8").split("\n");
  const [head, first] = [lines[0], lines[1].split(",")];
  // Names of a class that are all different; each row has a long running number, so that a few hundred make 6 MB.
  const letters = [..."甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"];
  const names = letters.flatMap((one) => letters.map((other) => `秦${one}${other}`));
  const rows = names.map((name, i) => [name, ...first.slice(1, 3), "", ...first.slice(4), i < 20 ? i : "9".repeat(16_000)].join(","));
  const folder = mkdtempSync(join(tmpdir(), "tonghu-roster-"));
  const path = join(folder, "long.csv");
  writeFileSync(path, [`${head},序号`, ...rows].join("\n"));
  assert.ok(statSync(path).size > 5 * 1024 * 1024);
  await open("roster");
  await page.locator("input[type=file]").setInputFiles(path);
  await page.getByRole("button", { name: "检查" }).click();
  await page.getByRole("button", { name: `导入 ${names.length} 行` }).click();
  const done = page.getByRole("status").filter({ hasText: "已导入" });
  await done.getByText(`新增 ${names.length} 条`, { exact: false }).waitFor();
  assert.equal(stack.ctl("child", "find", names.at(-1), "--county", county).children.length, 1);
  truncateSync(path, 64 * 1024 * 1024 + 1);
  await page.locator("input[type=file]").setInputFiles(path);
  await page.getByText("文件超过 64 MB", { exact: false }).waitFor();
});

const pages = ["children", "duties", "duties?view=missed", "pairings", "schools", "schools/2152990001", "figures", "people", "people?tab=staff", "roster", "policies", "policies?kind=duties", "me"];
test("every page of an officer's menu opens, keeps to WCAG AA and to the security policy", async () => {
  await open("children");
  await page.locator("tbody a.strong").first().click();
  await page.getByRole("heading", { name: "时间线" }).waitFor();
  await page.waitForLoadState("networkidle");
  await assertGood(page, "child");
  for (const path of pages) {
    await open(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await assertGood(page, path.replace(/\W/g, "-"));
  }
});

test("the clock of the PC may be wrong by a day", async () => {
  const other = await openPage(browser);
  await other.clock.install({ time: Date.now() - 86_400_000 });
  await signIn(other, account);
  report(children[5], "与家人失去联系");
  await other.clock.runFor(3000);
  await other.reload();
  await other.locator("tbody tr", { hasText: children[5].displayName }).waitFor();
  assert.match(await other.locator("tbody tr", { hasText: children[5].displayName }).textContent(), /[0-5]\d?分/);
  await other.context().close();
});

test("a service that is killed under an open page is said to be away, and comes back", async () => {
  await open("alerts");
  await page.locator("tbody tr").first().waitFor();
  stack.command("kill", "alerts-1");
  await page.getByText("实时连接已断开", { exact: false }).waitFor();
  stack.command("start", "alerts-1");
  await page.getByText("实时连接已断开", { exact: false }).waitFor({ state: "detached", timeout: 120_000 });
  report(children[6], "意外受伤");
  await page.getByRole("button", { name: /有 \d 条新预警/ }).waitFor();
});

test("two tabs share one stream, and both see a new alert", async () => {
  const tab = await page.context().newPage();
  await tab.goto(`/${county}/alerts`);
  await open("alerts");
  await tab.locator("tbody tr").first().waitFor();
  report(children[7], "被狗咬伤");
  // A list that was asked for later has the alert; an earlier one hears of it.
  for (const one of [tab, page])
    await one.getByRole("button", { name: /有 \d 条新预警/ }).or(one.locator("tbody tr", { hasText: children[7].displayName })).first().waitFor();
  const streams = await Promise.all([tab, page].map((one) => one.evaluate(() =>
    performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/WatchAlerts")).length)));
  const locks = await page.evaluate(async () => (await navigator.locks.query()).held.filter(({ name }) => name.startsWith("tonghu-alerts")).length);
  assert.equal(locks, 1, `one tab holds the stream (${streams})`);
  await tab.close();
});

test("somebody without right but with need breaks the glass, and the county office sees it at once", async () => {
  const other = await openPage(browser);
  await firstSignIn(other, makeAccount(teacher));
  const stranger = children.find(({ grade }) => grade !== 2);
  await other.goto(`/${county}/children/${stranger.name.split("/").pop()}`);
  await other.getByText("不在您的管理范围内").waitFor();
  await assertGood(other, "glass");
  await other.getByLabel("理由").fill("班主任联系不上，孩子在我家中发高烧，需联系其父母");
  await other.getByRole("button", { name: "紧急查阅" }).click();
  await other.getByRole("heading", { name: stranger.displayName }).waitFor();
  await open("alerts");
  await page.locator("tbody tr", { hasText: "紧急查阅" }).first().waitFor();
  await other.context().close();
});

/** Waits until the gateway lets `page` in no more: an identity that was given before is good for some seconds. */
const shutOut = (page) => page.evaluate(async (parent) => {
  for (;;) {
    const answer = await fetch("/tonghu.alerts.v1.AlertService/ListAlerts", {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ parent }),
    });
    if (answer.status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}, `counties/${county}`);

/** Signs in again where the page stands. What `meanwhile` does happens before the code is typed. */
async function signInAgain(page, account, meanwhile = async () => {}) {
  await page.getByLabel("账号").fill(account.login);
  await page.getByLabel("密码").fill(account.password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByLabel("验证码").waitFor();
  await meanwhile();
  await page.getByLabel("验证码").fill(codeFor(account));
  await page.getByRole("button", { name: "验证" }).click();
  await page.getByRole("navigation").waitFor();
}

test("a session that is ended elsewhere asks for sign-in, and what was typed is still there", async () => {
  const other = await openPage(browser);
  await signIn(other, account);
  await other.goto(`/${county}/alerts`);
  await other.locator("tbody a.strong").first().click();
  await other.getByLabel("写备注").fill("已电话联系外婆");
  await page.goto(`/${county}/me`);
  // The one used last stands first.
  await page.getByRole("row", { name: /^(?!.*本机).*退出/ }).first().getByRole("button", { name: "退出" }).click();
  await page.getByText("已退出").first().waitFor();
  await shutOut(other);
  await other.locator("form.note button").dispatchEvent("click"); // by now the page may have noticed by itself
  await other.getByLabel("密码").waitFor();
  // What the page behind is refused meanwhile disturbs nobody who signs in, also when it comes late.
  // While an answer is worked on, pressing again does nothing.
  const press = async () => {
    await other.locator("form.note button:not(.ant-btn-loading)").waitFor({ state: "attached" });
    await other.locator("form.note button").dispatchEvent("click");
  };
  const refused = () => other.waitForResponse((answer) => answer.url().endsWith("/NoteAlert") && answer.status() === 401);
  let release;
  const signedIn = new Promise((resolve) => (release = resolve));
  await signInAgain(other, account, async () => {
    await Promise.all([refused(), press()]);
    await other.route("**/NoteAlert", async (route) => {
      const response = await route.fetch();
      if (response.status() === 401) await signedIn;
      await route.fulfill({ response });
    });
    await Promise.all([other.waitForRequest("**/NoteAlert"), press()]);
  });
  await Promise.all([refused(), release()]);
  assert.equal(await other.getByLabel("写备注").inputValue(), "已电话联系外婆");
  await other.getByRole("button", { name: "保存备注" }).click();
  await other.locator(".note-text", { hasText: "已电话联系外婆" }).waitFor();
  await other.context().close();
});

test("a form above the page is there again too after a new sign-in, and does not keep the keyboard from it", async () => {
  const other = await openPage(browser);
  const own = await firstSignIn(other, makeAccount("52032400002"));
  await other.goto(`/${county}/children/${children[8].name.split("/").pop()}`);
  await other.getByRole("button", { name: "修改档案" }).click();
  await other.getByLabel("监护人 电话").fill("15400007777");
  stack.ctl("account", "sign-out", own.account);
  await shutOut(other);
  await other.locator("button[form=child-form]").dispatchEvent("click");
  await other.getByLabel("密码").waitFor();
  assert.equal(await other.getByLabel("监护人 电话").isVisible(), false);
  await other.getByLabel("账号").focus();
  await other.keyboard.type(own.login);
  assert.equal(await other.getByLabel("账号").inputValue(), own.login);
  await signInAgain(other, own);
  assert.equal(await other.getByLabel("监护人 电话").inputValue(), "15400007777");
  await other.getByRole("button", { name: "保存档案" }).click();
  await other.getByText("档案已保存").waitFor();
  assert.equal(stack.ctl("child", "get", children[8].name, "--county", county).guardian.phone, "15400007777");
  await other.context().close();
});

test("whoever leaves the PC for half an hour is signed out, though the page goes on asking", async () => {
  const other = await openPage(browser);
  await other.clock.install();
  await firstSignIn(other, makeAccount("52032400003"));
  await other.clock.fastForward("29:00");
  await other.getByRole("navigation").waitFor();
  await other.clock.fastForward("02:00");
  await other.getByLabel("密码").waitFor();
  await other.reload();
  await other.getByLabel("密码").waitFor();
  await other.context().close();
});

test("after sign-out nothing of the last person is left", async () => {
  await open("children");
  await page.locator("tbody tr").first().waitFor();
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByLabel("账号").waitFor();
  const left = await page.evaluate(async () => ({
    text: document.body.innerText,
    session: Object.keys(sessionStorage),
    local: Object.keys(localStorage),
    caches: await caches.keys(),
    databases: (await indexedDB.databases()).map(({ name }) => name),
  }));
  for (const child of children) assert.ok(!left.text.includes(child.displayName));
  assert.deepEqual(left.session, []);
  assert.deepEqual(left.caches, []);
  assert.deepEqual(left.local.filter((key) => key !== "tonghu-exact-times"), []);
  await page.goBack();
  await page.getByLabel("账号").waitFor();
  assert.ok(!(await page.locator("body").innerText()).includes(children[0].displayName));
});
