// Checks what was built: every script parses as ES2020, which is what Chromium 78 reads, and no page is larger than its
// budget. A page's size is what its first view loads, gzipped: the page, its scripts and styles, with what they import.
//   node tools/check.mjs OUT
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "acorn";

const out = process.argv[2];
const budgets = { "index.html": 600, "m/index.html": 200 }; // kB, gzip
let bad = false;
const breach = (text) => {
  console.error(text);
  bad = true;
};

for (const file of readdirSync(out, { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".js")) continue;
  try {
    parse(readFileSync(join(out, file), "utf8"), { ecmaVersion: 2020, sourceType: "module" });
  } catch (error) {
    breach(`${file} does not parse as ES2020: ${error.message}`);
  }
}

const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
const size = (file) => gzipSync(readFileSync(join(out, file)), { level: 6 }).length;
for (const [page, budget] of Object.entries(budgets)) {
  const files = new Set([page]);
  const visit = (key) => {
    const chunk = manifest[key];
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    (chunk.imports ?? []).forEach(visit);
  };
  visit(page);
  const kilobytes = [...files].reduce((sum, file) => sum + size(file), 0) / 1000;
  const line = `${page}: ${kilobytes.toFixed(0)} kB gzip of ${budget}`;
  if (kilobytes > budget) breach(line);
  else console.log(line);
}
process.exit(bad ? 1 : 0);
