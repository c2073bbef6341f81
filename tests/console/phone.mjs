// A phone: its browser, the way to the gateway, and what a teacher does on the pages.
import assert from "node:assert/strict";
import http from "node:http";
import { assertGood, openPage, until } from "./browser.mjs";
import { codeFor, county, firstSignIn, loadRosters, makeAccount, openTerm, stack } from "./stack.mjs";

export const day = 24 * 3600_000;
const screen = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true };
const target = 48; // pixels that a thumb needs
const budget = 200_000; // bytes of the first view

/** Rosters, pairings by class, and this week's talk that is owed. */
export function openSchool() {
  loadRosters();
  openTerm();
}

/** An account of a member of staff that has signed in once. */
export async function makePerson(browser, staff) {
  const page = await openPage(browser);
  const account = await firstSignIn(page, makeAccount(staff));
  await page.context().close();
  return account;
}

/**
 * The way to the gateway. `state.lose`: the answer of the next call of this method is lost: the gateway has taken the call,
 * the phone hears nothing. `state.twice`: every call of this method arrives twice. `state.calls`: the calls that arrived.
 */
export function openWay() {
  const gateway = new URL(stack.address);
  const state = { lose: "", lost: 0, twice: "", calls: [] };
  const server = http.createServer((request, response) => {
    const method = request.url.split("/").pop();
    const lost = state.lose !== "" && state.lose === method;
    if (lost) state.lose = "";
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const send = (answered) => {
        state.calls.push(method);
        const onward = http.request({ host: gateway.hostname, port: gateway.port, path: request.url, method: request.method, headers: request.headers }, answered);
        onward.on("error", () => response.destroy());
        onward.end(body);
      };
      const answer = (onward) => {
        response.writeHead(onward.statusCode, onward.headers);
        if (lost) {
          // With a head, since a browser repeats by itself what had no answer at all.
          response.flushHeaders();
          return onward.resume().on("end", () => { state.lost += 1; request.socket.end(() => request.socket.destroy()); });
        }
        onward.pipe(response);
      };
      if (state.twice !== method) return send(answer);
      send((onward) => onward.resume().on("end", () => send(answer)));
    });
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve({ state, close: () => server.close(), address: `http://127.0.0.1:${server.address().port}` })));
}

export const openPhone = (browser, way, options = {}) => openPage(browser, { ...screen, baseURL: way.address, ...options });

export const signInForm = (page) => page.getByLabel("账号").waitFor();
export async function signIn(page, account) {
  await page.getByLabel("账号").fill(account.login);
  await page.getByLabel("密码", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByLabel("验证码").fill(codeFor(account));
  await page.getByRole("button", { name: "验证" }).click();
  await page.getByRole("navigation").waitFor();
}

/** Signs in to the week, and waits until the phone can do without a network. */
export async function openWeek(page, account) {
  await page.goto("/m/");
  await signIn(page, account);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await until(page, async () => {
    const kept = await (await caches.open("tonghu-phone-shell")).keys();
    return navigator.serviceWorker.controller !== null && kept.length > 2;
  });
}

/** Opens the form of the first child of the list, with the kind that is owed to it. Gives the child's name. */
export async function openForm(page) {
  for (const fold of await page.locator("details:not([open]) > summary").all()) await fold.click();
  const link = page.getByRole("link", { name: /^记录 / }).first();
  const name = (await link.getAttribute("aria-label")).split(" ")[1];
  await link.click();
  await page.getByRole("heading", { name: `联系 ${name}` }).waitFor();
  return name;
}
export async function fill(page, kind, note) {
  await page.getByText(kind, { exact: true }).click();
  await page.getByLabel(/补充/).fill(note);
}
/** Saves the form. Afterwards the record is on the phone's disk. */
export async function save(page) {
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("button", { name: "保存" }).waitFor({ state: "detached" });
}
export const chip = (page, text) => page.locator("header").getByText(text, { exact: true });

export const contacts = (note) => (stack.ctl("contact", "list", "--county", county).contacts ?? []).filter((one) => one.note === note);

/** What the queue and the cells of the phone's database hold, bytes as text. */
export const onDisk = (page) => page.evaluate(() => new Promise((resolve) => {
  indexedDB.open("tonghu-phone").onsuccess = ({ target: { result } }) => {
    const read = result.transaction(["queue", "cells"]);
    const [queue, cells] = ["queue", "cells"].map((name) => read.objectStore(name).getAll());
    const plain = (_, value) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value);
    read.oncomplete = () => resolve({ records: queue.result.length, text: JSON.stringify([queue.result, cells.result], plain) });
  };
}));

/** Asked of a page: whether nothing waits on the phone's disk. */
export const isEmpty = () => new Promise((resolve) => {
  indexedDB.open("tonghu-phone").onsuccess = ({ target: { result } }) => {
    result.transaction("queue").objectStore("queue").count().onsuccess = (event) => resolve(event.target.result === 0);
  };
});

/** What every phone page is held to: WCAG AA and what a thumb needs, on a screen 375 px wide. */
export async function assertHandy(page, name) {
  await assertGood(page, name);
  const { wide, small } = await page.evaluate((least) => {
    const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
    // What is pressed for a radio or a box is its label; a text in a sentence is read and seldom pressed.
    const pressed = Array.from(document.querySelectorAll("a[href], button, summary, select, textarea, input, label.chosen"))
      .filter(shown).map((element) => (element.matches("input[type=radio], input[type=checkbox]") ? element.closest("label") : element));
    const small = pressed.map((element) => [element, element.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < least || height < least)
      .map(([element, { width, height }]) => `${element.textContent.trim() || element.tagName} ${Math.round(width)}×${Math.round(height)}`);
    return { wide: document.documentElement.scrollWidth - window.innerWidth, small };
  }, target);
  assert.deepEqual(small, [], `${name}: targets of at least ${target} px`);
  assert.ok(wide <= 0, `${name}: ${wide} px wider than the screen`);
}

/** Counts the touches of the page from now on, also those that hit nothing. */
export const countTouches = (page) => page.evaluate(() => {
  if (window.touches === undefined) addEventListener("pointerdown", () => (window.touches += 1), true);
  window.touches = 0;
});
export const touches = (page) => page.evaluate(() => window.touches);

/** Bytes that the first view of a page brought over the network. */
export async function assertLight(page, name) {
  const bytes = await page.evaluate(() =>
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, entry) => sum + entry.encodedBodySize, 0));
  assert.ok(bytes > 0 && bytes <= budget, `${name}: ${bytes} bytes of ${budget}`);
}
