// Generates the clients of the protos into src/gen, by Debian's protoc and protoc-gen-es.
//   node tools/protos.mjs PROTOC GOOGLEAPIS_DIR
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const console_ = fileURLToPath(new URL("..", import.meta.url));
const protos = join(console_, "../../proto");
const out = join(console_, "src/gen");
const [protoc = "protoc", googleapis = "/usr/share/gocode/src/github.com/gogo/googleapis"] = process.argv.slice(2);

const files = readdirSync(protos, { recursive: true, encoding: "utf8" }).filter(
  // What the services store and what the command line shows is no business of a page.
  (file) => file.endsWith(".proto") && !/\/(stored|forms|events)\//.test(file),
);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync(
  protoc,
  [
    `--plugin=protoc-gen-es=${relative(process.cwd(), join(console_, "tools/protoc-gen-es"))}`,
    `--es_out=${out}`,
    "--es_opt=target=ts",
    `-I${protos}`,
    `-I${googleapis}`,
    ...files.map((file) => join(protos, file)),
    join(googleapis, "google/rpc/error_details.proto"),
  ],
  { stdio: "inherit", env: { ...process.env, TONGHU_NODE: process.execPath } },
);
