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

/** A draft that this tab has begun, so that after a reload its files go on where they stopped. */
export interface KeptDraft {
  readonly id: string;
  readonly from: string;
  readonly secret: string;
  /** By their numbers: when the file on this device was changed last. */
  readonly files: Readonly<Record<string, number>>;
}

export function keptDraft(): KeptDraft | undefined {
  const draft = read("sessionStorage", "draft") as KeptDraft | null;
  const whole =
    [draft?.id, draft?.from, draft?.secret].every((one) => typeof one === "string") &&
    typeof draft?.files === "object";
  return draft !== null && whole ? draft : undefined;
}

export function keepDraft(draft: KeptDraft | null): void {
  write("sessionStorage", "draft", draft);
}

/** The open retrieval of a transfer, so that a reload asks for no password again. */
export function keptRetrieval(transferId: string): string | undefined {
  const id = read("sessionStorage", `retrieval.${transferId}`);
  return typeof id === "string" ? id : undefined;
}

export function keepRetrieval(transferId: string, retrievalId: string | null): void {
  write("sessionStorage", `retrieval.${transferId}`, retrievalId);
}
