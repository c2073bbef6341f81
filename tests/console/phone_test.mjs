// What a teacher records on a phone, on the real stack: with and without a network, and with a clock that is wrong.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openBrowser, until } from "./browser.mjs";
import { chip, contacts, countTouches, day, fill, isEmpty, makePerson, onDisk, openForm, openPhone, openSchool, openWay, openWeek, save, signIn, signInForm, touches } from "./phone.mjs";
import { county, dateOf, stack, teacher } from "./stack.mjs";

let browser, way, account, other;

before(async () => {
  openSchool();
  browser = await openBrowser();
  way = await openWay();
  account = await makePerson(browser, teacher);
  other = await makePerson(browser, "52032400007");
});
after(async () => {
  await browser?.close();
  way?.close();
});

const open = (options) => openPhone(browser, way, options);
/** Waits until everything has left the phone; gives the contacts with this note. */
async function arrived(page, note) {
  await chip(page, "已同步").waitFor();
  await until(page, isEmpty);
  return contacts(note);
}
const endSessions = () => stack.ctl("account", "sign-out", account.account, "--county", county);

test("a contact that is owed is two taps: the child, saved; the form has the kind that does the duty", async () => {
  const page = await open();
  await openWeek(page, account);
  const before = (stack.ctl("contact", "list", "--county", county).contacts ?? []).length;
  await countTouches(page);
  await page.getByRole("link", { name: /^记录 / }).first().tap();
  await page.getByRole("button", { name: "保存" }).tap();
  await page.getByRole("heading", { name: /还有 \d+ 名儿童要联系|没有待办的任务/ }).waitFor();
  assert.equal(await touches(page), 2);
  await until(page, isEmpty);
  const { contacts: all } = stack.ctl("contact", "list", "--county", county);
  assert.equal(all.length, before + 1);
  assert.ok(all.every(({ kind, closedDuties }) => kind === "CONTACT_KIND_TALK" && closedDuties.length === 1), "the talk that was owed");
  await page.context().close();
});

test("a contact recorded without a network arrives once with its true time, though the answer is lost and the page closed", async () => {
  const page = await open();
  await openWeek(page, account);
  await page.context().setOffline(true);
  await page.reload();
  await chip(page, "没有网络").waitFor();
  const name = await openForm(page);
  await fill(page, "谈心", "离线时谈的心");
  const today = `${dateOf(Date.now())}T00:00`;
  await page.getByText("其他时间", { exact: true }).click();
  await page.getByLabel("日期和时间").fill(today);
  await save(page);
  await chip(page, "没有网络，1 条待发送").waitFor();
  const disk = await onDisk(page);
  assert.equal(disk.records, 1);
  assert.ok(!disk.text.includes(name) && !disk.text.includes("离线时谈的心"), "nothing is kept in plain text");
  // The tab is closed and opened again, still without a network; then the first answer is lost.
  const again = await page.context().newPage();
  await page.close();
  await again.goto("/m/");
  await chip(again, "没有网络，1 条待发送").waitFor();
  way.state.lose = "CreateContact";
  await again.context().setOffline(false);
  const [contact, ...more] = await arrived(again, "离线时谈的心");
  assert.equal(way.state.lost, 1, "the answer was lost");
  assert.equal(more.length, 0);
  assert.equal(Date.parse(contact.happenTime), Date.parse(`${today}:00+08:00`));
  assert.equal((await onDisk(again)).records, 0);
  await again.context().close();
});

test("a request that arrives twice is one contact", async () => {
  const page = await open();
  await openWeek(page, account);
  way.state.twice = "CreateContact";
  way.state.calls.length = 0;
  await openForm(page);
  await fill(page, "联系家长", "请求到了两次");
  await save(page);
  assert.equal((await arrived(page, "请求到了两次")).length, 1);
  assert.equal(way.state.calls.filter((call) => call === "CreateContact").length, 2);
  way.state.twice = "";
  await page.context().close();
});

test("a session that ends mid-form loses nothing", async () => {
  const page = await open();
  await openWeek(page, account);
  const name = await openForm(page);
  await fill(page, "家访", "奶奶生病，家里没有人做饭");
  endSessions();
  await pressUntilSignedOut(page);
  assert.equal(await page.getByText(name).count(), 0, "the child's name is gone from the page");
  await page.reload();
  await signInForm(page);
  await signIn(page, account);
  await page.getByText("上次没有填完的内容已恢复").waitFor();
  assert.equal(await page.getByLabel(/补充/).inputValue(), "奶奶生病，家里没有人做饭");
  await save(page);
  assert.equal((await arrived(page, "奶奶生病，家里没有人做饭")).length, 1);
  await page.context().close();
});

test("a session that ended while a contact waited: the contact goes out once, after sign-in", async () => {
  const page = await open();
  await openWeek(page, account);
  await page.context().setOffline(true);
  await openForm(page);
  await fill(page, "谈心", "等待时登录失效");
  await save(page);
  await chip(page, "没有网络，1 条待发送").waitFor();
  endSessions();
  await identityIsOver(page);
  await page.context().setOffline(false);
  await signInForm(page);
  assert.equal(contacts("等待时登录失效").length, 0);
  await signIn(page, account);
  assert.equal((await arrived(page, "等待时登录失效")).length, 1);
  await page.context().close();
});

test("what is recorded by a clock that is a day fast has its true time", async () => {
  const page = await open();
  await page.clock.install({ time: Date.now() + day });
  await openWeek(page, account);
  await page.context().setOffline(true);
  await openForm(page);
  // The kinds that are not of every week lie behind one touch.
  assert.equal(await page.getByText("亲情通话", { exact: true }).count(), 0);
  await page.getByRole("button", { name: "其他方式" }).click();
  await fill(page, "亲情通话", "手机快了一天");
  await save(page);
  await chip(page, "没有网络，1 条待发送").click();
  await page.getByText("手机时钟快了1天").waitFor();
  await page.context().setOffline(false);
  const [contact] = await arrived(page, "手机快了一天");
  assert.ok(Math.abs(Date.parse(contact.happenTime) - Date.now()) < 10 * 60_000, contact.happenTime);
  assert.equal(contact.kind, "CONTACT_KIND_FAMILY_CALL");
  await page.context().close();
});

test("what a service refuses stays with the reason, until its author has thrown it away", async () => {
  const page = await open();
  await openWeek(page, account);
  await openForm(page);
  await fill(page, "家访", "结对以前的家访");
  await page.getByText("昨天", { exact: true }).click();
  await save(page);
  await chip(page, "1 条未被接受").click();
  await page.getByText("该帮扶人当时未与该儿童结对").waitFor();
  // The answer is held back until the page has shown that the record waits again: only then is the reason a new one.
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/tonghu.pairing.v1.ContactService/*", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("button", { name: "再试一次" }).click();
  await page.getByText("该帮扶人当时未与该儿童结对").waitFor({ state: "hidden" });
  release();
  await page.getByText("该帮扶人当时未与该儿童结对").waitFor();
  await page.getByRole("button", { name: "删除" }).click();
  await page.getByRole("button", { name: "确定删除" }).click();
  await page.getByText("没有待发送的记录").waitFor();
  assert.equal(contacts("结对以前的家访").length, 0);
  await page.context().close();
});

test("who signs in next sees and sends nothing of the person before", async () => {
  const page = await open();
  await openWeek(page, account);
  await page.context().setOffline(true);
  await openForm(page);
  await fill(page, "谈心", "还没有发出去");
  await save(page);
  await chip(page, "没有网络，1 条待发送").click();
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByText("上一位使用者退出时没有网络").waitFor();
  await page.context().setOffline(false);
  await signInForm(page);
  await signIn(page, other);
  await page.goto("/m/#/outbox");
  await page.getByText("没有待发送的记录").waitFor();
  await page.getByRole("button", { name: "退出登录" }).click();
  await signInForm(page);
  assert.equal(contacts("还没有发出去").length, 0);
  await signIn(page, account);
  assert.equal((await arrived(page, "还没有发出去")).length, 1);
  await page.context().close();
});

/** Waits until the registry hears nothing more of the browser's session: an identity that was given before is good for some seconds. */
async function identityIsOver(page) {
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  // An identity is kept for a browser: the same program must ask.
  const agent = await page.evaluate(() => navigator.userAgent);
  const end = Date.now() + 60_000;
  for (let status = 200; status !== 401; ) {
    assert.ok(Date.now() < end, "the session goes on");
    await pause(300); // an account may make 60 calls a second
    ({ status } = await fetch(`${stack.address}/tonghu.registry.v1.ChildService/ListChildren`, {
      method: "POST", headers: { "content-type": "application/json", "user-agent": agent, cookie: cookies }, body: JSON.stringify({ parent: `counties/${county}` }),
    }));
  }
}

/** Asks for the family's phone numbers once the session is over. */
async function pressUntilSignedOut(page) {
  await identityIsOver(page);
  await page.getByRole("button", { name: "查看家人电话" }).click();
  await signInForm(page);
}
