// What the platform's administrator sees of its running, with faults that are real. Two replicas of every service.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { assertGood, openBrowser, openPage } from "./browser.mjs";
import { childrenInOrder, county, firstSignIn, loadRosters, makeWithRole, stack } from "./stack.mjs";

let browser, page, child;

before(async () => {
  loadRosters();
  child = childrenInOrder().find(({ careLevel }) => careLevel === "CARE_LEVEL_GENERAL");
  browser = await openBrowser();
  page = await openPage(browser);
  await firstSignIn(page, makeWithRole("yunwei", "运维", "system_administrator", "000000"));
  await page.goto("/000000/operator");
});
after(() => browser?.close());

const table = (name) => page.getByRole("table", { name }).or(page.locator(`[aria-label="${name}"]`)).first();
const row = (name, text) => table(name).locator("tbody tr", { hasText: text });
const advice = (text) => row("需要处理", text);
const fine = () => page.getByText("各服务运行正常，没有需要处理的事项。").waitFor();
const sql = (text) => stack.command("psql", "-c", text);
const idOf = (name) => name.split("/").pop();

test("what runs where, and until when the certificates last", async () => {
  await fine();
  for (const service of ["registry", "pairing", "alerts", "reporting", "access"])
    for (const replica of [1, 2]) await row("服务", `${service}-${replica}`).getByText("已连接").waitFor();
  // The stack's certificates last 90 days.
  const end = new Date(Date.now() + (90 * 24 + 8) * 3600_000);
  await row("服务", "alerts-1").getByText(new RegExp(`${end.getUTCMonth() + 1}月(${end.getUTCDate()}|${end.getUTCDate() - 1})日`)).waitFor();
  await row("消费进度", "统计（reporting）").first().getByText("无").waitFor();
  await assertGood(page, "operator");
});

// What a test has broken is mended also when the test fails, or those that follow would fail for it.
const broken = (test, breaks, mends) => {
  test.after(() => sql(mends));
  sql(breaks);
};

test("a consumer that stopped is said to be behind, with what to do, and catches up", async (t) => {
  const mended = "GRANT INSERT, UPDATE ON pairing.child TO tonghu_pairing";
  broken(t, "REVOKE INSERT, UPDATE ON pairing.child FROM tonghu_pairing", mended);
  stack.ctl("child", "update", idOf(child.name), "--county", county, "--care-level", "focus");
  await advice("结对（pairing）落后档案（registry） 1 条").getByText("查看该服务的日志").waitFor();
  await assertGood(page, "operator-behind");
  sql(mended);
  await fine();
});

test("an event in quarantine stands there with its reason, and is released", async (t) => {
  const mended = "ALTER TABLE pairing.child DROP CONSTRAINT IF EXISTS poison";
  broken(t, `ALTER TABLE pairing.child ADD CONSTRAINT poison CHECK (child_id <> '${idOf(child.name)}') NOT VALID`, mended);
  stack.ctl("child", "update", idOf(child.name), "--county", county, "--care-level", "general");
  await advice("结对（pairing）隔离了 1 条事件").waitFor();
  const event = row("隔离的事件", "child_put");
  await event.getByText(idOf(child.name)).waitFor();
  await event.getByText("poison").waitFor();
  await assertGood(page, "operator-quarantine");
  await event.getByRole("button", { name: "重新处理" }).click();
  await page.getByText("已处理 0 条，仍隔离 1 条").waitFor();
  sql(mended);
  await event.getByRole("button", { name: "重新处理" }).click();
  await page.getByText("已处理 1 条，仍隔离 0 条").waitFor();
  await fine();
});

test("deadlines that are held are said to be, though the service answers", async (t) => {
  // The sweeper asks for deadlines that are due; it may not read them any more.
  const mended = "GRANT SELECT ON alerts.alert TO tonghu_alerts";
  broken(t, "REVOKE SELECT ON alerts.alert FROM tonghu_alerts", mended);
  await advice("到期的事项被搁置").waitFor({ timeout: 120_000 });
  sql(mended);
  await fine();
});

test("a replica that is killed is said not to answer while the other goes on; a service without any is away", async () => {
  stack.command("kill", "reporting-2");
  await advice("reporting-2 没有应答").waitFor();
  await row("服务", "reporting-2").getByText("没有应答").waitFor();
  stack.command("kill", "reporting-1");
  await advice("统计（reporting）没有应答").waitFor();
  await assertGood(page, "operator-away");
  stack.command("start", "reporting-1");
  stack.command("start", "reporting-2");
  await fine();
});

test("a certificate that ends within a week is named, and the remedy given is one", async () => {
  // A certificate of three days for the same key, by the stack's own authority.
  const tls = `${stack.state}/run/tls`;
  const x509 = (input, ...args) => execFileSync("openssl", ["x509", "-copy_extensions", "copyall", ...args], { input, stdio: ["pipe", "pipe", "ignore"] });
  const shown = readFileSync(`${tls}/alerts.pem`);
  const key = execFileSync("openssl", ["pkey"], { input: shown });
  const request = x509(shown, "-x509toreq", "-signkey", `${tls}/alerts.pem`);
  writeFileSync(`${tls}/alerts.pem`, Buffer.concat([x509(request, "-req", "-days", "3", "-CA", `${tls}/ca.pem`, "-CAkey", `${tls}/authority.key`), key]));
  await advice("alerts-1 的证书将于").getByText("stack certs renew").waitFor();
  await assertGood(page, "operator-certificate");
  stack.command("certs", "renew");
  await fine();
});

test("an administrator sees no child", async () => {
  const text = await page.locator("body").innerText();
  assert.ok(!text.includes(child.displayName));
  assert.equal(await page.getByRole("link", { name: "儿童", exact: true }).count(), 0);
});
