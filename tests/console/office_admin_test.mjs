// What the three administrators do: accounts and slips, grants, the audit. None of them can read a child.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertGood, openBrowser, openPage } from "./browser.mjs";
import { childrenInOrder, county, firstSignIn, loadRosters, makeWithRole, officer, signIn, stack, teacher } from "./stack.mjs";

let browser, system, security, auditor, child;
const people = {};

before(async () => {
  loadRosters();
  [child] = childrenInOrder();
  browser = await openBrowser();
  [system, security, auditor] = await Promise.all([1, 2, 3].map(() => openPage(browser)));
});
after(() => browser?.close());

const menuOf = async (page) => (await page.getByRole("navigation").getByRole("menuitem").allTextContents()).map((text) => text.trim());
const button = (page, name) => page.getByRole("button", { name, exact: true });
const row = (page, text) => page.getByRole("row").filter({ hasText: text });

test("a system administrator sees accounts and where the platform stands, and no child", async () => {
  await firstSignIn(system, makeWithRole("xitong", "孟系统", "system_administrator"));
  assert.deepEqual((await menuOf(system)).filter((entry) => !["平台运行"].includes(entry)), ["人员与岗位", "账号"]);
  await system.goto(`/${county}/children/${child.name.split("/").pop()}`);
  await system.getByRole("heading", { name: "不在您的管理范围内" }).waitFor();
  assert.ok(!(await system.locator("body").innerText()).includes(child.displayName));
});

test("an administrator sees posts and staff by their names", async () => {
  await system.goto(`/${county}/people`);
  await system.getByRole("row", { name: /^班主任 正安县土坪镇明星村完全小学 2年级1班 陈小莲/ }).waitFor();
  await assertGood(system, "people-of-administrator");
});

test("accounts are made for the staff, and their slips shown once", async () => {
  await system.goto(`/${county}/accounts`);
  await button(system, "批量开通").click();
  const dialog = system.getByRole("dialog");
  await row(dialog, officer).getByRole("checkbox").check();
  await row(dialog, teacher).getByRole("checkbox").check();
  await assertGood(system, "accounts-choose");
  await button(dialog, "批量开通（2）").click();
  const sheet = system.getByRole("dialog").filter({ hasText: "初始密码只显示这一次" });
  await sheet.locator(".slip").nth(1).waitFor();
  await assertGood(system, "accounts-slips");
  for (const staff of [officer, teacher]) {
    const slip = sheet.locator(".slip", { hasText: staff });
    const [login, password] = await slip.locator("code").allTextContents();
    people[staff] = { login, password };
  }
  await button(system, "已打印，关闭").click();
  await row(system, people[officer].login).getByText("未绑定").waitFor();
  await assertGood(system, "accounts");
});

/** The security administrator approves what waits for a second person. */
async function approve(count) {
  await security.goto(`/${county}/accounts`);
  await security.getByText("待确认").first().waitFor();
  await assertGood(security, "accounts-to-approve");
  await button(security, count === 1 ? "确认账号" : `确认待确认账号（${count}）`).click();
  await security.getByRole("dialog").getByRole("button", { name: "确定" }).click();
  await security.getByText(`已确认 ${count} 个账号`).waitFor();
}

test("what the system administrator made has no rights until the security administrator has approved it", async () => {
  const page = await openPage(browser);
  people[officer] = await firstSignIn(page, people[officer]);
  await page.goto(`/${county}/me`);
  await page.getByText("须经安全管理员确认后才有权限", { exact: false }).waitFor();
  await firstSignIn(security, makeWithRole("anquan", "何安全", "security_administrator"));
  await approve(2);
  await page.context().close();
});

test("whoever has a slip signs in with it; a session that is ended from the account's page is over", async () => {
  const page = await openPage(browser);
  await signIn(page, people[officer]);
  await system.reload();
  await system.getByRole("link", { name: people[officer].login, exact: true }).click();
  await system.getByText("县级工作人员", { exact: false }).waitFor();
  await assertGood(system, "account");
  await button(system, "全部退出").click();
  await system.getByText("现在没有登录").waitFor();
  await page.goto(`/${county}/alerts`);
  await page.getByLabel("密码").waitFor();
  await page.context().close();
});

test("an account that is disabled lets nobody in; a reset gives a new first password", async () => {
  await button(system, "停用").click();
  await system.getByRole("dialog").getByRole("button", { name: "确定" }).click();
  await system.getByText("已停用").waitFor();
  const page = await openPage(browser);
  await page.goto("/");
  await page.getByLabel("账号").fill(people[officer].login);
  await page.getByLabel("密码").fill(people[officer].password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByRole("alert").waitFor();
  await button(system, "启用").click();
  await button(system, "停用").waitFor();
  await button(system, "重置密码并解绑手机").click();
  await system.getByRole("dialog").getByRole("button", { name: "确定" }).click();
  const slip = system.getByRole("dialog").locator(".slip");
  await slip.waitFor();
  people[officer].password = (await slip.locator("code").allTextContents())[1];
  await button(system, "已打印，关闭").click();
  people[officer] = await firstSignIn(page, people[officer], "Baiyun3-Huaxi-Xiaohe"); // the one before is refused
  await approve(1); // a reset is as good as a new account
  await page.goto(`/${county}/children/${child.name.split("/").pop()}`);
  await page.getByRole("heading", { name: child.displayName }).waitFor();
  await page.context().close();
});

test("an account is bound to single sign-on, has no rights until the security administrator has seen whose it is, and is unbound", async () => {
  await system.reload();
  const login = people[officer].login;
  await button(system, "绑定统一身份认证").click();
  const dialog = system.getByRole("dialog");
  const bind = button(dialog, "绑定统一身份认证");
  await dialog.getByLabel("认证系统标识").fill("https://sso.example.gov.cn");
  assert.equal(await bind.isDisabled(), true, "half a binding is none");
  await dialog.getByLabel("统一身份认证账号").fill("luoguifen");
  await assertGood(system, "account-bind");
  await bind.click();
  await dialog.waitFor({ state: "detached" });
  const facts = (page) => page.locator("aside .facts");
  await facts(system).getByText("luoguifen").waitFor();
  await facts(system).getByText("待确认").waitFor();
  const account = () => stack.ctl("account", "list", "--county", county).accounts.find((one) => one.login === login);
  assert.deepEqual(account().federatedSubject, { issuer: "https://sso.example.gov.cn", subject: "luoguifen" });
  assert.equal(account().pending, true);
  // The second person sees whose the account is to be before approving it.
  await security.goto(`/${county}/accounts`);
  await security.getByRole("link", { name: login, exact: true }).click();
  await facts(security).getByText("https://sso.example.gov.cn").waitFor();
  assert.equal(await button(security, "绑定统一身份认证").count(), 0, "who approves does not bind");
  await button(security, "确认账号").click();
  await security.getByRole("dialog").getByText("认证系统中的账号确属本人", { exact: false }).waitFor();
  await assertGood(security, "account-approve");
  await security.getByRole("dialog").getByRole("button", { name: "确定" }).click();
  await facts(security).getByText("正常").waitFor();
  assert.equal(account().pending ?? false, false);
  await system.reload();
  await button(system, "解除绑定").click();
  await system.getByRole("dialog").getByRole("button", { name: "确定" }).click();
  await button(system, "解除绑定").waitFor({ state: "detached" });
  assert.equal(account().federatedSubject, undefined);
});

test("a security administrator grants with scope, end and reason, not to themselves, and takes back", async () => {
  const id = (account) => account.split("/").pop();
  const named = (login) => stack.ctl("account", "list", "--county", county).accounts.find((account) => account.login === login).name;
  const account = named(people[officer].login);
  await security.goto(`/${county}/accounts/${id(account)}`);
  const grant = async () => {
    await button(security, "新增授权").click();
    const dialog = security.getByRole("dialog");
    await dialog.getByLabel("理由").fill("代理校长至学期末");
    await dialog.getByRole("combobox", { name: "角色" }).click();
    await security.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: "校长" }).first().click();
    await dialog.getByRole("combobox", { name: "学校" }).click();
    await security.locator(".ant-select-dropdown:visible .ant-select-item-option").first().click();
    return dialog;
  };
  const dialog = await grant();
  await assertGood(security, "grant");
  await button(dialog, "新增授权").click();
  await row(security, "代理校长至学期末").waitFor();
  await row(security, "代理校长至学期末").getByText("正安县土坪镇明星村完全小学").waitFor();
  await row(security, "代理校长至学期末").getByText("何安全").waitFor();
  await assertGood(security, "account-grants");
  await row(security, "代理校长至学期末").getByRole("button", { name: "收回" }).click();
  await row(security, "代理校长至学期末").getByText("已结束").waitFor();
  await security.goto(`/${county}/accounts/${id(named("anquan"))}`);
  await (await grant()).getByRole("button", { name: "新增授权" }).click();
  await security.getByRole("dialog").getByRole("alert").waitFor();
});

test("an auditor sees who opened a child's file and what was granted, and reads no child", async () => {
  await firstSignIn(auditor, makeWithRole("shenji", "田审计", "auditor"));
  assert.deepEqual(await menuOf(auditor), ["审计"]);
  await auditor.goto(`/${county}/audit?child=${child.name.split("/").pop()}`);
  await row(auditor, "查看档案").first().waitFor();
  assert.match(await row(auditor, "查看档案").first().innerText(), /骆桂芬/);
  await assertGood(auditor, "audit");
  assert.ok(!(await auditor.locator("body").innerText()).includes(child.displayName));
});

test("an officer of the province chooses a county, and another one later", async () => {
  const page = await openPage(browser);
  await firstSignIn(page, makeWithRole("shengji", "省值班", "province_officer", "000000"));
  await page.getByRole("heading", { name: "选择要查看的县（市、区）" }).waitFor();
  await assertGood(page, "choose-county");
  const choose = async (name) => {
    await page.getByRole("combobox", { name: "地区" }).fill(name);
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: name }).first().click();
  };
  await choose("正安县");
  await page.waitForURL(new RegExp(`/${county}/alerts`));
  await page.getByText("正安县现在没有未办结的预警。").waitFor();
  await page.getByRole("link", { name: "统计" }).click();
  await page.getByRole("heading", { name: "统计" }).waitFor();
  await choose("六枝特区");
  await page.waitForURL(/\/520203\/figures/);
  // What the province says holds in the county, until the county says something of its own.
  await page.goto("/520203/policies?kind=duties");
  await page.getByRole("link", { name: "省级规定" }).click();
  await page.waitForURL(/\/000000\/policies/);
  await button(page, "修改家长返乡规定").click();
  const form = page.getByRole("form", { name: "家长返乡规定" });
  await form.getByRole("combobox", { name: "周期" }).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: "每学年" }).click();
  await assertGood(page, "policy-of-province");
  await button(form, "保存为新版本").click();
  await row(page, "每学年1次").filter({ hasText: "第 1 版" }).waitFor();
  await assertGood(page, "policies-of-province");
  await page.goto("/520203/policies?kind=duties");
  await row(page, "每学年1次").filter({ hasText: "省定第 1 版" }).waitFor();
  await assertGood(page, "policies-by-province");
  // And a term that schools without their own follow; days that no other test looks at.
  await page.goto("/520203/schools");
  await page.getByRole("link", { name: "全省统一校历" }).click();
  await page.waitForURL(/\/000000\/schools/);
  await button(page, "新增学期").click();
  const term = page.getByRole("form", { name: "统一校历" });
  await term.getByLabel("开学").fill("2031-03-03");
  await term.getByLabel("放假", { exact: true }).fill("2031-07-04");
  await assertGood(page, "calendar-of-province-form");
  await button(term, "保存校历").click();
  await page.getByText("统一校历已保存").waitFor();
  await button(page, "修改").waitFor();
  await assertGood(page, "calendar-of-province");
  await page.goto("/520203/schools?term=2031-spring");
  await page.getByText("省定").waitFor();
  await button(page, "另设").waitFor();
  await assertGood(page, "calendar-by-province");
  await page.context().close();
});

test("the platform's own accounts are made one by one", async () => {
  const page = await openPage(browser);
  await firstSignIn(page, makeWithRole("pingtai", "平台管理员", "system_administrator", "000000"));
  await page.goto("/000000/accounts");
  await button(page, "开通平台账号").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("账号名").fill("zhiban2");
  await dialog.getByLabel("姓名").fill("省值班二");
  await assertGood(page, "account-of-platform");
  await button(dialog, "开通平台账号").click();
  await page.locator(".slip", { hasText: "zhiban2" }).first().waitFor();
  await button(page, "已打印，关闭").click();
  await row(page, "zhiban2").waitFor();
  await page.context().close();
});
