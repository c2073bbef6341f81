// The whisper box: a counsellor without a class or a pairing opens it, reads and answers, also on a phone; the school's head sees dates and states.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertGood, openBrowser, openPage } from "./browser.mjs";
import { childrenInOrder, county, firstSignIn, loadRosters, makeAccount, openTerm, school, stack } from "./stack.mjs";

const keeper = "52032400098";
const head = "52032400097";
const words = "夜里害怕，想让爸爸回来";
let browser, child;

before(async () => {
  loadRosters();
  openTerm();
  stack.ctl("staff", "put", keeper, "--county", county, "--name", "许心宁", "--phone", "15400000098");
  stack.ctl("staff", "put", head, "--county", county, "--name", "龙校长", "--phone", "15400000097");
  stack.ctl("post", "set", "--kind", "school_head", "--county", county, "--school", school, "--holder", head);
  [child] = childrenInOrder();
  browser = await openBrowser();
});
after(() => browser?.close());

const button = (name, within) => within.getByRole("button", { name, exact: true });
async function choose(page, label, option, within = page) {
  await within.getByRole("combobox", { name: label, exact: true }).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: option }).first().click();
}

test("the head sets the box up, the keeper opens it and answers, and only the keeper reads", async () => {
  const office = await openPage(browser);
  await firstSignIn(office, makeAccount(head));
  await office.goto(`/${county}/whispers`);
  await button("设置信箱", office).click();
  await office.getByRole("combobox", { name: "管理员", exact: true }).fill("许心宁");
  await office.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: "许心宁" }).first().click();
  await assertGood(office, "whisper-box-form");
  await button("保存", office).click();
  await office.getByText("信箱已保存").waitFor();

  // As wide as a phone.
  const phone = await openPage(browser, { viewport: { width: 390, height: 844 } });
  await firstSignIn(phone, makeAccount(keeper));
  await phone.goto(`/${county}/whispers`);
  await phone.getByRole("table").getByRole("link").first().click();
  await button("登记开箱", phone).click();
  const form = phone.getByRole("form", { name: "登记开箱" });
  await button("再登记一封", form).click();
  await form.getByLabel("来信内容或摘要").fill(words);
  await form.getByRole("combobox", { name: /写信儿童/ }).fill(child.displayName);
  await phone.locator(".ant-select-dropdown:visible .ant-select-item-option", { hasText: child.displayName }).first().click();
  await choose(phone, "情绪", "焦虑", form);
  await assertGood(phone, "whisper-open");
  await button("登记开箱和 1 封来信", form).click();
  await phone.getByText("已登记开箱，来信 1 封").waitFor();
  await button("阅读", phone).click();
  const letter = phone.getByRole("dialog");
  await letter.getByText(words).waitFor();
  await letter.getByText(child.displayName).waitFor();
  await assertGood(phone, "whisper-letter");
  await letter.getByLabel("如何回复、做了哪些事").fill("当面谈心，约好每周视频");
  await button("登记回复", letter).click();
  await letter.getByText("当面谈心，约好每周视频").waitFor();

  // The keeper knows the school's children by name, and no more of them.
  await phone.goto(`/${county}/children`);
  await phone.getByText(child.displayName).first().waitFor();
  assert.equal(await phone.getByRole("alert").count(), 0);
  await assertGood(phone, "whisper-children");

  await office.goto(`/${county}/whispers/${school.split("/").pop()}`);
  await office.getByRole("cell", { name: "已回复" }).waitFor();
  await office.getByRole("cell", { name: "已开箱" }).waitFor();
  assert.equal(await office.getByRole("button", { name: "阅读" }).count(), 0);
  assert.equal((await office.content()).includes("夜里害怕"), false);
  await assertGood(office, "whisper-box");
});
