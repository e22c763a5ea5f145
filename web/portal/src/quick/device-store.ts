// Where this browser keeps its own key for QUICK, one for each address: IndexedDB, for only there a
// key lies that no script can read.

import { fail, pass, type Bytes, type Result } from "@couvert/core";
import type { DeviceRecord, DeviceStore } from "@couvert/core/quick";

const name = "couvert.quick";
const storeName = "devices";

let database: Promise<IDBDatabase> | undefined;

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(storeName, { keyPath: "address" });
    };
    opening.onsuccess = () => {
      // When the visitor clears the storage, the next call opens it anew.
      opening.result.onclose = () => (database = undefined);
      opening.result.onversionchange = () => {
        opening.result.close();
        database = undefined;
      };
      resolve(opening.result);
    };
    opening.onerror = () => {
      reject(opening.error ?? new Error("no database"));
    };
    opening.onblocked = () => {
      reject(new Error("the database is busy"));
    };
  });
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("not done"));
    };
  });

/** Until it is on the disk. */
const committed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new Error("not kept"));
    };
  });

async function begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
  database ??= openDatabase();
  try {
    return (await database).transaction(storeName, mode);
  } catch {
    // It was closed meanwhile, or could not be opened the first time.
    database = openDatabase();
    return (await database).transaction(storeName, mode);
  }
}

/** Whether a key can be kept here and comes back: some private windows refuse. Nothing stays. */
async function canKeepKeys(): Promise<boolean> {
  const algorithm = { name: "HMAC", hash: "SHA-512", length: 256 };
  const key = await crypto.subtle.generateKey(algorithm, false, ["sign"]);
  const transaction = await begin("readwrite");
  const store = transaction.objectStore(storeName);
  store.put({ address: "", key });
  const back = (await settled<unknown>(store.get(""))) as { key?: unknown } | undefined;
  transaction.abort();
  return back?.key instanceof CryptoKey;
}

let keeps: Promise<boolean> | undefined;

const isBytes = (value: unknown, length: number): value is Bytes =>
  value instanceof Uint8Array && value.length === length;

function isRecord(value: unknown): value is DeviceRecord {
  const record = value as Partial<DeviceRecord> | undefined;
  if (typeof record?.address !== "string" || !(record.key instanceof CryptoKey)) return false;
  const { id, personKey, seen } = record;
  const isSeen =
    seen === undefined || (Number.isSafeInteger(seen.version) && isBytes(seen.digest, 32));
  return isBytes(id, 16) && isBytes(personKey, 65) && isSeen;
}

async function attempt<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return pass(await work());
  } catch {
    return fail("unavailable", { reason: "no_storage" });
  }
}

async function write(change: (store: IDBObjectStore) => void): Promise<undefined> {
  const transaction = await begin("readwrite");
  const done = committed(transaction);
  change(transaction.objectStore(storeName));
  await done;
}

async function readRecord(address: string): Promise<DeviceRecord | undefined> {
  const store = (await begin("readonly")).objectStore(storeName);
  const found = await settled<unknown>(store.get(address));
  if (isRecord(found)) return found;
  keeps ??= canKeepKeys();
  if (!(await keeps)) throw new Error("no keys can be kept here");
  return undefined;
}

export const deviceStore: DeviceStore = {
  read: (address) => attempt(() => readRecord(address)),
  write: (record) =>
    attempt(() =>
      write((store) => {
        store.put(record);
      }),
    ),
  remove: (address) =>
    attempt(() =>
      write((store) => {
        store.delete(address);
      }),
    ),
};

/** The addresses that have a key here; nobody where none can be kept. */
export async function keptDevices(): Promise<readonly string[]> {
  const found = await attempt(async () => {
    const known = await indexedDB.databases?.();
    // Nobody's first visit makes a database.
    if (known && !known.some((one) => one.name === name)) return [];
    return await settled((await begin("readonly")).objectStore(storeName).getAllKeys());
  });
  return found.ok ? found.value.filter((key): key is string => typeof key === "string") : [];
}
