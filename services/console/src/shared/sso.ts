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

/** Goes to the identity provider, and comes back to this page signed in. */
export function beginSso() {
  // What the browser holds and the address says must agree at the end, so that nobody is signed in by a link of somebody else's.
  const state = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const { pathname, search, protocol } = window.location;
  document.cookie = `tonghu_sso=${state}; Path=${ssoPath}; Max-Age=${lasts}; SameSite=Lax${protocol === "https:" ? "; Secure" : ""}`;
  window.location.assign(`${ssoPath}?state=${state}&return=${encodeURIComponent(pathname + search)}`);
}

/** Where a session's sign-out must go on to; empty: nowhere. Else the next press of the button would sign the same person in. */
export const signOutOf = (session: Session | undefined) => session?.signInMethod === SignInMethod.FEDERATED ? signOutAddress : "";
