// Doubtful contacts: the head finds one on the page of duties and says what was found; the teacher whose contact it is sees none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertGood, openBrowser, openPage } from "./browser.mjs";
import { childrenInOrder, county, dateOf, firstSignIn, loadRosters, makeAccount, openTerm, school, stack } from "./stack.mjs";

const head = "52032400097";
let browser, child, helper;

before(async () => {
  loadRosters();
  openTerm();
  stack.ctl("staff", "put", head, "--county", county, "--name", "龙校长", "--phone", "15400000097");
  stack.ctl("post", "set", "--kind", "school_head", "--county", county, "--school", school, "--holder", head);
  [child] = childrenInOrder();
  const id = child.name.split("/").pop();
  helper = stack.ctl("pair", "list", "--county", county, "--child", id).pairings[0].helper.split("/").pop();
  // At midnight; a correction has the helper's contacts looked at at once.
  const logged = stack.ctl("contact", "log", "--county", county, "--child", id, "--helper", helper, "--at", `${dateOf(Date.now())} 00:00`, "--note", "夜里谈心");
  stack.ctl("contact", "correct", logged.name.split("/").pop(), "--county", county, "--helper", helper, "--note", "夜里谈心和作业", "--reason", "补充");
  browser = await openBrowser();
});
after(() => browser?.close());

const button = (name, within) => within.getByRole("button", { name, exact: true });

test("the head sees why, without the words, and says what was found", async () => {
  const page = await openPage(browser);
  await firstSignIn(page, makeAccount(head));
  await page.goto(`/${county}/duties`);
  await page.getByRole("link", { name: "存疑联系" }).click();
  const row = page.getByRole("row", { name: new RegExp(child.displayName) });
  await row.getByText("时间不合常理").waitFor();
  assert.equal(await page.getByText("夜里谈心").count(), 0);
  await assertGood(page, "doubts");
  await button("核实", row).click();
  const dialog = page.getByRole("dialog");
  assert.ok(await button("核 实", dialog).or(button("核实", dialog)).isDisabled(), "what was found must be said");
  await dialog.getByLabel("核实情况").fill("孩子夜里发烧，班主任在宿舍陪护");
  await assertGood(page, "doubt-dismiss");
  await button("核 实", dialog).or(button("核实", dialog)).click();
  await page.getByText("已核实，重新计入考核").waitFor();
  await page.getByText("没有存疑的联系。").waitFor();
  await page.getByText("已核实", { exact: true }).first().click();
  await page.getByText(/龙校长.*孩子夜里发烧/).waitFor();
  await assertGood(page, "doubts-dismissed");
});

test("the teacher is shown no doubts, and may ask for none", async () => {
  const page = await openPage(browser);
  await firstSignIn(page, makeAccount(helper));
  await page.goto(`/${county}/duties`);
  await page.getByRole("heading", { name: "任务" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "存疑联系" }).count(), 0);
  const status = await page.evaluate(async (parent) => {
    const headers = { "content-type": "application/json" };
    return (await fetch("/tonghu.pairing.v1.DoubtService/ListDoubts", { method: "POST", headers, body: JSON.stringify({ parent }) })).status;
  }, `counties/${county}`);
  assert.equal(status, 403);
});
