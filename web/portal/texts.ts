// The catalogues of locales/ as modules of the portal.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import type { Plugin } from "vite";

const locales = fileURLToPath(new URL("../../locales/", import.meta.url));
export const textsPrefix = "virtual:texts/";

/** What the pages say in one language, without the mails' texts. @param file of its catalogue */
async function readTexts(file: string): Promise<Record<string, string>> {
  const all = JSON.parse(await readFile(file, "utf8")) as Record<string, string>;
  return Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith("page.")));
}

const fileOf = (language: string) => `${locales}${language}.json`;

export const pageTexts = (language: string) => readTexts(fileOf(language));

/** `virtual:texts/de`: what the pages say in German. */
export function texts(): Plugin {
  return {
    name: "couvert-texts",
    resolveId: (id) => (id.startsWith(textsPrefix) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${textsPrefix}`)) return undefined;
      const file = fileOf(id.slice(textsPrefix.length + 1));
      this.addWatchFile(file);
      const json = JSON.stringify(JSON.stringify(await readTexts(file)));
      return `export const texts = JSON.parse(${json});`;
    },
  };
}
