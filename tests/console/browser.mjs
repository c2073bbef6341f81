// Debian's Chromium, and what every page is held to.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "../../services/console/node_modules/playwright-core/index.mjs";
import { AxeBuilder } from "../../services/console/node_modules/@axe-core/playwright/dist/index.mjs";
import { stack } from "./stack.mjs";

export async function openBrowser() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** A fresh browser context, as a PC of one's own. Bounds are generous: the machine may be busy. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ baseURL: stack.address, viewport: { width: 1366, height: 768 }, locale: "zh-CN", ...options });
  context.setDefaultTimeout(Number(process.env.TONGHU_WAIT ?? 60_000));
  const page = await context.newPage();
  page.violations = [];
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) page.violations.push(message.text());
  });
  page.on("pageerror", (error) => page.violations.push(String(error)));
  return page;
}

/** Waits until what the page is asked is true. An asynchronous question too: Playwright's waitForFunction takes its promise for a yes. */
export async function until(page, question, arg) {
  const end = Date.now() + 120_000;
  while (!(await page.evaluate(question, arg))) {
    assert.ok(Date.now() < end, `never true: ${question}`);
    await pause(300); // an account may make 60 calls a second
  }
}

/** WCAG A and AA by axe, no breach of the security policy and no error of a script. */
export async function assertGood(page, name) {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).slice(0, 3).join("; ")}`),
    [], `${name}: WCAG`);
  assert.deepEqual(page.violations, [], `${name}: security policy and script errors`);
  if (process.env.TONGHU_SCREENSHOTS) await page.screenshot({ path: `${process.env.TONGHU_SCREENSHOTS}/${name}.png`, fullPage: true });
}
