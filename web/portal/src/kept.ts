// What this browser keeps between visits. A browser that keeps nothing still works.

import type { Language } from "@couvert/core";

export interface Person {
  readonly name: string;
  readonly phone: string;
  readonly address: string;
}

function read(area: "localStorage" | "sessionStorage", key: string): unknown {
  try {
    return JSON.parse(window[area].getItem(`couvert.${key}`) ?? "null");
  } catch {
    return null;
  }
}

function write(area: "localStorage" | "sessionStorage", key: string, value: unknown): void {
  try {
    if (value === null) window[area].removeItem(`couvert.${key}`);
    else window[area].setItem(`couvert.${key}`, JSON.stringify(value));
  } catch {
    // Full, or forbidden by the visitor: then it is not kept.
  }
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
  write("localStorage", "people", people);
}

export function keptLanguage(): string | undefined {
  const language = read("localStorage", "language");
  return typeof language === "string" ? language : undefined;
}

export function keepLanguage(language: Language): void {
  write("localStorage", "language", language);
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
