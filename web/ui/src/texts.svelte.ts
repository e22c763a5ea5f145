// The texts of the pages, in the visitor's language, changed without a reload.

import { formatMessage, languages, type Language, type Values } from "@couvert/core";

import type catalogue from "../../../locales/en.json";

/** A text of the pages or the mail programs; the compiler knows them all. */
export type TextKey = keyof typeof catalogue &
  (
    | `page.${string}`
    | `addin.${string}`
    | "mail.code.subject" // which the add-ins recognise
  );
type Catalogue = Readonly<Record<string, string>>;

let language = $state<Language>("en");
let messages = $state.raw<Catalogue>({});
let load: (language: Language) => Promise<Catalogue>;
let keep: (language: Language) => void;

export interface TextsSetup {
  /** Where a catalogue comes from. */
  load(language: Language): Promise<Catalogue>;
  /** Remembers what the visitor chose. */
  keep(language: Language): void;
}

/** The first of the wished languages that we speak; English where none is. */
export function firstKnown(wished: readonly string[]): Language {
  for (const wish of wished) {
    const known = languages.find((one) => one === wish.toLowerCase().slice(0, 2));
    if (known) return known;
  }
  return "en";
}

async function show(next: Language): Promise<void> {
  messages = await load(next);
  language = next;
  document.documentElement.lang = next;
}

/** To be awaited before the first page is drawn. */
export async function beginTexts(setup: TextsSetup, first: Language): Promise<void> {
  ({ load, keep } = setup);
  await show(first);
}

export async function changeLanguage(next: Language): Promise<void> {
  await show(next);
  keep(next);
}

export const currentLanguage = (): Language => language;

/** The text with its values filled in. It is text: never to be set as HTML. */
export function t(key: TextKey, values: Values = {}): string {
  const message = messages[key];
  return message === undefined ? key : formatMessage(message, values, language);
}

/** Whether there is such a text; for keys that are put together. */
export const isText = (key: string): key is TextKey => messages[key] !== undefined;
