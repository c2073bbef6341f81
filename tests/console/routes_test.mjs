// Every route of the pages, at a PC's size and a phone's; and what each role finds behind its menu. The routes are read
// from the router: one that nobody opens here makes the test fail.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertGood, openBrowser, openPage } from "./browser.mjs";
import { childrenInOrder, county, firstSignIn, loadRosters, makeAccount, makeWithRole, officer, school, stack, teacher } from "./stack.mjs";

const sizes = [{ width: 1366, height: 768 }, { width: 375, height: 812 }];
const source = (file) => readFileSync(fileURLToPath(new URL(`../../services/console/src/${file}`, import.meta.url)), "utf8");
const idOf = (name) => name.split("/").pop();
let browser, child, alert;
const people = {};

before(async () => {
  loadRosters();
  stack.ctl("whisper", "put", school, "--county", county, "--keeper", "52032400005");
  child = childrenInOrder().find(({ grade }) => grade === 2);
  alert = stack.ctl("emergency", "report", "--county", county, "--child", child.name, "--kind", "走失", "--description", "放学后未到家");
  browser = await openBrowser();
});
after(() => browser?.close());

/** A page of somebody with a role, signed in once. */
async function as(role, make) {
  if (people[role] === undefined) {
    const page = await openPage(browser);
    await firstSignIn(page, make());
    people[role] = page;
  }
  return people[role];
}
const staffWith = (number, name, role, ...area) => {
  stack.ctl("staff", "put", number, "--county", county, "--name", name, "--phone", "15400000077");
  const account = makeAccount(number);
  if (role) stack.ctl("account", "grant", account.account, "--role", role, "--area-county", county, ...area, "--until", new Date(Date.now() + 86_400_000).toISOString(), "--reason", "代理");
  return account;
};
/** A village's director of children: on no post, paired with a child. */
const director = () => {
  const account = staffWith("52032400088", "王春梅");
  stack.ctl("pair", "add", "--county", county, "--child", child.name, "--helper", "52032400088", "--role", "proxy_parent");
  return account;
};
const makers = {
  "班主任": () => makeAccount(teacher),
  "村儿童主任": director,
  "校长": () => staffWith("52032400077", "简明远", "school_head", "--school", idOf(school)),
  "乡镇督导员": () => makeAccount("52032400002"),
  "县级": () => makeAccount(officer),
  "省级": () => makeWithRole("shengji", "钟望", "province_officer", "000000"),
  "系统管理员": () => makeWithRole("xitong", "孟系统", "system_administrator"),
  "安全管理员": () => makeWithRole("anquan", "何安全", "security_administrator"),
  "审计管理员": () => makeWithRole("shenji", "田审计", "auditor"),
};

/** Waits until nothing is loading any more: the page stands. */
async function stands(page) {
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector(".ant-spin-spinning, .wait[role=status]") === null);
}

/** What every page is held to on every screen: WCAG AA, no wider than the screen. */
async function assertOnScreens(page, name) {
  for (const size of sizes) {
    await page.setViewportSize(size);
    await stands(page);
    await assertGood(page, `route-${name}-${size.width}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${name} is ${wide} px wider than ${size.width}`);
  }
}

test("every route of an office keeps to WCAG AA, on a PC's screen and on a phone's", async () => {
  await as("系统管理员", makers["系统管理员"]);
  const account = idOf(stack.ctl("account", "list", "--county", county).accounts[0].name);
  const opened = {
    "alerts": ["县级", "alerts"], "alerts/:id": ["县级", `alerts/${idOf(alert.name)}`],
    "children": ["县级", "children"], "children/:id": ["县级", `children/${idOf(child.name)}`],
    "whispers": ["校长", "whispers"], "whispers/:id": ["县级", `whispers/${idOf(school)}`],
    "duties": ["县级", "duties"], "pairings": ["县级", "pairings"], "schools": ["县级", "schools"], "schools/:id": ["县级", `schools/${idOf(school)}`],
    "figures": ["县级", "figures"], "people": ["县级", "people"], "roster": ["县级", "roster"], "policies": ["县级", "policies?kind=duties"],
    "accounts": ["系统管理员", "accounts"], "accounts/:id": ["系统管理员", `accounts/${account}`],
    "operator": ["系统管理员", "operator"], "audit": ["审计管理员", "audit"], "me": ["县级", "me"], "*": ["县级", "nowhere"],
  };
  const routes = [...source("office/frame.tsx").matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(routes.filter((path) => !["/", "/:county/*"].includes(path)).sort(), Object.keys(opened).sort());
  for (const [route, [role, path]] of Object.entries(opened)) {
    const page = await as(role, makers[role]);
    await page.goto(`/${county}/${path}`);
    await assertOnScreens(page, route.replace(/\W+/g, "-"));
  }
});

test("every route of a phone keeps to WCAG AA, on both screens", async () => {
  const routes = [...source("phone/pages.tsx").matchAll(/page === "([a-z]+)" \? </g)].map(([, page]) => page);
  const opened = { contact: `contact/${child.name}`, absence: "absence", emergency: "emergency", outbox: "outbox" };
  assert.deepEqual(routes.sort(), Object.keys(opened).sort());
  const page = await as("班主任", makers["班主任"]);
  await page.goto("/m/");
  for (const [route, path] of [["", ""], ...Object.entries(opened), ["emergency-of-child", `emergency/${child.name}`]]) {
    await page.goto(`/m/#/${path}`);
    await page.locator("header .chip.fresh").waitFor();
    await assertOnScreens(page, `phone-${route}`);
  }
});

// What a role's menu must hold: who reads rights.md knows.
const menus = {
  "班主任": ["预警", "儿童", "任务", "结对", "学校", "人员与岗位"],
  "村儿童主任": ["预警", "儿童", "任务", "结对", "学校", "人员与岗位"],
  "校长": ["预警", "儿童", "任务", "结对", "学校", "悄悄话信箱", "统计", "人员与岗位", "任务与预警规则"],
  "乡镇督导员": ["预警", "儿童", "任务", "结对", "学校", "悄悄话信箱", "统计", "人员与岗位", "任务与预警规则"],
  "县级": ["预警", "儿童", "任务", "结对", "学校", "悄悄话信箱", "统计", "人员与岗位", "导入花名册", "任务与预警规则"],
  "省级": ["预警", "儿童", "任务", "结对", "学校", "悄悄话信箱", "统计", "人员与岗位", "导入花名册", "任务与预警规则"],
  "系统管理员": ["人员与岗位", "账号", "平台运行"],
  "安全管理员": ["人员与岗位", "账号"],
  "审计管理员": ["审计"],
};
for (const [role, menu] of Object.entries(menus)) {
  test(`${role}: what stands in the menu may be used, says what comes where nothing is, in Chinese and by names`, async () => {
    const page = await as(role, makers[role]);
    await page.setViewportSize(sizes[0]);
    await page.goto(`/${county}/me`);
    await stands(page);
    const entries = page.getByRole("navigation").getByRole("menuitem");
    assert.deepEqual((await entries.allTextContents()).map((text) => text.trim()), menu);
    const paths = await entries.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    if (role === "省级") paths.push("/000000/alerts", "/000000/policies", "/000000/schools"); // the platform's, which only the province is told; and the province's rules and calendars
    for (const path of paths) {
      await page.goto(path);
      await stands(page);
      const said = await page.evaluate(() => ({
        refused: [...document.querySelectorAll("[role=alert]")].map((element) => element.textContent),
        // Between marks of code stands what is a number of its own.
        text: [...document.querySelectorAll("main :not(code):not(script)")].flatMap((element) => [...element.childNodes]
          .filter((node) => node.nodeType === Node.TEXT_NODE && element.getClientRects().length > 0).map((node) => node.textContent)).join(" "),
        mute: [...document.querySelectorAll(".ant-empty")].filter((element) => !element.querySelector(".ant-empty-description")?.textContent).length,
      }));
      assert.deepEqual(said.refused, [], `${role} ${path} is refused nothing`);
      assert.deepEqual(said.text.match(/[0-9a-f]{8}-[0-9a-f]{4}-|counties\/|_[A-Z]{3}/g), null, `${role} ${path} has names and no ids`);
      assert.deepEqual((said.text.match(/[A-Za-z][a-z]{3,}/g) ?? []).filter((word) => !named.has(word)), [], `${role} ${path} speaks Chinese`);
      assert.equal(said.mute, 0, `${role} ${path}: an empty place says what comes here`);
    }
  });
}
/** What has no Chinese name: the platform's programs, a program of others, how people here sign in, what their browser is. */
const named = new Set(["registry", "pairing", "alerts", "reporting", "access", "gateway", "Excel", "xitong", "anquan", "shenji", "shengji", "Chrome", "Linux"]);
