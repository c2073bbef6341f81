// A private stack with the rosters of one county, for the console's tests, and people who can sign in.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const county = "520324";
export const parent = `counties/${county}`;
export const officer = "52032400001"; // holds the county office's post
export const teacher = "52032400006"; // class teacher of 2-1
export const school = `${parent}/schools/2152990001`;

/** The stack that `run` started: where it is, and tonghuctl on it. */
export const stack = {
  state: process.env.TONGHU_STATE,
  build: process.env.TONGHU_BUILD,
  get endpoints() {
    return JSON.parse(readFileSync(`${this.state}/run/endpoints.json`, "utf8"));
  },
  get address() {
    return this.endpoints.gateway_http;
  },
  ctl(...args) {
    const out = execFileSync(`${this.build}/bin/tonghuctl`, ["--state", this.state, "--json", ...args], { encoding: "utf8" });
    return out.trim() === "" ? {} : JSON.parse(out);
  },
  command(name, ...args) {
    execFileSync(`${root}deploy/local/stack`, [name, "--state", this.state, ...args], { stdio: "ignore" });
  },
};

export function loadRosters() {
  for (const kind of ["schools", "staff", "children"]) {
    stack.ctl("import", kind, `${root}deploy/demo/rosters/${kind}-${county}.csv`, "--county", county);
  }
  stack.ctl("pair", "by-class", "--county", county);
}

const day = 24 * 3600_000;
/** The date in China, YYYY-MM-DD. */
export const dateOf = (ms) => new Date(ms + 8 * 3600_000).toISOString().slice(0, 10);

/** A term that begins today, also on a Saturday or Sunday, so that this week's talk is owed. */
export function openTerm() {
  const today = dateOf(Date.now());
  const makeup = [0, 6].includes(new Date(today).getUTCDay()) ? ["--makeup", today] : [];
  stack.ctl("calendar", "put", school, "--county", county, "--first", today, "--last", dateOf(Date.now() + 60 * day), ...makeup);
}

/**
 * The county's children, always in the same order. Services list them by ids, which chance gives: a test that took
 * the first of those would try another child, in another class and care level, each time.
 */
export const childrenInOrder = () =>
  stack.ctl("child", "list", "--county", county).children.sort((a, b) => (a.displayName < b.displayName ? -1 : 1));

/** A one-time code of RFC 6238: SHA-1, six digits, of the half minute `step`. */
export function codeOf(secret, step) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let bits = "";
  for (const letter of secret.replace(/[\s=]/g, "")) bits += alphabet.indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// Each code is good once: whoever signs in twice within half a minute takes the next one, which is accepted early.
const lastStep = new Map();
export function nextCode(secret) {
  const now = Math.floor(Date.now() / 30_000);
  const step = Math.max(now, (lastStep.get(secret) ?? 0) + 1);
  lastStep.set(secret, step);
  return codeOf(secret, step);
}

/** An account for a member of staff: login and first password. */
export function makeAccount(staff) {
  return slipOf(stack.ctl("account", "create", "--county", county, "--staff", staff));
}

/** An account of nobody's with a role, in the county or, for "000000", in the province: login and first password. */
export function makeWithRole(login, name, role, place = county) {
  const account = slipOf(stack.ctl("account", "create", "--county", place, "--login", login, "--name", name));
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const area = place === "000000" ? [] : ["--area-county", place];
  stack.ctl("account", "grant", account.account, "--role", role, ...area, "--until", until, "--reason", "任命");
  return account;
}

const slipOf = ({ slips: [slip] }) => ({ login: slip.login, password: slip.firstPassword, account: slip.account });

/** A code for an account that signs in again and again: a recovery code when the next one-time code would come too early. */
export function codeFor(account) {
  const early = (lastStep.get(account.secret) ?? 0) - Math.floor(Date.now() / 30_000);
  return early > 0 && account.recovery.length > 0 ? account.recovery.shift() : nextCode(account.secret);
}

const newPassword = "Qingshan7-Yuxi-Lucun";

/** Signs in by the pages for the first time: a new password, a phone enrolled. Gives the account with its secret and recovery codes. */
export async function firstSignIn(page, account, password = newPassword) {
  await page.goto("/");
  await page.getByLabel("账号").fill(account.login);
  await page.getByLabel("密码").fill(account.password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByLabel("现在的密码").fill(account.password);
  await page.getByLabel("新密码", { exact: true }).fill(password);
  await page.getByLabel("再次输入新密码").fill(password);
  await page.getByRole("button", { name: "设置密码" }).click();
  const secret = (await page.getByTestId("secret").textContent()).replace(/\s/g, "");
  const recovery = await page.locator(".sign-in-recovery li").allTextContents();
  await page.getByLabel("验证码").fill(nextCode(secret));
  await page.getByRole("button", { name: "验证" }).click();
  // The pages; or, for the province, the choice of a county.
  await page.getByRole("navigation").or(page.getByRole("heading", { name: /^选择/ })).waitFor();
  return { ...account, password, secret, recovery };
}

export async function signIn(page, account) {
  await page.goto("/");
  await page.getByLabel("账号").fill(account.login);
  await page.getByLabel("密码").fill(account.password);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByLabel("验证码").fill(nextCode(account.secret));
  await page.getByRole("button", { name: "验证" }).click();
  await page.getByRole("navigation").waitFor();
}
