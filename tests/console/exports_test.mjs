// Lists as files for a spreadsheet: row by row against what the services answer to other callers of the same lists.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { openBrowser, openPage, until } from "./browser.mjs";
import { childrenInOrder, county, dateOf, firstSignIn, loadRosters, makeAccount, makeWithRole, officer, openTerm, parent, school, stack, teacher } from "./stack.mjs";

const formula = "=HYPERLINK(\"http://x\",\"点我\")，已核实";
let browser, page, children, nameOf;

before(async () => {
  loadRosters();
  children = childrenInOrder();
  nameOf = new Map(children.map(({ name, displayName }) => [name, displayName]));
  stack.ctl("load-limit", "put", "--county", county, "--role", "helper_teacher", "--most", "1000");
  for (const child of children) stack.ctl("pair", "add", "--county", county, "--child", child.name, "--helper", "52032400002", "--role", "helper_teacher");
  const kinds = ["欺凌", "走失", "意外伤害"];
  const alerts = children.slice(0, 3).map((child, i) =>
    stack.ctl("emergency", "report", "--county", county, "--child", child.name, "--kind", kinds[i], "--description", "放学后未到家"));
  stack.ctl("alerts", "ack", alerts[0].name, "--county", county, "--by", officer);
  stack.ctl("alerts", "resolve", alerts[0].name, "--county", county, "--by", officer, "--resolution", formula);
  browser = await openBrowser();
  page = await openPage(browser);
  await firstSignIn(page, makeAccount(officer));
});
after(() => browser?.close());

/** The cells of a file of RFC 4180. */
function cellsOf(text) {
  const cells = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/gy;
  const rows = [[]];
  for (let match; cells.lastIndex < text.length && (match = cells.exec(text)); ) {
    rows.at(-1).push(match[1].startsWith('"') ? match[1].slice(1, -1).replaceAll('""', '"') : match[1]);
    if (match[2] !== ",") rows.push([]);
  }
  return rows.slice(0, -1);
}

/** Presses `button` and reads the file that comes: its name, head and rows. Every file is one that Excel opens. */
async function exported(button) {
  const [download] = await Promise.all([button.page().waitForEvent("download"), button.click()]);
  const bytes = readFileSync(await download.path());
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], "Excel takes the text for UTF-8");
  const [head, ...rows] = cellsOf(bytes.subarray(3).toString("utf8"));
  for (const row of rows) assert.equal(row.length, head.length);
  for (const cell of rows.flat()) assert.doesNotMatch(cell, /^[=+\-@\r]/, "no cell is a formula");
  return { file: download.suggestedFilename(), rows: rows.map((row) => Object.fromEntries(row.map((cell, i) => [head[i], cell]))) };
}
const open = (tab, path) => tab.goto(`/${county}/${path}`);
const exportOf = (within) => within.getByRole("button", { name: "导出", exact: true });
/** What a list answers to the page's session, asked in JSON. */
const asked = (tab, method, body) => tab.evaluate(async ([method, body]) => {
  const answer = await fetch(`/${method}`, { method: "POST", headers: { "content-type": "application/json", "tonghu-purpose": encodeURIComponent("=1+1") }, body: JSON.stringify(body) });
  return answer.json();
}, [method, { parent, pageSize: 1000, ...body }]);
/** Waits until the county has so many of the duties that are asked for. */
const listed = (filter, wanted) => until(page, async ({ wanted, ...asked }) => {
  const answer = await fetch("/tonghu.pairing.v1.DutyService/ListDuties", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked) });
  return (await answer.json()).duties?.length >= wanted;
}, { parent, pageSize: 1000, ...filter, wanted });
const sorted = (rows) => rows.map((row) => JSON.stringify(row)).sort();

test("alerts: each with its number, child, state and resolution; a resolution that looks like a formula is text", async () => {
  await open(page, "alerts?scope=all");
  await page.locator("tbody tr.ant-table-row").nth(2).waitFor();
  const { file, rows } = await exported(exportOf(page));
  assert.match(file, /^正安县预警 \d{4}-\d\d-\d\d\.csv$/);
  const state = { ALERT_STATE_OPEN: "待响应", ALERT_STATE_RESOLVED: "已办结" };
  const { alerts } = stack.ctl("alerts", "list", "--county", county);
  assert.equal(alerts.length, 3);
  assert.deepEqual(
    sorted(rows.map((row) => [row["预警编号"], row["儿童"], row["状态"], row["办结情况"]])),
    sorted(alerts.map((alert) => [alert.name.split("/").pop(), nameOf.get(alert.child), state[alert.state], alert.resolution ? `\t${alert.resolution}` : ""])));
  assert.equal(alerts.find(({ state }) => state === "ALERT_STATE_RESOLVED").resolution, formula);
});

test("duties: what is owed now, by child, class and helper; another class's are left out", async () => {
  openTerm();
  await open(page, "duties?school=" + encodeURIComponent(school));
  await listed({ state: "DUTY_STATE_OPEN", windowBefore: new Date().toISOString() }, 2 * children.length);
  await page.reload();
  await page.locator("tbody tr").first().waitFor();
  const { duties } = stack.ctl("duty", "list", "--county", county, "--limit", "1000", "--until", dateOf(Date.now()));
  assert.equal(duties.length, 2 * children.length);
  const { staffMembers } = await asked(page, "tonghu.registry.v1.DirectoryService/ListStaffMembers", {});
  const helperOf = new Map(staffMembers.map(({ name, displayName }) => [name, displayName]));
  const placeOf = new Map(children.map(({ name, grade, classNumber }) => [name, `${grade}年级${classNumber}班`]));
  const expected = (wanted) => sorted(wanted.map(({ child, helper }) => [nameOf.get(child), placeOf.get(child), helperOf.get(helper), "待完成"]));
  const cells = (rows) => sorted(rows.map((row) => [row["儿童"], row["班级"], row["负责人"], row["状态"]]));
  const { file, rows } = await exported(exportOf(page));
  assert.match(file, /^正安县本期待完成任务 \d{4}-\d\d-\d\d\.csv$/);
  assert.deepEqual(cells(rows), expected(duties));
  await page.getByRole("combobox", { name: "年级" }).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: "2年级" }).click();
  const second = duties.filter(({ child }) => placeOf.get(child).startsWith("2年级"));
  await page.getByText(`共 ${second.length} 条`).waitFor();
  assert.deepEqual(cells((await exported(exportOf(page))).rows), expected(second));
});

test("pairings: more rows than the page shows, each child with each helper", async () => {
  await open(page, "pairings");
  await page.getByText("已显示 50 条，还有更多").waitFor();
  const { rows } = await exported(exportOf(page));
  const { staffMembers } = await asked(page, "tonghu.registry.v1.DirectoryService/ListStaffMembers", {});
  const helperOf = new Map(staffMembers.map(({ name, displayName }) => [name, displayName]));
  const { pairings } = stack.ctl("pair", "list", "--county", county, "--limit", "1000");
  assert.equal(pairings.length, 2 * children.length);
  assert.deepEqual(
    sorted(rows.map((row) => [row["儿童"], row["帮扶人"]])),
    sorted(pairings.map(({ child, helper }) => [nameOf.get(child), helperOf.get(helper)])));
});

test("figures: the numbers of the week and of each township, as the services count them", async () => {
  await open(page, "figures");
  for (const label of ["周（星期一）", "地区"]) {
    const section = page.locator("section", { has: page.getByRole("table", { name: label }) });
    await section.getByRole("link", { name: /发出预警 3$/ }).first().waitFor();
    const { rows } = await exported(exportOf(section));
    const { weeks } = await asked(page, "tonghu.reporting.v1.ReportService/QueryCounts", { parent: undefined, pageSize: undefined, division: county });
    const sum = (field) => String(weeks.reduce((all, week) => all + Number(week[field] ?? 0), 0));
    const last = rows.at(-1);
    assert.equal(last[label], label === "地区" ? "土坪镇" : "合计");
    assert.deepEqual([last["发出预警"], last["接警"], last["办结"], last["应完成"], last["联系"]],
      [sum("alertsRaised"), sum("alertsAcknowledged"), sum("alertsResolved"), sum("dutiesDue"), sum("contacts")]);
    assert.equal(sum("alertsRaised"), "3");
  }
});

test("the audit: every entry of the time, also that the lists above were read for a file", async () => {
  await asked(page, "tonghu.registry.v1.ChildService/ListChildren", {});
  const auditor = await openPage(browser);
  await firstSignIn(auditor, makeWithRole("shenji", "田审计", "auditor"));
  await open(auditor, "audit");
  await auditor.locator("tbody tr").first().waitFor();
  const before = stack.ctl("audit", "list", "--county", county, "--limit", "0").entries;
  const { rows } = await exported(exportOf(auditor));
  const keyOf = ({ producer, shard, seq, child }) => `${producer}/${shard ?? 0}/${seq} ${child.split("/").pop()}`;
  const there = new Set(rows.map((row) => `${row["记录号"]} ${row["儿童编号"]}`));
  assert.ok(before.length > 100, "more than one page");
  for (const entry of before) assert.ok(there.has(keyOf(entry)), `${keyOf(entry)} is in the file`);
  const purposes = new Set(rows.map((row) => row["用途"]));
  assert.ok(purposes.has("导出名单") && purposes.has("\t=1+1"), [...purposes].join());
  assert.ok(!rows.flatMap(Object.values).some((cell) => [...nameOf.values()].includes(cell)), "an auditor reads no child's name");
  await auditor.context().close();
});

test("a class teacher gets the own class only, with what a class teacher may see", async () => {
  const own = children.filter(({ grade, classNumber }) => grade === 2 && classNumber === 1);
  stack.ctl("emergency", "report", "--county", county, "--child", own[0].name, "--kind", "自伤", "--description", "作文里写不想活了");
  const tab = await openPage(browser);
  await firstSignIn(tab, makeAccount(teacher));
  await open(tab, "children");
  await tab.locator("tbody tr", { hasText: own[0].displayName }).waitFor();
  const { rows } = await exported(exportOf(tab));
  const { children: seen } = await asked(tab, "tonghu.registry.v1.ChildService/ListChildren", {});
  assert.deepEqual(sorted(rows.map((row) => row["姓名"])), sorted(own.map(({ displayName }) => displayName)));
  assert.deepEqual(sorted(rows.map((row) => row["身份证号"].trim())), sorted(seen.map(({ identityNumber }) => identityNumber)));
  assert.ok(seen.every(({ identityNumber }) => identityNumber.includes("*")), "a class teacher sees no identity number whole");
  await open(tab, "alerts?scope=all");
  await tab.getByText("突发事件：自伤").waitFor();
  const { rows: alerts } = await exported(exportOf(tab));
  const all = stack.ctl("alerts", "list", "--county", county).alerts;
  const mine = all.filter(({ child }) => own.some(({ name }) => name === child));
  assert.deepEqual(sorted(alerts.map((row) => row["预警编号"])), sorted(mine.map(({ name }) => name.split("/").pop())));
  assert.ok(mine.length > 0 && mine.length < all.length);
  await tab.context().close();
});

// The last, since what is missed raises alerts, which others here count.
test("duties: what is about to be late and what was missed, each in its view and in no other", async () => {
  const [late, soon] = children.map(({ name }) => name.split("/").pop());
  const due = (when, child) => stack.command("psql", "-c", `UPDATE pairing.duty SET due_time = now() + interval '${when}' ${child ? `WHERE child_id = '${child}' AND window_start <= now()` : ""}`);
  due("10 days");
  due("2 days", soon);
  due("-1 minute", late);
  await listed({ state: "DUTY_STATE_MISSED" }, 2);
  const inView = async (view) => {
    await open(page, `duties?view=${view}`);
    await page.locator("tbody tr", { hasText: "谈心" }).first().waitFor();
    return (await exported(exportOf(page))).rows.map((row) => `${row["儿童"]} ${row["状态"]}`).sort();
  };
  const twice = (child, state) => Array(2).fill(`${child.displayName} ${state}`);
  assert.deepEqual(await inView("missed"), twice(children[0], "逾期未做"));
  assert.deepEqual(await inView("soon"), twice(children[1], "待完成"));
  assert.deepEqual(await inView("current"), children.slice(1).flatMap((child) => twice(child, "待完成")).sort());
});

test("duties: of one kind, which the address keeps, in the list and in the file", async () => {
  const visited = children[2];
  stack.command("psql", "-c", `UPDATE pairing.duty SET kind = 2 WHERE child_id = '${visited.name.split("/").pop()}' AND window_start <= now()`);
  await open(page, "duties");
  await page.getByText(`共 ${2 * (children.length - 1)} 条`).waitFor();
  await page.getByRole("combobox", { name: "任务种类" }).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: "家访" }).click();
  await page.getByText("共 2 条").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("kind"), "2");
  await page.reload();
  await page.getByText("共 2 条").waitFor();
  const { file, rows } = await exported(exportOf(page));
  assert.match(file, /^正安县本期待完成家访任务 /);
  assert.deepEqual(rows.map((row) => `${row["儿童"]} ${row["任务"]}`), Array(2).fill(`${visited.displayName} 家访`));
});

test("alerts of missed duties say the first and the last day of the window, on the page and in the file", async () => {
  const missed = () => stack.ctl("alerts", "list", "--county", county, "--kind", "任务逾期").alerts ?? [];
  const { duties } = stack.ctl("duty", "list", "--county", county, "--in-state", "逾期未做");
  assert.equal(duties.length, 2);
  await until(page, async (asked) => {
    const answer = await fetch("/tonghu.alerts.v1.AlertService/ListAlerts", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked) });
    return (await answer.json()).alerts?.length === 2;
  }, { parent, kind: "ALERT_KIND_DUTY_MISSED" });
  const windows = duties.map(({ windowStart, windowEnd }) => [dateOf(Date.parse(windowStart)), dateOf(Date.parse(windowEnd) - 1)]);
  assert.deepEqual(missed().map(({ date, lastDay }) => [date, lastDay]).sort(), windows.sort());
  const year = dateOf(Date.now()).slice(0, 4);
  const said = (date) => date.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, (_, y, month, day) => `${y === year ? "" : `${y}年`}${month}月${day}日`);
  const words = windows.map((days) => days.map(said).join(" 至 "));
  await open(page, "alerts?scope=all&kind=1");
  await page.getByText(words[0]).first().waitFor();
  assert.deepEqual((await exported(exportOf(page))).rows.map((row) => row["日期"]), words);
});
