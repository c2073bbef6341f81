// Builds the console: clients from the protos, types, pages, and what the pages must keep to.
//   node tools/build.mjs OUT [PROTOC GOOGLEAPIS_DIR]
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const [out, ...protoc] = process.argv.slice(2);
if (out === undefined) throw new Error("usage: node tools/build.mjs OUT [PROTOC GOOGLEAPIS_DIR]");
const run = (script, ...args) => {
  const { status } = spawnSync(process.execPath, [join(here, script), ...args], { cwd: here, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) process.exit(1); // the script has said why
};

run("tools/protos.mjs", ...protoc);
run("node_modules/typescript/bin/tsc", "--project", "tsconfig.json");
run("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--emptyOutDir", "--outDir", resolve(out));
run("tools/check.mjs", resolve(out));
