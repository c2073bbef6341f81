// What an officer keeps up to date: children's files, contacts, calendars, attendance, rules; and the figures that come of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import { assertGood, openBrowser, openPage } from "./browser.mjs";
import { childrenInOrder, county, firstSignIn, loadRosters, makeAccount, officer, stack, teacher } from "./stack.mjs";

let browser, page, children;

before(async () => {
  loadRosters();
  children = childrenInOrder();
  browser = await openBrowser();
  page = await openPage(browser);
  await firstSignIn(page, makeAccount(officer));
});
after(() => browser?.close());

const open = (path) => page.goto(`/${county}/${path}`);
const openChild = (child) => open(`children/${child.name.split("/").pop()}`);
const known = (child) => stack.ctl("child", "get", child.name, "--county", county);
const button = (name, within = page) => within.getByRole("button", { name, exact: true });
/** Chooses from one of antd's lists. */
async function choose(label, option, within = page) {
  await within.getByRole("combobox", { name: label, exact: true }).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: option }).first().click();
}
const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);
const dayAfter = (date, days) => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

test("a child's file is changed: only what was typed, and not over what somebody else has changed meanwhile", async () => {
  const [child] = children;
  await openChild(child);
  await button("修改档案").click();
  const form = page.getByRole("form", { name: /修改档案/ });
  await choose("关爱类别", "重点关注", form);
  await form.getByLabel("监护人 电话").fill("15400001234");
  await assertGood(page, "child-form");
  await button("保存档案").click();
  await page.getByText("档案已保存").waitFor();
  await page.locator("aside").getByText("15400001234").waitFor();
  assert.equal(known(child).careLevel, "CARE_LEVEL_FOCUS");
  assert.equal(known(child).guardian.phone, "15400001234");
  assert.deepEqual(known(child).parents, child.parents);

  await button("修改档案").click();
  stack.ctl("child", "update", child.name, "--county", county, "--care-level", "case");
  await form.getByLabel("班", { exact: true }).fill("2");
  await button("保存档案").click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  assert.equal(known(child).careLevel, "CARE_LEVEL_CASE");
  assert.equal(known(child).classNumber, child.classNumber);
  await button("取消").click();
});

test("a child is registered, and what is wrong is said beside the form, which stays", async () => {
  await open("children");
  await button("登记儿童").click();
  const form = page.getByRole("form", { name: "登记儿童" });
  await form.getByLabel("姓名", { exact: true }).fill("丁小禾");
  await form.getByLabel("出生日期").fill("2018-05-06");
  await choose("学校", "明星村", form);
  await choose("年级", "2年级", form);
  await form.getByLabel("班", { exact: true }).fill("1");
  await button("保存档案").click();
  await page.getByRole("alert").filter({ hasText: "性别" }).waitFor();
  await choose("性别", "女", form);
  await button("保存档案").click();
  await page.getByRole("heading", { name: "丁小禾" }).waitFor();
  assert.equal(stack.ctl("child", "find", "丁小禾", "--county", county).children[0].sex, "SEX_FEMALE");
});

test("a contact is recorded for the helper, and stands on the time line", async () => {
  const child = children.find(({ grade, classNumber }) => grade === 2 && classNumber === 1);
  await openChild(child);
  await button("记录联系").click();
  const dialog = page.getByRole("dialog");
  await choose("方式", "走访监护人", dialog);
  await dialog.getByLabel("情况").fill("外婆身体好转，孩子作业按时完成");
  await assertGood(page, "contact-form");
  await button("保存记录").click();
  await dialog.waitFor({ state: "detached" });
  await page.locator(".note-text", { hasText: "外婆身体好转" }).waitFor();
  const { contacts } = stack.ctl("contact", "list", "--county", county, "--child", child.name);
  assert.equal(contacts.length, 1);
  assert.equal(contacts[0].kind, "CONTACT_KIND_GUARDIAN_VISIT");
  assert.equal(contacts[0].helper, `counties/${county}/staffMembers/${teacher}`);
});

test("a contact is corrected and withdrawn with a reason; what it said before can be read, and its concern is an alert", async () => {
  const child = children.find(({ grade, classNumber }) => grade === 2 && classNumber === 1);
  await openChild(child);
  const moment = page.locator("li.ant-timeline-item", { hasText: "外婆身体好转" });
  await button("更正", moment).click();
  let dialog = page.getByRole("dialog");
  assert.equal(await button("更正", dialog).isDisabled(), true, "nothing is changed yet");
  await dialog.getByLabel("情况").fill("外婆住院，孩子晚上一个人在家");
  await choose("孩子的情绪", "焦虑", dialog);
  await choose("需要关注", "监护", dialog);
  await dialog.getByLabel("原因").fill("昨晚又去了一次");
  await assertGood(page, "contact-correct");
  await button("更正", dialog).click();
  await dialog.waitFor({ state: "detached" });
  const corrected = page.locator("li.ant-timeline-item", { hasText: "外婆住院" });
  await corrected.getByText("需关注：监护").waitFor();
  await corrected.getByText("情绪焦虑").waitFor();
  await button("更正记录", corrected).click();
  await page.getByRole("dialog").getByText("外婆身体好转").waitFor();
  await page.getByRole("dialog").getByText("昨晚又去了一次", { exact: false }).waitFor();
  await assertGood(page, "contact-history");
  await page.keyboard.press("Escape");
  await open("alerts");
  await page.getByRole("link", { name: "需关注：监护" }).first().click();
  await page.getByRole("heading", { name: "需关注：监护" }).waitFor();
  await page.getByText("外婆住院，孩子晚上一个人在家").waitFor();
  await assertGood(page, "alert-concern");

  await openChild(child);
  await button("撤回", page.locator("li.ant-timeline-item", { hasText: "外婆住院" })).click();
  dialog = page.getByRole("dialog");
  await dialog.getByLabel("原因").fill("记在了别的孩子名下");
  await assertGood(page, "contact-withdraw");
  await button("撤回", dialog).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator("li.ant-timeline-item", { hasText: "外婆住院" }).getByText("已撤回").waitFor();
  assert.equal(stack.ctl("contact", "list", "--county", county, "--child", child.name).contacts?.length ?? 0, 0);
  // Recorded again, for the figures below.
  const at = new Date(Date.now() + 8 * 3_600_000 - 60_000).toISOString().slice(0, 16).replace("T", " ");
  stack.ctl("contact", "log", "--county", county, "--child", child.name, "--helper", teacher, "--kind", "走访监护人", "--at", at, "--note", "外婆身体好转");
});

test("a sudden event is reported beside the names of those who are told", async () => {
  const [, child] = children;
  await openChild(child);
  await button("上报突发事件").click();
  const dialog = page.getByRole("dialog");
  assert.equal(await button("立即上报", dialog).isDisabled(), true);
  await choose("发生了什么", "走失", dialog);
  await dialog.getByLabel("情况").fill("放学后未回家，邻居最后见到是在村口");
  await dialog.getByText("上报后立即通知", { exact: false }).waitFor();
  await assertGood(page, "emergency-form");
  await button("立即上报", dialog).click();
  await page.waitForURL(/\/alerts\//);
  await page.getByRole("heading", { name: "突发事件：走失" }).waitFor();
  const { alerts } = stack.ctl("alerts", "list", "--county", county, "--child", child.name);
  const { emergency } = alerts.find(({ kind }) => kind === "ALERT_KIND_EMERGENCY");
  assert.equal(emergency.description, "放学后未回家，邻居最后见到是在村口");
  assert.equal(emergency.reporter, `counties/${county}/staffMembers/${officer}`);
});

test("a list is exported as a spreadsheet reads it: every row, not only those shown, and the numbers whole", async () => {
  await open("children");
  await page.locator("tbody tr").first().waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), button("导出").click()]);
  assert.match(download.suggestedFilename(), /留守儿童名单 \d{4}-\d\d-\d\d\.csv$/);
  const text = readFileSync(await download.path(), "utf8");
  assert.equal(text[0], "\uFEFF");
  const all = childrenInOrder();
  for (const { displayName } of all) assert.ok(text.includes(displayName), displayName);
  const officerSees = await page.evaluate(async (parent) => {
    const answer = await fetch("/tonghu.registry.v1.ChildService/ListChildren", {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ parent, pageSize: 1000 }),
    });
    return (await answer.json()).children;
  }, `counties/${county}`);
  for (const { identityNumber } of officerSees) if (identityNumber) assert.ok(text.includes(`"\t${identityNumber}"`), identityNumber);
});

test("the template of each roster is one that the check takes", async () => {
  for (const [kind, name] of [["1", "学校"], ["2", "教职工"], ["3", "儿童"]]) {
    await open(`roster?kind=${kind}`);
    const [download] = await Promise.all([page.waitForEvent("download"), button(`下载${name}花名册模板`).click()]);
    await page.locator("input[type=file]").setInputFiles(await download.path());
    await button("检查").click();
    await page.getByText("共 0 行，没有错误", { exact: false }).waitFor();
  }
});

test("a calendar is made by pressing days, and shown as one", async () => {
  await open("schools/2152990001");
  await button("新增学期").click();
  const form = page.getByRole("form", { name: "校历" });
  const [first, last] = [dayAfter(today, -60), dayAfter(today, 60)];
  await form.getByLabel("开学").fill(first);
  await form.getByLabel("放假", { exact: true }).fill(last);
  const monday = dayAfter(today, 8 - (new Date(today).getUTCDay() || 7)); // of the next week
  const press = (date) => form.getByTitle(new RegExp(`^(\\d+年)?${Number(date.slice(5, 7))}月${Number(date.slice(8))}日 `)).click();
  await press(monday);
  await press(dayAfter(monday, 6));
  await press(dayAfter(monday, 1));
  await press(dayAfter(monday, 1)); // and back
  await assertGood(page, "calendar-form");
  await button("保存校历").click();
  await page.getByText(/校历已保存/).waitFor();
  await page.locator(".day-holiday").first().waitFor();
  await assertGood(page, "calendar");
  const [calendar] = stack.ctl("calendar", "list", "2152990001", "--county", county).calendars;
  assert.deepEqual([calendar.firstDay, calendar.lastDay, calendar.holidays, calendar.makeupDays], [first, last, [monday], [dayAfter(monday, 6)]]);
});

test("a school is closed, which excuses the week, and opened again; the county's closures are on the page of its schools", async () => {
  const monday = dayAfter(today, 15 - (new Date(today).getUTCDay() || 7)); // of the week after next
  const excusedIn = () => (stack.ctl("duty", "list", "--county", county, "--school", "2152990001", "--in-state", "excused").duties ?? []).map(({ excuse }) => excuse);
  const owed = excusedIn().length;
  await open("schools/2152990001");
  await button("登记停课").click();
  const form = page.getByRole("form", { name: "登记停课" });
  await form.getByLabel("第一天").fill(monday);
  await form.getByLabel("最后一天").fill(dayAfter(monday, 4));
  await form.getByLabel("原因").fill("汛情");
  await assertGood(page, "closure-form");
  await button("登记", form).click();
  await page.getByText(/已登记停课，免除任务 \d+ 项/).waitFor();
  assert.deepEqual([...new Set(excusedIn().slice(owed))], ["停课：汛情"]);
  await page.locator(".day-closed").first().waitFor();
  await assertGood(page, "closures");
  await open("schools");
  const row = page.getByRole("table", { name: "停课" }).getByRole("row", { name: "汛情" });
  await row.waitFor();
  await button("登记停课").click();
  await page.getByRole("form", { name: "登记停课" }).getByLabel("范围").click();
  await page.getByTitle(/全部学校$/).first().waitFor();
  await page.keyboard.press("Escape");
  await assertGood(page, "closures-county");
  await row.getByRole("button", { name: "撤销" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤销" }).click();
  await page.getByText(/停课已撤销，恢复任务 \d+ 项/).waitFor();
  assert.equal(excusedIn().length, owed);
});

test("a duty to come is excused with a reason", async () => {
  const [, , , child] = children;
  await openChild(child);
  await page.getByRole("main").getByText("任务", { exact: true }).click();
  await button("免除").first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("理由").fill("随父母外出三周");
  await assertGood(page, "excuse");
  await button("免除", dialog).click();
  await page.locator(".note-text", { hasText: "随父母外出三周" }).waitFor();
  const { duties } = stack.ctl("duty", "list", "--county", county, "--child", child.name, "--in-state", "excused");
  assert.deepEqual(duties.map(({ excuse }) => excuse), ["随父母外出三周"]);
});

const dutyPolicy = (kind) => page.getByRole("table", { name: "任务规定" }).getByRole("row", { name: new RegExp(`^${kind} `) });
/** The row of a version that is to come on a day. */
const coming = (date) => page.getByRole("row", { name: `自 ${date.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日")} 起：` });

test("how late a talk may be reported is set", async () => {
  await open("policies");
  await page.getByText("任务规定", { exact: true }).click();
  await dutyPolicy("谈心").filter({ hasText: "每周1次" }).filter({ hasText: "平台默认规则" }).waitFor();
  await button("修改谈心规定").click();
  const form = page.getByRole("form", { name: "谈心规定" });
  await form.getByLabel("期满后多久仍可补报，过时算逾期", { exact: true }).fill("1");
  await form.getByLabel("自何时起").fill(dayAfter(today, 1));
  await button("保存为新版本", form).click();
  await coming(dayAfter(today, 1)).filter({ hasText: "每周1次" }).filter({ hasText: "1天内" }).filter({ hasText: "第 1 版" }).waitFor();
  await dutyPolicy("谈心").filter({ hasText: "2天内" }).waitFor(); // until then
  // What is to come is changed where it stands.
  await button("修改谈心规定").click();
  assert.equal(await form.getByLabel("自何时起").inputValue(), dayAfter(today, 1));
  await form.getByText("的第 1 版作废", { exact: false }).waitFor();
  await form.getByLabel("联系后多久才报，算迟报", { exact: true }).fill("20");
  await button("保存为新版本", form).click();
  await form.getByRole("alert").filter({ hasText: "迟报时限应为1小时至14天" }).waitFor();
  await form.getByLabel("联系后多久才报，算迟报", { exact: true }).fill("2");
  await button("保存为新版本", form).click();
  await coming(dayAfter(today, 1)).filter({ hasText: "联系2天后才报" }).filter({ hasText: "第 2 版" }).waitFor();
  const talks = stack.ctl("duty-policy", "list", "--county", county).policies.filter(({ kind }) => kind === "DUTY_KIND_TALK");
  assert.deepEqual(talks.map(({ reportGrace, lateReportAfter }) => [reportGrace, lateReportAfter]), [["172800s", "86400s"], ["86400s", "172800s"]]);
});

test("letters are asked for before the festivals that are chosen", async () => {
  await open("policies?kind=duties");
  await button("修改亲情书信规定").click();
  const form = page.getByRole("form", { name: "亲情书信规定" });
  await choose("周期", "节前", form);
  await button("保存为新版本", form).click();
  await form.getByRole("alert").filter({ hasText: "请选择节日" }).waitFor();
  for (const festival of ["春节", "中秋"]) await choose("哪些节日前", festival, form);
  await page.keyboard.press("Escape");
  await choose("节前天数", "9天", form);
  await assertGood(page, "duty-policy-festivals");
  await page.setViewportSize({ width: 375, height: 812 });
  await assertGood(page, "duty-policy-festivals-narrow");
  await page.setViewportSize({ width: 1366, height: 768 });
  const monday = await form.getByLabel("自何时起").inputValue();
  await button("保存为新版本", form).click();
  await coming(monday).filter({ hasText: "春节、中秋前9天内各1次" }).waitFor();
  // Beginning from what is to come, the form has the festivals.
  await button("修改亲情书信规定").click();
  assert.deepEqual(await form.locator(".ant-select-multiple").first().locator(".ant-select-selection-item").allTextContents(), ["春节", "中秋"]);
  await button("取消", form).click();
  const sets = page.getByRole("form", { name: "现成规定" });
  await sets.getByRole("combobox", { name: "名称", exact: true }).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option").first().hover();
  await page.mouse.wheel(0, 400); // of the long list only what is in sight is on the page
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: "节前亲情通话" }).click();
  await sets.getByRole("table", { name: "节前亲情通话" }).getByRole("row", { name: /^亲情通话 元旦、春节、元宵、儿童节、端午、中秋、国庆前7天内各1次 班主任/ }).waitFor();
});

test("a home visit a month is asked for from next Monday on, of those who are chosen; today's rule stands until then", async () => {
  await open("policies?kind=duties");
  await dutyPolicy("家访").filter({ hasText: "不要求" }).waitFor();
  await button("修改家访规定").click();
  const form = page.getByRole("form", { name: "家访规定" });
  await choose("周期", "每月", form);
  const roles = form.locator(".ant-select-multiple").first();
  for (const remove of await roles.locator(".ant-select-selection-item-remove").all()) await roles.locator(".ant-select-selection-item-remove").first().click();
  await button("保存为新版本", form).click();
  await form.getByRole("alert").filter({ hasText: "请选择由谁完成" }).waitFor();
  for (const role of ["班主任", "代理家长"]) await choose("由谁完成", role, form);
  await page.keyboard.press("Escape");
  await choose("怎样算完成", "走访监护人", form);
  await page.keyboard.press("Escape");
  await assertGood(page, "duty-policy-form");
  // Tried before it is saved: what the term so far would have been under the draft, beside today's rule. The pairings, of
  // today, are put back to the term's beginning, so that the term has months that are over.
  const putBack = (days) => stack.command("psql", "-c", `UPDATE pairing.pairing SET owed_from = owed_from - interval '${days} days', start_time = start_time - interval '${days} days'`);
  putBack(61);
  const trial = form.getByRole("status", { name: "试算" });
  await button("试算", form).click();
  const alerts = Number((await trial.getByText(/按草案将产生 \d+ 条预警，现行规定下为 0 条/).textContent()).match(/产生 (\d+)/)[1]);
  assert.ok(alerts >= children.filter((child) => child.school.endsWith("2152990001")).length, `${alerts} alerts`);
  await trial.getByText(/草案：每月1次；现行：不要求/).waitFor();
  const total = trial.getByRole("row", { name: /^合计/ });
  assert.match(await total.textContent(), new RegExp(`^合计${alerts}00${alerts}0000$`)); // nobody visited, nothing is owed today
  await trial.getByRole("button", { name: "展开行" }).first().click();
  await trial.getByRole("row", { name: /小学|中学|学校/ }).first().waitFor();
  await assertGood(page, "duty-policy-trial");
  await page.setViewportSize({ width: 375, height: 812 });
  await assertGood(page, "duty-policy-trial-narrow");
  await page.setViewportSize({ width: 1366, height: 768 });
  putBack(-61);
  const monday = await form.getByLabel("自何时起").inputValue();
  assert.equal(new Date(monday).getUTCDay(), 1);
  assert.ok(monday > today);
  await button("保存为新版本", form).click();
  await dutyPolicy("家访").filter({ hasText: "不要求" }).waitFor();
  assert.match(await coming(monday).filter({ hasText: "每月" }).textContent(), /每月1次.*班主任、代理家长.*家访、走访监护人.*第 1 版/);
  await assertGood(page, "duty-policies");
  // Focus children are visited twice as often; the refusal names what is lacking.
  await button("为部分儿童另设家访规定").click();
  await choose("周期", "每月", form);
  await choose("次数", "2次", form);
  await button("保存为新版本", form).click();
  await form.getByRole("alert").filter({ hasText: "请选择关爱等级、监护类型或学校" }).waitFor();
  await choose("关爱等级", "重点关注", form);
  await assertGood(page, "duty-policy-refinement");
  await button("保存为新版本", form).click();
  const refined = page.getByRole("row", { name: /^└ 仅 重点关注/ });
  assert.match(await refined.filter({ hasText: "每月2次" }).textContent(), /第 1 版/);
  await assertGood(page, "duty-policies-refined");
  await button("为部分儿童另设家访规定").click();
  await choose("周期", "每两周", form);
  await choose("监护类型", "无人监护", form);
  await button("保存为新版本", form).click();
  const unguarded = await page.getByRole("row", { name: /^└ 仅 无人监护/ }).filter({ hasText: "每两周1次" }).textContent();
  assert.match(unguarded, /第 1 版/);
  // A compact is taken as it is, for the children of one level.
  const sets = page.getByRole("form", { name: "现成规定" });
  await choose("名称", "三个二", sets);
  await sets.getByRole("table", { name: "三个二" }).getByRole("row", { name: /^家访 每两个月2次 班主任/ }).waitFor();
  await choose("关爱等级", "个案服务", sets);
  await assertGood(page, "duty-policy-sets");
  await button("采用", sets).click();
  for (const cadence of ["每周2次", "每月2次", "每两个月2次"]) await page.getByRole("row", { name: /^└ 仅 个案服务/ }).filter({ hasText: cadence }).waitFor();
  await button("修改家访规定：重点关注").click();
  await button("不再另设", form).click();
  await refined.waitFor({ state: "detached" }).catch(() => {});
  const left = stack.ctl("duty-policy", "list", "--county", county).policies.filter(({ careLevel }) => careLevel === "CARE_LEVEL_FOCUS");
  assert.deepEqual(left.map(({ version, withdrawn }) => [version, withdrawn]).at(-1), [2, true]);
  await page.setViewportSize({ width: 375, height: 812 });
  await assertGood(page, "duty-policies-narrow");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "no wider than a phone");
  await page.setViewportSize({ width: 1366, height: 768 });
});

test("the rules of a kind of alert are changed as a new version, and tried before they are saved", async () => {
  await open("policies?kind=4");
  await button("修改规则").click();
  await page.getByLabel("间隔 2", { exact: true }).fill("45");
  await page.getByText("按正在修改的规则推演", { exact: false }).waitFor();
  await assertGood(page, "policy-form");
  await button("保存为新版本").click();
  await page.getByRole("heading", { name: "通知次序（第 1 版）" }).waitFor();
  await page.getByRole("cell", { name: "45分钟" }).waitFor();
});

test("a member of staff is added and fills a vacant post; the rules say at once who would be told", async () => {
  await open("people?tab=staff");
  await button("新增人员").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("工号").fill("52032400077");
  await dialog.getByLabel("姓名").fill("简明远");
  await dialog.getByLabel("电话").fill("15400000077");
  await assertGood(page, "staff-form");
  await button("保存", dialog).click();
  await dialog.waitFor({ state: "detached" });
  await open("people");
  await page.getByRole("row", { name: /^校长/ }).getByRole("button", { name: "调整" }).click();
  await choose("在岗", "简明远", dialog);
  await assertGood(page, "post-form");
  await button("保存", dialog).click();
  await page.getByRole("row", { name: /^校长.*简明远/ }).waitFor();
  await open("policies");
  await page.getByRole("combobox", { name: "儿童" }).fill(children[0].displayName);
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option").first().click();
  await page.getByText("通知校长简明远").waitFor();
  await assertGood(page, "who-would-be-told");
});

test("a number of the figures leads to the events it counts", async () => {
  await open("figures");
  const week = page.getByRole("table", { name: "周（星期一）" });
  const contacts = () => week.getByRole("link", { name: /合计 联系 1$/ });
  await contacts().waitFor();
  await assertGood(page, "figures-numbers");
  await contacts().click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("走访监护人", { exact: false }).waitFor();
  await drawer.getByText("共 1 条").waitFor();
  await assertGood(page, "figures-behind");
  await page.goBack();
  await drawer.waitFor({ state: "detached" });
  await page.getByRole("table", { name: "地区" }).getByRole("link", { name: /发出预警 2$/ }).click(); // that of the concern, and this one
  await drawer.getByRole("link", { name: "突发事件：走失" }).click();
  await page.waitForURL(/\/alerts\//);
  await page.goBack();
  await drawer.waitFor();
});

test("a school's attendance is sent, and who is absent without leave raises an alert", async () => {
  const { firstDay } = stack.ctl("calendar", "list", "2152990001", "--county", county).calendars[0];
  // The last school day, which may be today.
  let date = today;
  while ([0, 6].includes(new Date(date).getUTCDay())) date = dayAfter(date, -1);
  assert.ok(date >= firstDay);
  await open(`schools/2152990001?date=${date}`);
  const row = (child) => page.getByRole("table", { name: "考勤" }).getByRole("row", { name: child.displayName });
  const [, , absent, onLeave] = children;
  await row(absent).getByText("缺勤").click();
  await row(onLeave).getByText("请假").click();
  await button(/上报考勤（缺勤 1，请假 1）/).click();
  await page.getByText("1 名儿童无故缺勤", { exact: false }).waitFor();
  await assertGood(page, "attendance");
  const kinds = stack.ctl("alerts", "list", "--county", county, "--child", absent.name).alerts.map(({ kind }) => kind);
  assert.deepEqual(kinds, ["ALERT_KIND_ABSENCE"]);
  assert.equal(stack.ctl("alerts", "list", "--county", county, "--child", onLeave.name).alerts?.length ?? 0, 0);
});

test("a helper's children are handed over together, but for whom is left out", async () => {
  const pairingsOf = (helper) => stack.ctl("pair", "list", "--county", county, "--helper", helper).pairings ?? [];
  const countOf = new Map();
  for (const { helper } of stack.ctl("pair", "list", "--county", county).pairings) countOf.set(helper, (countOf.get(helper) ?? 0) + 1);
  const [helper, count] = [...countOf].sort(([, a], [, b]) => b - a)[0];
  assert.ok(count > 1);
  const before = pairingsOf(helper);
  await open(`pairings?helper=${encodeURIComponent(helper)}`);
  await button("移交其结对").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`全部 ${count} 名`).waitFor();
  const kept = children.find(({ name }) => name === before[0].child);
  await dialog.getByRole("checkbox", { name: kept.displayName }).uncheck();
  assert.equal(await button(`移交 ${count - 1} 名`, dialog).isDisabled(), true, "to nobody yet");
  await choose("移交给", "52032400001", dialog);
  await assertGood(page, "hand-over-all");
  await button(`移交 ${count - 1} 名`, dialog).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator("tbody tr", { hasText: kept.displayName }).waitFor();
  assert.deepEqual(pairingsOf(helper).map(({ name }) => name), [before[0].name]);
  assert.deepEqual(pairingsOf("52032400001").map(({ child }) => child).sort(), before.slice(1).map(({ child }) => child).sort());
});

test("a class meeting is recorded once for the children chosen from the list", async () => {
  const { pairings } = stack.ctl("pair", "list", "--county", county);
  const lasting = pairings.filter(({ endTime }) => endTime === undefined);
  const once = lasting.filter(({ child }) => lasting.filter((one) => one.child === child).length === 1);
  const { helper } = once.find((one) => once.filter((other) => other.helper === one.helper).length > 1);
  const met = once.filter((one) => one.helper === helper).slice(0, 2).map(({ child }) => children.find(({ name }) => name === child));
  await open("children");
  await button("登记集体活动").click();
  const dialog = page.getByRole("dialog");
  for (const child of met) await dialog.getByRole("checkbox", { name: child.displayName }).first().check();
  await dialog.getByRole("combobox", { name: "由谁联系", exact: true }).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option").first().click();
  await dialog.getByLabel("情况").fill("班级座谈会：防溺水");
  await assertGood(page, "group-contact-form");
  await button(`为 ${met.length} 名儿童登记`, dialog).click();
  await dialog.waitFor({ state: "detached" });
  const recorded = met.flatMap((child) => stack.ctl("contact", "list", "--county", county, "--child", child.name).contacts.filter(({ kind }) => kind === "CONTACT_KIND_MEETING"));
  assert.equal(recorded.length, met.length);
  assert.equal(new Set(recorded.map(({ group }) => group)).size, 1);
  await openChild(met[0]);
  await page.locator("li.ant-timeline-item", { hasText: "集体活动" }).filter({ hasText: "班级座谈会：防溺水" }).waitFor();
});

test("whoever leaves holds no post, and the children who are paired with them are listed", async () => {
  const { pairings } = stack.ctl("pair", "list", "--county", county);
  const { helper, child } = pairings.find(({ endTime, helper }) => endTime === undefined && !helper.endsWith("/52032400001"));
  const id = helper.split("/").at(-1);
  await open(`people?tab=staff&find=${id}`);
  await button("调整", page.getByRole("row", { name: id })).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: "已离岗" }).check();
  await dialog.getByText("岗位随即空缺", { exact: false }).waitFor();
  await assertGood(page, "staff-leaving");
  await button("保存", dialog).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("row", { name: id }).getByText("已离岗").waitFor();
  await assertGood(page, "staff-left");
  const held = stack.ctl("post", "list", "--county", county).posts.filter((post) => post.holder === helper || post.deputy === helper);
  assert.deepEqual(held, []);
  await open("pairings");
  await page.getByRole("row", { name: children.find(({ name }) => name === child).displayName }).getByText("帮扶人已离岗").first().waitFor();
  await assertGood(page, "helper-left");
});
