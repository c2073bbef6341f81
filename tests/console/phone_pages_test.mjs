// Every page for phones, on the real stack: what a thumb needs, WCAG AA, weight; absence and sudden events.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./browser.mjs";
import { assertHandy, assertLight, chip, fill, makePerson, openForm, openPhone, openSchool, openWay, openWeek, save, signInForm } from "./phone.mjs";
import { county, makeAccount, stack, teacher } from "./stack.mjs";

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
  await page.getByText("其他时间", { exact: true }).click();
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByText("请选择联系方式").waitFor();
  await assertHandy(page, "phone-contact-more");
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
  await page.goto("/m/#/absence");
  await page.getByRole("button", { name: /缺勤$/ }).first().tap();
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

test("a sudden event: what happened, then a button that is held, beside the names of those who are told", async () => {
  await page.goto("/m/#/emergency");
  await page.getByLabel("哪名儿童").selectOption({ index: 1 });
  await assertHandy(page, "phone-emergency");
  await page.getByRole("button", { name: "走失" }).tap();
  await page.getByText(/上报后立即通知.*（班主任）.*（县级）/).waitFor();
  await assertHandy(page, "phone-emergency-confirm");
  const hold = page.getByRole("button", { name: "按住上报" });
  await hold.tap();
  await page.getByRole("button", { name: "按住上报" }).waitFor();
  assert.equal(emergencies().length, 0, "a tap reports nothing");
  const { x, y } = await hold.boundingBox();
  await page.mouse.move(x + 20, y + 20);
  await page.mouse.down();
  await page.getByText("的突发事件已上报").waitFor();
  await page.mouse.up();
  await page.getByText(/已通知.*（班主任）.*（县级）/).waitFor();
  assert.equal(emergencies().length, 1);
  await assertHandy(page, "phone-reported");
});

test("a sudden event without a network says that nobody was told yet, and goes out before everything else", async () => {
  await page.context().setOffline(true);
  await page.goto("/m/#/");
  await openForm(page);
  await fill(page, "谈心", "先记的谈心");
  await save(page);
  await chip(page, "没有网络，1 条待发送").waitFor();
  await page.goto("/m/#/emergency");
  await page.getByLabel("哪名儿童").selectOption({ index: 2 });
  await page.getByRole("button", { name: "意外伤害" }).tap();
  await page.getByText("不方便长按").tap();
  await page.getByLabel("输入“上报”").fill("上报");
  await assertHandy(page, "phone-emergency-word");
  await page.getByRole("button", { name: "上报", exact: true }).tap();
  await page.getByText("没有网络，还没有报出去").waitFor();
  await assertHandy(page, "phone-emergency-offline");
  way.state.calls.length = 0;
  await page.context().setOffline(false);
  await chip(page, "已同步").waitFor();
  assert.equal(emergencies().length, 2);
  const sent = way.state.calls.filter((call) => call === "ReportEmergency" || call === "CreateContact");
  assert.deepEqual(sent, ["ReportEmergency", "CreateContact"]);
});
