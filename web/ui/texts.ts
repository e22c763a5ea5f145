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

/** What the portal says. */
export const pageTexts = (language: string) => textsOf(language, ["page."]);

/** `virtual:texts/de`: what the pages say in German. */
export function texts(beginnings: readonly string[] = ["page."]): Plugin {
  return {
    name: "couvert-texts",
    resolveId: (id) => (id.startsWith(textsPrefix) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${textsPrefix}`)) return undefined;
      const language = id.slice(textsPrefix.length + 1);
      this.addWatchFile(fileOf(language));
      const json = JSON.stringify(JSON.stringify(await textsOf(language, beginnings)));
      return `export const texts = JSON.parse(${json});`;
    },
  };
}
