// The identity providers of the test, on loopback: npm's oidc-provider, and a CAS server of a few lines (CAS protocol 2.0:
// /login, /serviceValidate, /logout). Anybody signs in with any password.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}

const closing = (server) => () => new Promise((resolve) => {
  server.closeAllConnections();
  server.close(resolve);
});

/** OpenID Connect. `clientOf` gives the client's metadata, by the front's address, once that is known. */
export async function openOidc() {
  const { default: Provider } = await import("oidc-provider");
  let provider;
  const server = createServer((request, response) => provider.callback()(request, response));
  const issuer = `http://127.0.0.1:${await listening(server)}`;
  return {
    issuer,
    secret: randomUUID(),
    serve(address) {
      provider = new Provider(issuer, {
        clients: [{
          client_id: "tonghu", client_secret: this.secret, redirect_uris: [`${address}/sso/callback`],
          post_logout_redirect_uris: [`${address}/`], response_types: ["code"], grant_types: ["authorization_code"],
        }],
        cookies: { keys: [randomUUID()] },
        findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
        pkce: { required: () => true },
      });
    },
    close: closing(server),
  };
}

/** CAS. */
export async function openCas() {
  const tickets = new Map(); // ticket → user and service; good once
  const signedIn = new Map(); // the server's own cookie → user
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://cas");
    const service = url.searchParams.get("service") ?? "";
    const redirect = (to, headers = {}) => response.writeHead(302, { location: to, ...headers }).end();
    const enter = (user, headers) => {
      const ticket = `ST-${randomUUID()}`;
      tickets.set(ticket, { user, service });
      redirect(`${service}${service.includes("?") ? "&" : "?"}ticket=${ticket}`, headers);
    };
    const cookie = /TGC=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    if (url.pathname === "/cas/serviceValidate") {
      const ticket = tickets.get(url.searchParams.get("ticket"));
      tickets.delete(url.searchParams.get("ticket"));
      const good = ticket !== undefined && ticket.service === service;
      const said = good ? `<cas:authenticationSuccess><cas:user>${ticket.user}</cas:user></cas:authenticationSuccess>`
        : `<cas:authenticationFailure code="INVALID_TICKET">no such ticket</cas:authenticationFailure>`;
      return response.writeHead(200, { "content-type": "text/xml" })
        .end(`<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">${said}</cas:serviceResponse>`);
    }
    if (url.pathname === "/cas/logout") {
      signedIn.delete(cookie);
      return redirect(service);
    }
    if (request.method === "GET") {
      if (signedIn.has(cookie)) return enter(signedIn.get(cookie), {});
      return response.writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end(`<!doctype html><form method="post"><input name="login" aria-label="login"><button>Sign-in</button></form>`);
    }
    let body = "";
    request.on("data", (piece) => { body += piece; });
    request.on("end", () => {
      const user = new URLSearchParams(body).get("login");
      const tgc = randomUUID();
      signedIn.set(tgc, user);
      enter(user, { "set-cookie": `TGC=${tgc}; Path=/cas; HttpOnly` });
    });
  });
  return { address: `http://127.0.0.1:${await listening(server)}`, close: closing(server) };
}
