// What a teacher does on a phone, on the real stack: with and without a network, and with a clock that is wrong.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { assertGood, openBrowser, openPage } from "./browser.mjs";
import { county, firstSignIn, loadRosters, makeAccount, nextCode, school, stack, teacher } from "./stack.mjs";

const day = 24 * 3600_000;
const phone = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true };
let browser, way, account, other;

/** The way to the gateway, on which the answer of one call can be lost: the gateway has taken it, the phone hears nothing. */
function openWay() {
  const target = new URL(stack.address);
  const state = { lose: "", lost: 0 };
  const server = http.createServer((request, response) => {
    const lost = state.lose !== "" && request.url.endsWith(`/${state.lose}`);
    if (lost) state.lose = "";
    const onward = http.request({ host: target.hostname, port: target.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      if (lost) return answer.resume().on("end", () => { state.lost += 1; request.socket.destroy(); });
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve({ state, close: () => server.close(), address: `http://127.0.0.1:${server.address().port}` })));
}

before(async () => {
  // School begins today, so that this week's talk is owed.
  const date = (ms) => new Date(ms + 8 * 3600_000).toISOString().slice(0, 10);
  loadRosters();
  stack.ctl("calendar", "put", school, "--county", county, "--first", date(Date.now()), "--last", date(Date.now() + 60 * day));
  browser = await openBrowser();
  way = await openWay();
  const page = await openPage(browser);
  account = await firstSignIn(page, makeAccount(teacher));
  await page.context().close();
  const second = await openPage(browser);
  other = await firstSignIn(second, makeAccount("52032400007"));
  await second.context().close();
});
after(async () => {
  await browser?.close();
  way?.close();
});

const openPhone = (options = {}) => openPage(browser, { ...phone, baseURL: way.address, ...options });

async function signIn(page, who) {
  await page.getByLabel("账号").fill(who.login);
  await page.getByLabel("密码", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByLabel("验证码").fill(nextCode(who.secret));
  await page.getByRole("button", { name: "验证" }).click();
}
const signInForm = (page) => page.getByLabel("账号").waitFor();
async function openWeek(page, who = account) {
  await page.goto("/m/");
  await signIn(page, who);
  await page.getByRole("heading", { level: 1 }).waitFor();
  // The service worker has the page, so that the page opens without a network.
  await page.waitForFunction(async () => {
    const kept = await (await caches.open("tonghu-phone-shell")).keys();
    return navigator.serviceWorker.controller !== null && kept.length > 2;
  });
}
/** Opens the form of the first child of the list whose name is not taken yet. */
async function openForm(page) {
  for (const fold of await page.locator("details:not([open]) > summary").all()) await fold.click();
  const link = page.getByRole("link", { name: /^记录 / }).first();
  const name = (await link.getAttribute("aria-label")).replace("记录 ", "");
  await link.click();
  await page.getByRole("heading", { name: `联系 ${name}` }).waitFor();
  return name;
}
async function fill(page, kind, note) {
  await page.getByText(kind, { exact: true }).click();
  await page.getByLabel(/补充/).fill(note);
}
const save = (page) => page.getByRole("button", { name: "保存" }).click();
const contacts = (note) => (stack.ctl("contact", "list", "--county", county).contacts ?? []).filter((one) => one.note === note);
/** Waits until as many contacts with this note are at the service. */
async function arrived(page, note) {
  const until = Date.now() + 120_000;
  while (contacts(note).length === 0 && Date.now() < until) await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(done) && setTimeout(done, 200, true)));
  return contacts(note);
}

test("a contact recorded without a network arrives once, though the answer is lost and the page reloaded", async () => {
  const page = await openPhone();
  await openWeek(page);
  await assertGood(page, "phone-week");
  await page.context().setOffline(true);
  await page.reload();
  await page.getByText("没有网络").first().waitFor();
  const name = await openForm(page);
  await fill(page, "谈心", "离线时谈的心");
  await assertGood(page, "phone-contact");
  await save(page);
  await page.getByText("没有网络，1 条待发送").waitFor();
  const disk = await page.evaluate(() => new Promise((resolve) => {
    indexedDB.open("tonghu-phone").onsuccess = ({ target }) => {
      const read = target.result.transaction(["queue", "cells"]);
      const [queue, cells] = ["queue", "cells"].map((store) => read.objectStore(store).getAll());
      read.oncomplete = () => resolve(JSON.stringify([queue.result, cells.result], (_, value) => value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value));
    };
  }));
  assert.ok(disk.includes("queue") || disk.length > 100, "something is kept");
  assert.ok(!disk.includes(name) && !disk.includes("离线时谈的心"), "nothing is kept in plain text");
  way.state.lose = "CreateContact";
  await page.context().setOffline(false);
  await arrived(page, "离线时谈的心");
  await page.reload();
  await page.getByText("已同步").waitFor();
  assert.equal(way.state.lost, 1, "the answer was lost");
  assert.equal(contacts("离线时谈的心").length, 1);
  await page.context().close();
});

test("a session that ends mid-form loses nothing", async () => {
  const page = await openPhone();
  await openWeek(page);
  const name = await openForm(page);
  await fill(page, "家访", "奶奶生病，家里没有人做饭");
  stack.ctl("session", "revoke", account.account, "--county", county);
  await page.getByRole("button", { name: "查看家人电话" }).click();
  await signInForm(page);
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

test("what is recorded by a clock that is a day fast has its true time", async () => {
  const page = await openPhone();
  await page.clock.install({ time: Date.now() + day });
  await openWeek(page);
  await page.context().setOffline(true);
  await openForm(page);
  await fill(page, "联系家长", "手机快了一天");
  await save(page);
  await page.getByText("没有网络，1 条待发送").click();
  await page.getByText("手机时钟快了1天").waitFor();
  await page.context().setOffline(false);
  const [contact] = await arrived(page, "手机快了一天");
  assert.ok(Math.abs(Date.parse(contact.happenTime) - Date.now()) < 10 * 60_000, contact.happenTime);
  await page.context().close();
});

test("who signs in next sees and sends nothing of the person before", async () => {
  const page = await openPhone();
  await openWeek(page);
  await page.context().setOffline(true);
  await openForm(page);
  await fill(page, "谈心", "还没有发出去");
  await save(page);
  await page.getByText("没有网络，1 条待发送").click();
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

test("absence by one tap, taken back by another; a sudden event by a button that is held", async () => {
  const page = await openPhone();
  await openWeek(page);
  await page.goto("/m/#/absence");
  await page.getByRole("button", { name: /缺勤$/ }).first().click();
  await page.getByRole("button", { name: "撤销" }).click();
  await page.getByRole("button", { name: /请假$/ }).first().click();
  await assertGood(page, "phone-absence");
  await page.getByText("已报请假").waitFor();
  await page.goto("/m/#/emergency");
  await page.getByLabel("哪名儿童").selectOption({ index: 1 });
  await page.getByRole("button", { name: "走失" }).click();
  await page.getByText(/上报后/).waitFor();
  await assertGood(page, "phone-emergency");
  const button = await page.getByRole("button", { name: "按住上报" }).boundingBox();
  await page.mouse.move(button.x + 20, button.y + 20);
  await page.mouse.down();
  await page.mouse.up();
  assert.equal((stack.ctl("emergency", "list", "--county", county).emergencies ?? []).length, 0, "a tap reports nothing");
  await page.mouse.down();
  await page.getByText("的突发事件已上报").waitFor();
  await page.mouse.up();
  assert.equal(stack.ctl("emergency", "list", "--county", county).emergencies.length, 1);
  await assertGood(page, "phone-reported");
  await page.context().close();
});
