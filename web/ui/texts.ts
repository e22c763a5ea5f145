// The catalogues of locales/ as modules of a host.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import type { Plugin } from "vite";

const locales = fileURLToPath(new URL("../../locales/", import.meta.url));
export const textsPrefix = "virtual:texts/";

const fileOf = (language: string) => `${locales}${language}.json`;

/** What begins so in one language: without the mails' texts, and those of other hosts. */
export async function textsOf(
  language: string,
  beginnings: readonly string[],
): Promise<Record<string, string>> {
  const all = JSON.parse(await readFile(fileOf(language), "utf8")) as Record<string, string>;
  const isWanted = (key: string) => beginnings.some((beginning) => key.startsWith(beginning));
  return Object.fromEntries(Object.entries(all).filter(([key]) => isWanted(key)));
}

/** The same, and no line ends after the first letter of "E-Mail". A word joiner is not seen, and a
 * browser's search looks past it; the hyphen that does not break is another character. */
export const keptWhole = (text: string) => text.replace(/\b(e-)(?=mail)/gi, "$1\u2060");

/** What pages say, by default those of the portal. */
export async function pageTexts(
  language: string,
  beginnings: readonly string[] = ["page."],
): Promise<Record<string, string>> {
  const texts = Object.entries(await textsOf(language, beginnings));
  return Object.fromEntries(texts.map(([key, text]) => [key, keptWhole(text)]));
}

/** `virtual:texts/de`: what the pages of the portal, or of another host, say in German. */
export function texts(beginnings?: readonly string[]): Plugin {
  return {
    name: "couvert-texts",
    resolveId: (id) => (id.startsWith(textsPrefix) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${textsPrefix}`)) return undefined;
      const language = id.slice(textsPrefix.length + 1);
      this.addWatchFile(fileOf(language));
      const all = await pageTexts(language, beginnings);
      const json = JSON.stringify(JSON.stringify(all));
      return `export const texts = JSON.parse(${json});`;
    },
  };
}
