// Encryption of what stays on the phone: AES-256-GCM, one key an account, made on this phone.
//
// The key can't be read out by scripts ("extractable: false") and lies in the browser's own files, as the data do. So the
// next person who signs in on this phone, other pages, and whoever copies the text of the database read nothing. The
// encryption does not stop somebody who unlocks the phone and runs scripts in this page, or who takes the browser's files
// apart: that is what the phone's own lock and encryption are for.

import { store, type Box } from "./store.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function keyOf(account: string): Promise<CryptoKey> {
  const kept = await store.key(account);
  if (kept !== undefined) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  try {
    await store.addKey(account, made as CryptoKey);
    return made as CryptoKey;
  } catch (error) {
    const others = await store.key(account); // another tab was faster
    if (others !== undefined) return others;
    throw error;
  }
}

/** Encrypts a value that JSON can carry, for an account. The box opens only for the same account and purpose. */
export async function seal(account: string, purpose: string, value: unknown): Promise<Box> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: encoder.encode(`${account} ${purpose}`) },
    await keyOf(account),
    encoder.encode(JSON.stringify(value)),
  );
  return { iv, data };
}

/** Opens a box; fails for any other account or purpose, and when the bytes were changed. */
export async function unseal<T>(account: string, purpose: string, box: Box): Promise<T> {
  const plain = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: box.iv as BufferSource, additionalData: encoder.encode(`${account} ${purpose}`) },
    await keyOf(account),
    box.data,
  );
  return JSON.parse(decoder.decode(plain)) as T;
}

const cellKey = (account: string, name: string) => `${account} ${name}`;

/** Keeps a value of an account's under a name, encrypted. */
export async function keep(account: string, name: string, value: unknown): Promise<void> {
  await store.putCell({ key: cellKey(account, name), account, box: await seal(account, name, value) });
}

/** The value kept under a name; undefined when there is none, or when it can't be opened any more. */
export async function kept<T>(account: string, name: string): Promise<T | undefined> {
  const cell = await store.cell(cellKey(account, name));
  if (cell === undefined) return undefined;
  return unseal<T>(account, name, cell.box).catch(() => undefined);
}

export async function drop(account: string, name: string): Promise<void> {
  await store.removeCell(cellKey(account, name));
}

/** Takes everything from the phone but what is recorded and unsent, and the keys of that. */
export async function forgetAll(): Promise<void> {
  await store.clearCells();
  await store.removeFact("account");
  for (const account of await store.accountsWithKeys()) {
    if ((await store.queueLength(String(account))) === 0) await store.removeKey(String(account));
  }
}
