// What this browser keeps between visits. A browser that keeps nothing still works.

import { addressKey, type Language } from "@couvert/core";
import { read, write } from "@couvert/ui/browser-storage.ts";

export interface Person {
  readonly name: string;
  readonly phone: string;
  readonly address: string;
}

const isPerson = (value: unknown): value is Person => {
  const fields = value as Partial<Person> | null;
  return [fields?.name, fields?.phone, fields?.address].every((one) => typeof one === "string");
};

export function keptPeople(): Person[] {
  const people = read("localStorage", "people");
  return Array.isArray(people) ? people.filter(isPerson) : [];
}

/** The first is whom the page offers first. */
export function keepPeople(people: readonly Person[]): void {
  write("localStorage", "people", people.length > 0 ? people : null);
}

/** The language lies in a cookie: the server sends the first words of a page in it. */
export function keptLanguage(): string | undefined {
  return /(?:^|; )language=(\w+)/.exec(document.cookie)?.[1];
}

export function keepLanguage(language: Language): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `language=${language}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

/** A draft that this browser has begun, so that after a reload, or on another day, its files go on
 * where they stopped. The secret is the sender's own, as everything that opens the draft. */
export interface KeptDraft {
  readonly id: string;
  readonly from: string;
  readonly secret: string;
  /** By their numbers: when the file on this device was changed last. */
  readonly files: Readonly<Record<string, number>>;
}

/** Of drafts that nobody came back to only the latest are remembered; the server ends them all. */
const draftsMax = 5;

function isDraft(value: unknown): value is KeptDraft {
  const draft = value as Partial<KeptDraft> | null;
  return (
    [draft?.id, draft?.from, draft?.secret].every((one) => typeof one === "string") &&
    typeof draft?.files === "object"
  );
}

/** The latest first. */
export function keptDrafts(): KeptDraft[] {
  const drafts = read("localStorage", "drafts");
  return Array.isArray(drafts) ? drafts.filter(isDraft) : [];
}

export function keepDraft(draft: KeptDraft): void {
  const others = keptDrafts().filter(({ id }) => id !== draft.id);
  write("localStorage", "drafts", [draft, ...others].slice(0, draftsMax));
}

export function forgetDraft(id: string): void {
  const others = keptDrafts().filter((draft) => draft.id !== id);
  write("localStorage", "drafts", others.length > 0 ? others : null);
}

/** The sender's secret of a transfer that this browser has sent: it shows the names of the files
 * and makes links anew. */
export interface KeptSent {
  readonly id: string;
  readonly from: string;
  readonly secret: string;
  /** What new envelopes of it are bound to; missing for transfers sent before there was QUICK. */
  readonly seal?: string;
}

/** Of more than these only the latest are remembered. */
const sentMax = 500;

function isSent(value: unknown): value is KeptSent {
  const sent = value as Partial<KeptSent> | null;
  const hasSeal = sent?.seal === undefined || typeof sent.seal === "string";
  return hasSeal && [sent?.id, sent?.from, sent?.secret].every((one) => typeof one === "string");
}

function allSent(): KeptSent[] {
  const sent = read("localStorage", "sent");
  return Array.isArray(sent) ? sent.filter(isSent) : [];
}

function writeSent(sent: readonly KeptSent[]): void {
  write("localStorage", "sent", sent.length > 0 ? sent.slice(0, sentMax) : null);
}

/** By the ID of the draft that became the transfer. */
export const keptSent = (id: string): KeptSent | undefined =>
  allSent().find((one) => one.id === id);

export function keepSent({ id, from, secret, seal }: KeptSent): void {
  const kept = { id, from, secret, ...(seal !== undefined && { seal }) };
  writeSent([kept, ...allSent().filter((one) => one.id !== id)]);
}

/** Those of transfers that are over: their secret opens nothing any more. */
export function forgetSent(ids: readonly string[]): void {
  const left = allSent().filter(({ id }) => !ids.includes(id));
  if (left.length < allSent().length) writeSent(left);
}

/** All that somebody has sent from this browser. */
export function forgetSentFrom(address: string): void {
  const key = addressKey(address);
  writeSent(allSent().filter(({ from }) => addressKey(from) !== key));
}

/**
 * Takes a draft for this page alone, until the page goes or lets go: two tabs that filled one would
 * take its files out of each other's list. Undefined where another page has it, or where the
 * browser cannot tell.
 */
export function holdDraft(id: string): Promise<(() => void) | undefined> {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (!locks) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    void locks.request(`couvert.draft.${id}`, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(undefined);
        return;
      }
      return new Promise<void>((release) => {
        resolve(release);
      });
    });
  });
}

/** The open retrieval of a transfer, so that a reload asks for no password again. */
export function keptRetrieval(transferId: string): string | undefined {
  const id = read("sessionStorage", `retrieval.${transferId}`);
  return typeof id === "string" ? id : undefined;
}

export function keepRetrieval(transferId: string, retrievalId: string | null): void {
  write("sessionStorage", `retrieval.${transferId}`, retrievalId);
}

/** Of all transfers: whose they are does not stand there. */
export function forgetRetrievals(): void {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith("couvert.retrieval.")) sessionStorage.removeItem(key);
    }
  } catch {
    // Forbidden by the visitor: then none was kept.
  }
}

/** When a password was copied that is on the clipboard still; never the password. */
export function keptCopied(): number | undefined {
  const at = read("sessionStorage", "copied");
  return typeof at === "number" ? at : undefined;
}

export function keepCopied(at: number | undefined): void {
  write("sessionStorage", "copied", at ?? null);
}
