// Every page for phones, on the real stack: what a thumb needs, WCAG AA, weight; absence and sudden events.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, openPage, until } from "./browser.mjs";
import { assertHandy, assertLight, chip, contacts, countTouches, day, fill, isEmpty, makePerson, openForm, openPhone, openSchool, openWay, openWeek, save, signInForm, touches } from "./phone.mjs";
import { county, dateOf, firstSignIn, makeAccount, officer, openTerm, stack, teacher } from "./stack.mjs";

let browser, way, account, page;

before(async () => {
  openSchool();
  browser = await openBrowser();
  way = await openWay();
  account = await makePerson(browser, teacher);
  page = await openPhone(browser, way);
});
after(async () => {
  await browser?.close();
  way?.close();
});

const emergencies = () => stack.ctl("emergency", "list", "--county", county).emergencies ?? [];
const nameOf = (child) => stack.ctl("child", "get", child, "--county", county).displayName;
const absences = () => stack.ctl("absence", "list", "--county", county).absences ?? [];

test("the first sign-in is usable with a thumb, and light", async () => {
  const fresh = await openPhone(browser, way);
  const { login, password } = makeAccount("52032400008");
  await fresh.goto("/m/");
  await signInForm(fresh);
  await assertLight(fresh, "sign-in");
  await assertHandy(fresh, "phone-sign-in");
  await fresh.getByLabel("账号").fill(login);
  await fresh.getByLabel("密码").fill(password);
  await fresh.getByRole("button", { name: "登录" }).click();
  await fresh.getByLabel("现在的密码").waitFor();
  await assertHandy(fresh, "phone-password");
  await fresh.context().close();
});

test("the week says whom one owes a talk", async () => {
  await openWeek(page, account);
  await page.getByRole("heading", { name: /还有 \d+ 名儿童要联系/ }).waitFor();
  await assertHandy(page, "phone-week");
});

test("the form of a contact, with the family's phone numbers", async () => {
  await openForm(page);
  await assertHandy(page, "phone-contact");
  await page.getByRole("button", { name: "查看家人电话" }).click();
  await page.locator("a[href^='tel:1']").first().waitFor();
  assert.equal(await page.getByRole("radio", { name: "谈心" }).isChecked(), true, "what is owed is chosen");
  await page.getByText("其他时间", { exact: true }).click();
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByText("请填写日期和时间").waitFor();
  // Without a kind that is owed, one has to be chosen.
  await page.goto(page.url().split("?")[0]);
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByText("请选择联系方式").waitFor();
  await assertHandy(page, "phone-contact-more");
});

test("a mood and a concern are a touch each, also without a network; what was recorded wrongly is corrected and withdrawn", async () => {
  await page.evaluate(() => (location.hash = "#/"));
  await openForm(page);
  await page.context().setOffline(true);
  await page.getByText("焦虑", { exact: true }).click();
  await page.getByText("低落", { exact: true }).click(); // the other instead
  await page.getByText("监护", { exact: true }).click();
  await page.getByText("保存后会提醒班主任和校长跟进", { exact: false }).waitFor();
  await assertHandy(page, "phone-marks");
  await fill(page, "家访", "夜里一个人在家");
  await page.getByText("刚才", { exact: true }).click();
  await save(page);
  await page.context().setOffline(false);
  await until(page, isEmpty);
  const [contact] = contacts("夜里一个人在家");
  assert.equal(contact.mood, "MOOD_LOW");
  assert.deepEqual(contact.concerns, ["CONCERN_GUARDIANSHIP"]);

  await page.evaluate((child) => (location.hash = `#/contact/${child}`), contact.child);
  await page.getByRole("button", { name: /我最近 14 天的记录/ }).click();
  const row = page.locator("li.row", { hasText: "夜里一个人在家" });
  await row.getByRole("button", { name: "更正" }).click();
  await row.getByLabel("内容").fill("夜里和外婆在家");
  await row.getByRole("button", { name: "保存更正" }).click();
  await row.getByText("请填写原因").waitFor();
  await row.getByLabel("原因").fill("听错了");
  await assertHandy(page, "phone-correct");
  await row.getByRole("button", { name: "保存更正" }).click();
  const corrected = page.locator("li.row", { hasText: "夜里和外婆在家" });
  await corrected.getByRole("button", { name: "撤回" }).click();
  await corrected.getByLabel("原因").fill("记错了孩子");
  await corrected.getByRole("button", { name: "确定撤回" }).click();
  await corrected.waitFor({ state: "detached" });
  assert.deepEqual(contacts("夜里和外婆在家"), []);
});

test("a week without a network, with what waits", async () => {
  await page.context().setOffline(true);
  await fill(page, "谈心", "等网络");
  await page.getByText("刚才", { exact: true }).click();
  await save(page);
  await chip(page, "没有网络，1 条待发送").waitFor();
  for (const fold of await page.locator("details:not([open]) > summary").all()) await fold.click();
  await assertHandy(page, "phone-week-offline");
  await chip(page, "没有网络，1 条待发送").click();
  await page.getByRole("heading", { name: "记录与发送" }).waitFor();
  await assertHandy(page, "phone-outbox");
  await page.context().setOffline(false);
  await page.getByText("刚刚送达").waitFor();
  await assertHandy(page, "phone-outbox-sent");
});

test("absence by one tap a child, taken back by another within five seconds", async () => {
  await page.goto("/m/#/");
  await countTouches(page);
  await tab("缺勤").tap();
  await page.getByRole("button", { name: /缺勤$/ }).first().waitFor();
  const children = await page.getByRole("button", { name: /缺勤$/ }).count();
  await page.getByRole("button", { name: /缺勤$/ }).first().tap();
  await page.getByText("缺勤，待发送").waitFor();
  assert.equal(await touches(page), 2, "the page, and one for the child");
  assert.equal(await page.getByRole("button", { name: /缺勤$/ }).count(), children - 1);
  await page.getByRole("button", { name: "撤销" }).tap();
  await page.getByRole("button", { name: /请假$/ }).first().tap();
  await page.getByRole("button", { name: /缺勤$/ }).first().tap();
  await assertHandy(page, "phone-absence");
  await page.getByText("已报请假").waitFor();
  await page.getByText("已报缺勤").waitFor();
  await chip(page, "已同步").waitFor();
  assert.deepEqual(absences().map(({ morning }) => morning.withLeave ?? false).sort(), [false, true], "what was taken back never left the phone");
  await assertHandy(page, "phone-absence-reported");
});

const tab = (name) => page.getByRole("navigation").getByRole("link", { name });
const pupil = (nth) => page.locator(".pupils button").nth(nth);
/** The page's clock stands: what leaves in some seconds stays, until the clock is set forward. */
const stand = () => page.clock.setFixedTime(new Date());
const pass = (seconds) => page.clock.setFixedTime(new Date(Date.now() + seconds * 1000));

test("a sudden event is two touches from the week: the page, and the child; the report leaves after ten seconds", async () => {
  await page.goto("/m/#/");
  await stand();
  await countTouches(page);
  await tab("突发").tap();
  await assertHandy(page, "phone-emergency");
  const name = await pupil(0).textContent();
  await pupil(0).tap();
  await page.getByText("10 秒后上报").waitFor();
  assert.equal(await touches(page), 2);
  await page.getByText(/上报后立即通知.*（班主任）.*（县级）/).waitFor();
  await assertHandy(page, "phone-emergency-leaves");
  assert.equal(emergencies().length, 0, "nothing has left yet");
  await pass(11);
  await page.getByText(`${name}的突发事件已上报`).waitFor();
  await page.getByText(/已通知.*（班主任）.*（县级）/).waitFor();
  assert.equal(await touches(page), 2);
  const [{ emergency, child }] = emergencies();
  assert.deepEqual([emergency.kind, emergency.description], ["EMERGENCY_KIND_OTHER", "手机紧急上报，还没有说明是什么情况，请立即打电话核实。"]);
  assert.equal(nameOf(child), name);
  await assertHandy(page, "phone-reported");
});

test("what was touched by accident is taken back and never leaves, also after another page; two touches in a fright are one report", async () => {
  await stand();
  await page.getByRole("button", { name: "再报一名儿童" }).tap();
  // Both touches are there before the page has shown anything.
  await page.evaluate(() => [0, 1].forEach((nth) => document.querySelectorAll(".pupils button")[nth].click()));
  await page.getByText("10 秒后上报").waitFor();
  await chip(page, "1 条待发送").waitFor();
  await tab("本周").tap();
  await tab("突发").tap();
  await page.getByRole("button", { name: "撤销，不上报" }).tap();
  await pupil(0).waitFor();
  await pass(11);
  await chip(page, "已同步").waitFor();
  await until(page, isEmpty);
  assert.equal(emergencies().length, 1);
});

test("what happened is chosen while the report waits, or written before it leaves", async () => {
  await stand();
  await pupil(1).dispatchEvent("click");
  await page.locator("button.undo:disabled").waitFor(); // the second of two quick touches takes nothing back
  await page.getByText("走失", { exact: true }).tap();
  await page.locator(".leaves", { hasText: "走失" }).waitFor();
  await page.getByRole("button", { name: "先不报，写清楚再报" }).tap();
  await page.getByLabel("还要说明什么").fill("放学后没到家");
  await assertHandy(page, "phone-emergency-details");
  await page.getByRole("button", { name: "上报", exact: true }).tap();
  await page.getByText("10 秒后上报").waitFor();
  await page.getByRole("button", { name: "马上上报" }).tap();
  await page.getByText("的突发事件已上报").waitFor();
  const { emergency } = emergencies().find(({ emergency }) => emergency.kind === "EMERGENCY_KIND_MISSING");
  assert.equal(emergency.description, "放学后没到家");
  assert.equal(emergencies().length, 2);
});

test("a sudden event without a network says that nobody was told yet, and goes out before everything else", async () => {
  await page.context().setOffline(true);
  await page.goto("/m/#/");
  await openForm(page);
  await fill(page, "谈心", "先记的谈心");
  await save(page);
  await chip(page, "没有网络，1 条待发送").waitFor();
  await tab("突发").tap();
  await pupil(2).tap();
  await page.getByText("意外伤害", { exact: true }).tap();
  await page.locator(".leaves", { hasText: "意外伤害" }).waitFor();
  await page.getByRole("button", { name: "马上上报" }).tap();
  await page.getByText("没有网络，还没有报出去").waitFor();
  await assertHandy(page, "phone-emergency-offline");
  way.state.calls.length = 0;
  await page.context().setOffline(false);
  await chip(page, "已同步").waitFor();
  assert.equal(emergencies().length, 3);
  const sent = way.state.calls.filter((call) => call === "ReportEmergency" || call === "CreateContact");
  assert.deepEqual(sent, ["ReportEmergency", "CreateContact"]);
});

/**
 * The county asks for a home visit a term, from the day on which the term begins. A rule begins tomorrow at the earliest:
 * it is put back by a day, and the school's duties are planned again.
 */
async function askForVisits() {
  const office = await openPage(browser);
  await firstSignIn(office, makeAccount(officer));
  await office.goto(`/${county}/policies?kind=duties`);
  await office.getByRole("button", { name: "修改家访规定" }).click();
  const form = office.getByRole("form", { name: "家访规定" });
  const choose = async (label, option) => {
    await form.getByRole("combobox", { name: label }).click();
    await office.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: option }).click();
  };
  await choose("周期", "每学期");
  await form.getByLabel("自何时起").fill(dateOf(Date.now() + day));
  await form.getByRole("button", { name: "保存为新版本" }).click();
  await office.getByRole("row", { name: /^自 .* 起： 每学期1次 班主任/ }).waitFor();
  stack.command("psql", "-c", "UPDATE pairing.duty_policy SET effective_from = effective_from - 1");
  openTerm();
  await office.reload();
  await office.getByRole("row", { name: /^家访 每学期1次 班主任/ }).waitFor();
  await office.context().close();
}

// The last, since afterwards every child is owed a visit too.
test("a child is there once with every kind that is owed; what waits does a duty of its own kind only", async () => {
  await askForVisits();
  await page.goto("/m/#/");
  await until(page, async () => {
    if (document.querySelector("a[aria-label$=' 家访']") !== null) return true;
    dispatchEvent(new Event("online")); // asks the services anew
    return false;
  });
  const row = page.locator("li.row", { has: page.getByRole("link", { name: /^记录 \S+ 谈心$/ }) }).filter({ has: page.getByRole("link", { name: /^记录 \S+ 家访$/ }) }).first();
  const name = (await row.getByRole("link", { name: / 家访$/ }).getAttribute("aria-label")).split(" ")[1];
  assert.equal(await page.locator("li.row", { has: page.getByRole("link", { name: new RegExp(`^记录 ${name}`) }) }).count(), 1);
  await assertHandy(page, "phone-week-of-kinds");
  await page.context().setOffline(true);
  await page.getByRole("link", { name: `记录 ${name} 家访` }).tap();
  await page.getByRole("radio", { name: "家访" }).and(page.locator(":checked")).waitFor();
  await page.getByLabel(/补充/).fill("家里收拾得整齐");
  await save(page);
  const one = page.locator("li.row", { hasText: name });
  await one.getByText("家访已记录，待发送").waitFor();
  assert.equal(await one.getByRole("link", { name: / 家访$/ }).count(), 0);
  await one.getByRole("link", { name: / 谈心$/ }).waitFor();
  await page.context().setOffline(false);
  await chip(page, "已同步").waitFor();
  await until(page, isEmpty);
  const [contact] = contacts("家里收拾得整齐");
  assert.equal(contact.kind, "CONTACT_KIND_HOME_VISIT");
  assert.ok(contact.closedDuties?.length === 1, "the visit that was owed");
});
