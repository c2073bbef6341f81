// The phone's own database (IndexedDB): encrypted rows, their keys, and a few plain facts that say nothing of anybody.
//
// queue  what was recorded and is not at the services yet, in the order of recording: {id, account, box}
// cells  what the pages show without a network, and half-filled forms, by account and name: {key, account, box}
// keys   the key of each account, of which scripts can't read the bytes
// facts  plain values: how wrong the phone's clock is, which account was last signed in, whether a sign-out is outstanding

/** What was encrypted, with its initialization vector. */
export interface Box {
  iv: Uint8Array;
  data: ArrayBuffer;
}
export interface QueueRow {
  id: number;
  account: string;
  box: Box;
}
export interface Cell {
  key: string;
  account: string;
  box: Box;
}

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open("tonghu-phone", 1);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("queue", { keyPath: "id", autoIncrement: true }).createIndex("account", "account");
      db.createObjectStore("cells", { keyPath: "key" });
      db.createObjectStore("keys");
      db.createObjectStore("facts");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
    request.onblocked = () => reject(new Error("IndexedDB is blocked"));
  }).catch((error: unknown) => {
    opened = undefined; // the next call tries again
    throw error;
  });
  return opened;
}

type StoreName = "queue" | "cells" | "keys" | "facts";

/** Runs one request in a transaction of its own, and gives its result once the transaction is on the disk. */
async function run<T>(name: StoreName, mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  return new Promise<T>((resolve, reject) => {
    const transaction = db.transaction(name, mode);
    const request = ask(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error ?? new Error("IndexedDB"));
    transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB"));
  });
}

const read = <T>(name: StoreName, ask: (store: IDBObjectStore) => IDBRequest<T>) => run(name, "readonly", ask);
const write = <T>(name: StoreName, ask: (store: IDBObjectStore) => IDBRequest<T>) => run(name, "readwrite", ask);

/** Puts a row in the place of one with the same id whose box is `was`. Says whether that one still stood there. */
async function replaceInQueue(row: QueueRow, was: Box): Promise<boolean> {
  let stood = false;
  await write("queue", (queue) => {
    const there = queue.get(row.id) as IDBRequest<QueueRow | undefined>;
    there.onsuccess = () => {
      stood = there.result !== undefined && String(there.result.box.iv) === String(was.iv);
      if (stood) queue.put(row);
    };
    return there;
  });
  return stood;
}

export const store = {
  addToQueue: (account: string, box: Box) => write("queue", (s) => s.add({ account, box })) as Promise<number>,
  replaceInQueue,
  queueRow: (id: number) => read<QueueRow | undefined>("queue", (s) => s.get(id)),
  queueOf: (account: string) => read<QueueRow[]>("queue", (s) => s.index("account").getAll(account)),
  queueLength: (account: string) => read<number>("queue", (s) => s.index("account").count(account)),
  removeFromQueue: (id: number) => write("queue", (s) => s.delete(id)),

  putCell: (cell: Cell) => write("cells", (s) => s.put(cell)),
  cell: (key: string) => read<Cell | undefined>("cells", (s) => s.get(key)),
  removeCell: (key: string) => write("cells", (s) => s.delete(key)),
  clearCells: () => write("cells", (s) => s.clear()),

  key: (account: string) => read<CryptoKey | undefined>("keys", (s) => s.get(account)),
  /** Keeps the key unless the account has one. */
  addKey: (account: string, key: CryptoKey) => write("keys", (s) => s.add(key, account)),
  accountsWithKeys: () => read<IDBValidKey[]>("keys", (s) => s.getAllKeys()),
  removeKey: (account: string) => write("keys", (s) => s.delete(account)),

  fact: <T>(name: string) => read<T | undefined>("facts", (s) => s.get(name)),
  setFact: (name: string, value: unknown) => write("facts", (s) => s.put(value, name)),
  removeFact: (name: string) => write("facts", (s) => s.delete(name)),
};
