// The service worker of the phone pages: keeps the page with its scripts and styles, so that it opens without a network.
// It keeps no answer of any service; what the pages keep lies encrypted in IndexedDB.
"use strict";

const shell = "tonghu-phone-shell";
const page = "/m/";
const patience = 4000; // milliseconds that a page from the network is waited for

/** Keeps a page with everything that it loads, and throws away what an older one loaded. */
async function keep(response) {
  const cache = await caches.open(shell);
  const html = await response.clone().text();
  const needed = new Set(Array.from(html.matchAll(/(?:src|href)="(\/[^"]+)"/g), (match) => match[1]));
  const there = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await cache.addAll(Array.from(needed).filter((path) => !there.has(path)));
  await cache.put(page, response);
  await Promise.all(Array.from(there).filter((path) => path !== page && !needed.has(path)).map((path) => cache.delete(path)));
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    fetch(page, { cache: "no-store" }).then((response) => {
      if (!response.ok) throw new Error("no page");
      return keep(response);
    }),
  );
  self.skipWaiting();
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function pageFor(event) {
  const kept = await caches.match(page);
  const fresh = fetch(event.request).then((response) => {
    // Only the page itself is kept; an error of the gateway's is no page.
    if (response.ok && new URL(event.request.url).pathname === page) event.waitUntil(keep(response.clone()).catch(() => {}));
    return response;
  });
  if (kept === undefined) return fresh;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), patience));
  return Promise.race([fresh.then((response) => (response.status >= 500 ? kept : response), () => kept), late]);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname.startsWith(page)) return event.respondWith(pageFor(event));
  // Names of scripts and styles hold a hash of what is in them: what is kept is right.
  if (/^\/assets\/|^\/icon\.svg$/.test(url.pathname)) {
    event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
  }
});
