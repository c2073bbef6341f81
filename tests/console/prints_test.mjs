// What comes out on paper, rendered by Chromium: what must stand there, and what must not.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, openPage } from "./browser.mjs";
import { childrenInOrder, county, firstSignIn, loadRosters, makeAccount, makeWithRole, officer, stack, teacher } from "./stack.mjs";

let browser, page, child;

before(async () => {
  loadRosters();
  child = childrenInOrder().find(({ grade }) => grade === 2);
  stack.ctl("emergency", "report", "--county", county, "--child", child.name, "--kind", "欺凌", "--description", "同学反映其被人拦路索要零花钱");
  browser = await openBrowser();
  page = await openPage(browser);
  await firstSignIn(page, makeAccount(officer));
});
after(() => browser?.close());

const idOf = (name) => name.split("/").pop();
const open = (path) => page.goto(`/${county}/${path}`);

/** Prints a page as the browser does. Gives what is seen on paper: its text, what can be pressed, what is dark, what lies outside the sheet; and how many sheets. */
async function print(tab, name) {
  // Chromium changes the medium while the page is laid out for paper.
  await tab.evaluate(() => matchMedia("print").addEventListener("change", () => {
    const shown = [...document.body.querySelectorAll("*")].filter((element) =>
      element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden");
    const of = (wanted) => shown.filter(wanted).map((element) => element.outerHTML.slice(0, 160));
    window.paper = {
      text: document.body.innerText.replace(/\s+/g, " "),
      pressed: of((element) => element.matches("button, input, select, textarea, nav, [role=dialog], [role=combobox]")),
      dark: of((element) => /^rgb\((\d{1,2}|1[0-4]\d),/.test(getComputedStyle(element).backgroundColor) && element.clientHeight > 40),
      narrow: of((element) => element.matches("td, th") && element.innerText.length > 3 && element.clientWidth < 40), // words on end
      outside: of((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 2),
    };
  }, { once: true }));
  const folder = process.env.TONGHU_SCREENSHOTS;
  const pdf = await tab.pdf({ preferCSSPageSize: true, ...(folder ? { path: `${folder}/print-${name}.pdf` } : {}) });
  return { ...(await tab.evaluate(() => window.paper)), sheets: pdf.toString("latin1").match(/\/Type \/Page\b/g).length };
}

/** What every print is held to: who printed what when stands above, nothing can be pressed, nothing is cut off. */
function assertPaper(paper, { printer, has, lacks = [] }) {
  assert.match(paper.text, new RegExp(`童护 正安县 打印人：${printer} 打印时间：20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d`));
  for (const words of has) assert.ok(paper.text.includes(words), `${words} stands in: ${paper.text}`);
  for (const words of [...lacks, "退出登录", "跳到正文"]) assert.ok(!paper.text.includes(words), `${words} does not stand on paper`);
  assert.deepEqual([paper.pressed, paper.dark, paper.narrow, paper.outside], [[], [], [], []]);
}

test("a child's card: the file, and who looks after the child, on one sheet", async () => {
  await open(`children/${idOf(child.name)}`);
  const { guardian, identityNumber } = stack.ctl("child", "get", child.name, "--county", county);
  await page.locator("aside").getByText("陈小莲").waitFor();
  const paper = await print(page, "child");
  assertPaper(paper, {
    printer: "骆桂芬", has: [child.displayName, "明星村完全小学", identityNumber.slice(-4), guardian.phone, guardian.displayName, "陈小莲"],
    lacks: ["时间线", "修改档案", "移交", "打印联系卡"],
  });
  assert.equal(paper.sheets, 1);
});

test("an alert: what happened, everything that was done, whom one may call", async () => {
  await open("alerts");
  await page.locator("tbody a.strong").click();
  await page.locator(".ant-timeline-item", { hasText: "通知县级" }).waitFor();
  await page.getByText("通知次序").waitFor();
  const { guardian } = stack.ctl("child", "get", child.name, "--county", county);
  await page.locator("aside").getByText(guardian.phone).first().waitFor();
  const paper = await print(page, "alert");
  assertPaper(paper, {
    printer: "骆桂芬", has: ["突发事件：欺凌", "待响应", "同学反映其被人拦路索要零花钱", "通知县级骆桂芬", child.displayName, guardian.phone],
    lacks: ["接警", "写备注", "保存备注", "只看备注", "查看档案"],
  });
});

test("the lists of alerts and children: every column on the sheet", async () => {
  for (const [path, heading] of [["alerts", "监护人电话"], ["children", "监护情况"]]) {
    await open(path);
    await page.locator("tbody tr", { hasText: child.displayName }).waitFor();
    assertPaper(await print(page, path), { printer: "骆桂芬", has: [child.displayName, heading], lacks: ["导出", "接警所选"] });
  }
});

test("figures: the chart as wide as the sheet, with its words, and the tables", async () => {
  await open("figures");
  await page.locator(".chart text", { hasText: "逾期" }).waitFor();
  const paper = await print(page, "figures");
  assertPaper(paper, { printer: "骆桂芬", has: ["正安县的工作统计", "每周任务完成情况", "按时完成", "发出预警", "合计", "土坪镇"], lacks: ["导出"] });
  assert.equal(paper.sheets, 1);
});

test("one-time slips: each whole, two a row, and nothing else", async () => {
  const system = await openPage(browser);
  await firstSignIn(system, makeWithRole("xitong", "孟系统", "system_administrator"));
  await system.goto(`/${county}/accounts`);
  await system.getByRole("button", { name: "批量开通" }).click();
  const dialog = system.getByRole("dialog");
  for (const staff of [teacher, "52032400007", "52032400008"]) await dialog.getByRole("row").filter({ hasText: staff }).getByRole("checkbox").check();
  await dialog.getByRole("button", { name: "批量开通（3）" }).click();
  await system.locator(".slip").nth(2).waitFor();
  const paper = await print(system, "slips");
  assert.deepEqual([paper.pressed, paper.dark, paper.outside, paper.sheets], [[], [], [], 1]);
  assert.equal(paper.text.match(/初始密码 [A-Z0-9-]{15,}/g).length, 3);
  for (const words of ["陈小莲", "石文碧", "黄文群", "14 天内有效", stack.address]) assert.ok(paper.text.includes(words), words);
  for (const words of ["已开通", "只显示这一次", "人员与岗位", "最近登录"]) assert.ok(!paper.text.includes(words), words);
  await system.context().close();
});

test("the list of who read a child's file, for the guardian: no name that the auditor may not see, none missing", async () => {
  const auditor = await openPage(browser);
  await firstSignIn(auditor, makeWithRole("shenji", "田审计", "auditor"));
  // The audit hears of what was read a moment later.
  for (let row; !row; row = await auditor.locator("tbody tr", { hasText: "查看档案" }).first().isVisible())
    await auditor.goto(`/${county}/audit?child=${idOf(child.name)}`).then(() => auditor.locator("tbody tr").first().waitFor());
  const { entries } = stack.ctl("audit", "list", "--county", county, "--child", child.name);
  await auditor.reload();
  await auditor.locator("tbody tr", { hasText: "查看档案" }).first().waitFor();
  const paper = await print(auditor, "readers");
  assertPaper(paper, {
    printer: "田审计", has: ["儿童档案查阅记录", `儿童编号 ${idOf(child.name)}`, "查阅时间", "骆桂芬", "查看档案", "儿童姓名 ＿"],
    lacks: [child.displayName, "导出", "账号编号"],
  });
  for (const { producer, shard, seq } of entries) assert.ok(paper.text.includes(`${producer}/${shard}/${seq}`), "every entry stands on paper");
  await auditor.context().close();
});
