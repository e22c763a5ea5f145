// What is noted of a mail on its way, so that another pane goes on where this one was closed. It
// lies in the add-in's own database, sealed by a key that no script can read; where there is no
// database nothing goes on, and everything else works.
import { utf8, type Start } from "@couvert/core";
import { committed, settled } from "@couvert/ui/indexed-db.ts";

import type { Place } from "../drafts.ts";
import type { Written } from "../written.ts";
import type { Choices } from "./choices.ts";

/** A file that the draft at the server holds, or a part of it. */
export interface NotedFile {
  readonly no: number;
  readonly name: string;
  readonly size: number;
  /** Of its bytes: only the same file goes on where it stopped. */
  readonly digest: string;
  /** It was chosen from disk, and is no attachment of the mail. */
  readonly chosen: boolean;
}

/** What Start was asked, noted before the server heard of it. */
export interface Asked {
  readonly request: Start;
  readonly written: Written;
  /** Whose notifications have left from the person's own mailbox. */
  readonly sent: readonly string[];
}

export interface Noted {
  readonly server: string;
  /** The sender's. */
  readonly address: string;
  readonly place: Place;
  readonly files: readonly NotedFile[];
  readonly choices: Choices;
  readonly asked?: Asked;
}

const databaseName = "couvert.sending";
const algorithm = "AES-GCM";
/** The server has thrown the draft away long before. */
const keptMax = 30 * 24 * 60 * 60 * 1000;

interface Row {
  readonly mark: string;
  readonly at: number;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

async function within<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(databaseName, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("keys");
    opening.result.createObjectStore("notes", { keyPath: "mark" });
  };
  const database = await settled(opening);
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** The one of this device, made where there is none yet; of two panes the first makes it. */
async function keyIn(database: IDBDatabase): Promise<CryptoKey> {
  const made = await crypto.subtle.generateKey({ name: algorithm, length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const transaction = database.transaction("keys", "readwrite");
  const keys = transaction.objectStore("keys");
  const known = (await settled<unknown>(keys.get("notes"))) as CryptoKey | undefined;
  if (!known) keys.put(made, "notes");
  await committed(transaction);
  return known ?? made;
}

const detailsOf = (mark: string, nonce: Uint8Array<ArrayBuffer>) => ({
  name: algorithm,
  iv: nonce,
  additionalData: utf8(mark),
});

/** What is noted of the mail with this mark; undefined where nothing is, or cannot be read. */
export async function loadNote(mark: string): Promise<Noted | undefined> {
  try {
    return await within(async (database) => {
      const transaction = database.transaction("notes", "readwrite");
      const notes = transaction.objectStore("notes");
      const all = await settled<Row[]>(notes.getAll());
      for (const { mark: old, at } of all) if (Date.now() - at > keptMax) notes.delete(old);
      await committed(transaction);
      const row = all.find((one) => one.mark === mark);
      if (!row) return undefined;
      const details = detailsOf(mark, row.nonce);
      const text = await crypto.subtle.decrypt(details, await keyIn(database), row.sealed);
      return JSON.parse(new TextDecoder().decode(text)) as Noted;
    });
  } catch {
    return undefined;
  }
}

/** Resolves once it is on the disk. Whether it is. */
export async function keepNote(mark: string, noted: Noted): Promise<boolean> {
  try {
    await within(async (database) => {
      const nonce = crypto.getRandomValues(new Uint8Array(12));
      const text = utf8(JSON.stringify(noted));
      const key = await keyIn(database);
      const sealed = await crypto.subtle.encrypt(detailsOf(mark, nonce), key, text);
      const transaction = database.transaction("notes", "readwrite");
      transaction.objectStore("notes").put({ mark, at: Date.now(), nonce, sealed } satisfies Row);
      await committed(transaction);
    });
    return true;
  } catch {
    return false;
  }
}

export async function forgetNote(mark: string): Promise<void> {
  await within(async (database) => {
    const transaction = database.transaction("notes", "readwrite");
    transaction.objectStore("notes").delete(mark);
    await committed(transaction);
  }).catch(() => undefined); // it opens nothing that the server still has
}
