// What stands before Tonghu where a province has single sign-on: a gateway with its socket, Apache and nginx, by the
// configuration of deploy/ with other ports, names and folders.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stack } from "../console/stack.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const patience = 60_000; // milliseconds; the machine may be busy

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (where) => new Promise((resolve) => {
  const socket = connect(where, () => resolve(true));
  socket.on("error", () => resolve(false));
  socket.on("connect", () => socket.destroy());
});

async function comes(what, condition) {
  const until = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`${what} does not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function filled(text, values) {
  for (const [from, to] of values) {
    if (!text.includes(from)) throw new Error(`the configuration has no ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}
const deployed = (path, values) => filled(readFileSync(join(root, "deploy", path), "utf8"), values);

/**
 * Opens a front. `apache`: the file of deploy/apache; `modules`: what it needs beside what every site needs; `values`: what
 * is replaced in the file, by the front's address; `sso`: settings of the gateway, by the same.
 */
export async function openFront({ apache, modules, values, sso }) {
  const folder = mkdtempSync(join(tmpdir(), "tonghu-sso."));
  chmodSync(folder, 0o750);
  const [tls, plain, apachePort, http, admin] = await Promise.all(Array.from({ length: 5 }, freePort));
  const address = `https://localhost:${tls}`;
  const socket = join(folder, "sso.sock");
  const running = [];
  const start = (program, args) => {
    // A proxy of the machine's is not for servers on loopback.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)));
    const log = join(folder, `${running.length}.log`);
    const child = spawn("/bin/sh", ["-c", `exec "$0" "$@" > '${log}' 2>&1`, program, ...args], { stdio: "ignore", env });
    running.push(child);
    return log;
  };

  const gateway = join(folder, "gateway.toml");
  writeFileSync(gateway, filled(readFileSync(`${stack.state}/run/gateway-1.toml`, "utf8"), [
    [/^listen = .*$/m.exec(readFileSync(`${stack.state}/run/gateway-1.toml`, "utf8"))[0], `listen = "127.0.0.1:${http}"`],
    [/^admin_listen = .*$/m.exec(readFileSync(`${stack.state}/run/gateway-1.toml`, "utf8"))[0], `admin_listen = "127.0.0.1:${admin}"`],
    ["gateway-1", "gateway-sso"],
    ["secure_cookie = false", `secure_cookie = true\nproxies = "127.0.0.1"\norigins = "${address}"`],
  ]) + `\n[sso]\nsocket = "${socket}"\n${Object.entries(sso(address)).map(([key, value]) => `${key} = "${value}"\n`).join("")}`);
  start(`${stack.build}/bin/tonghu-gateway`, ["--config", gateway]);

  const site = join(folder, "site.conf");
  writeFileSync(site, deployed(`apache/${apache}`, [
    ["127.0.0.1:8085", `127.0.0.1:${apachePort}`], ["/run/tonghu/sso.sock", socket], ...values(address, folder),
    ["tonghu.example.gov.cn", "localhost"],
  ]));
  writeFileSync(join(folder, "apache.conf"), `ServerRoot ${folder}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/apache.log
${["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "proxy", "proxy_http", ...modules]
    .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
# Where root runs the test, Apache's children reach the socket by its group.
User www-data
Group #${process.getgid()}
Include ${site}
`);
  start("/usr/sbin/apache2", ["-f", join(folder, "apache.conf"), "-DFOREGROUND"]);

  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
    "-subj", "/CN=localhost", "-keyout", `${folder}/front.key`, "-out", `${folder}/front.pem`], { stdio: "ignore" });
  mkdirSync(`${folder}/nginx`);
  writeFileSync(`${folder}/nginx/sso.conf`, deployed("nginx/sso.conf", [["127.0.0.1:8085", `127.0.0.1:${apachePort}`]]));
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  writeFileSync(`${folder}/nginx.conf`, `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log;
events { worker_connections 512; }
http { access_log off; ${temporary.join(" ")}
${deployed("nginx/tonghu.conf", [["127.0.0.1:8080", `127.0.0.1:${http}`], ["listen 80;", `listen 127.0.0.1:${plain};`],
    ["listen 443", `listen 127.0.0.1:${tls}`], ["tonghu.example.gov.cn", "localhost"], ["/etc/tonghu/tls", folder],
    ["/etc/tonghu/nginx", `${folder}/nginx`]])}}
`);
  start("/usr/sbin/nginx", ["-p", folder, "-c", `${folder}/nginx.conf`]);

  const logs = () => ["0.log", "1.log", "2.log", "apache.log", "nginx.log"].map((name) => {
    try {
      return `== ${name}\n${readFileSync(join(folder, name), "utf8")}`;
    } catch {
      return "";
    }
  }).join("\n");
  const close = async () => {
    for (const child of running) {
      if (child.exitCode !== null) continue;
      const gone = new Promise((resolve) => child.on("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    }
    if (process.env.TONGHU_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await comes("the gateway", () => answers({ path: socket }));
    await comes("Apache", () => answers({ port: apachePort, host: "127.0.0.1" }));
    await comes("nginx", () => answers({ port: tls, host: "127.0.0.1" }));
  } catch (error) {
    const said = logs();
    await close();
    throw new Error(`${error.message}\n${said}`);
  }
  return { address, socket, http, apachePort, logs, close };
}
