// Where this browser keeps its own key for QUICK, one for each address: IndexedDB, for only there a
// key lies that no script can read.

import { fail, pass, type Bytes, type Result } from "@couvert/core";
import type { DeviceRecord, DeviceStore } from "@couvert/core/quick";

import { committed, settled } from "../indexed-db.ts";

const storeName = "devices";

function openDatabase(name: string, closed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(storeName, { keyPath: "address" });
    };
    opening.onsuccess = () => {
      // When the visitor clears the storage, the next call opens it anew.
      opening.result.onclose = closed;
      opening.result.onversionchange = () => {
        opening.result.close();
        closed();
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

/** The keys of this browser at one server. */
export class Devices implements DeviceStore {
  private database: Promise<IDBDatabase> | undefined;
  private keeps: Promise<boolean> | undefined;

  /** @param name of the database. */
  constructor(private readonly name: string) {}

  read(address: string): Promise<Result<DeviceRecord | undefined>> {
    return attempt(() => this.readRecord(address));
  }

  write(record: DeviceRecord): Promise<Result> {
    return attempt(() =>
      this.change((store) => {
        store.put(record);
      }),
    );
  }

  remove(address: string): Promise<Result> {
    return attempt(() =>
      this.change((store) => {
        store.delete(address);
      }),
    );
  }

  /** The addresses that have a key here; nobody where none can be kept. */
  async kept(): Promise<readonly string[]> {
    const found = await attempt(async () => {
      const known = await indexedDB.databases?.();
      // Nobody's first visit makes a database.
      if (known && !known.some((one) => one.name === this.name)) return [];
      return await settled((await this.begin("readonly")).objectStore(storeName).getAllKeys());
    });
    return found.ok ? found.value.filter((key): key is string => typeof key === "string") : [];
  }

  private open(): Promise<IDBDatabase> {
    return (this.database = openDatabase(this.name, () => (this.database = undefined)));
  }

  private async begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
    try {
      return (await (this.database ?? this.open())).transaction(storeName, mode);
    } catch {
      // It was closed meanwhile, or could not be opened the first time.
      return (await this.open()).transaction(storeName, mode);
    }
  }

  private async change(change: (store: IDBObjectStore) => void): Promise<undefined> {
    const transaction = await this.begin("readwrite");
    const done = committed(transaction);
    change(transaction.objectStore(storeName));
    await done;
  }

  private async readRecord(address: string): Promise<DeviceRecord | undefined> {
    const store = (await this.begin("readonly")).objectStore(storeName);
    const found = await settled<unknown>(store.get(address));
    if (isRecord(found)) return found;
    this.keeps ??= this.canKeepKeys();
    if (!(await this.keeps)) throw new Error("no keys can be kept here");
    return undefined;
  }

  /** Whether a key can be kept here and comes back: some private windows refuse. Nothing stays. */
  private async canKeepKeys(): Promise<boolean> {
    const algorithm = { name: "HMAC", hash: "SHA-512", length: 256 };
    const key = await crypto.subtle.generateKey(algorithm, false, ["sign"]);
    const transaction = await this.begin("readwrite");
    const store = transaction.objectStore(storeName);
    store.put({ address: "", key });
    const back = (await settled<unknown>(store.get(""))) as { key?: unknown } | undefined;
    transaction.abort();
    return back?.key instanceof CryptoKey;
  }
}
