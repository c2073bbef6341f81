// Single sign-on by the province's identity provider, where there is one: the gateway writes into the page where it begins,
// and where its sign-out is.

import { SignInMethod, type Session } from "../gen/tonghu/access/v1/session_service_pb.ts";

const told = (name: string) => {
  const content = document.querySelector(`meta[name="${name}"]`)?.getAttribute("content") ?? "";
  return /^(\/|https?:\/\/)/.test(content) ? content : "";
};

/** The path at which single sign-on begins; empty: there is none. */
export const ssoPath = told("tonghu-sso");
const signOutAddress = told("tonghu-sso-sign-out");

const lasts = 600; // seconds, for passwords and codes at the provider

const done = "signed-in"; // in the address to which a tab of its own comes back
const channel = "tonghu-sso";

/** Goes to the identity provider, and comes back to this page signed in. */
export function beginSso() {
  const { pathname, search } = window.location;
  window.location.assign(begin(pathname + search));
}

/** The same in a tab of its own, so that this page keeps what was typed. */
export function beginSsoBeside() {
  window.open(begin(`${window.location.pathname}?${done}`));
}

/** Calls `told` whenever a tab of beginSsoBeside has come back. Gives what ends that. */
export function onSsoBeside(told: () => void): () => void {
  const news = new BroadcastChannel(channel);
  news.onmessage = told;
  // A browser that keeps the tab's news from this page still gives the page the focus when the tab is closed.
  window.addEventListener("focus", told);
  return () => {
    news.close();
    window.removeEventListener("focus", told);
  };
}

/** Whether this tab is one of beginSsoBeside that has come back: tells the page it was opened for, and closes. */
export function isSsoBeside(): boolean {
  if (!new URLSearchParams(window.location.search).has(done)) return false;
  new BroadcastChannel(channel).postMessage(done);
  window.close();
  return true;
}

function begin(back: string): string {
  // What the browser holds and the address says must agree at the end, so that nobody is signed in by a link of somebody else's.
  const state = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const { protocol } = window.location;
  document.cookie = `tonghu_sso=${state}; Path=${ssoPath}; Max-Age=${lasts}; SameSite=Lax${protocol === "https:" ? "; Secure" : ""}`;
  return `${ssoPath}?state=${state}&return=${encodeURIComponent(back)}`;
}

/** Where a session's sign-out must go on to; empty: nowhere. Else the next press of the button would sign the same person in. */
export const signOutOf = (session: Session | undefined) => session?.signInMethod === SignInMethod.FEDERATED ? signOutAddress : "";
