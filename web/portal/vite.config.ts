// Builds the portal: index.html and hashed files under assets/, nothing inline, as the server's
// Content-Security-Policy asks.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const locales = fileURLToPath(new URL("../../locales/", import.meta.url));
const prefix = "virtual:texts/";

/** `virtual:texts/de`: what the pages say in German, without the mails' texts. */
function texts(): Plugin {
  return {
    name: "couvert-texts",
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const file = `${locales}${id.slice(prefix.length + 1)}.json`;
      this.addWatchFile(file);
      const all = JSON.parse(await readFile(file, "utf8")) as Record<string, string>;
      const ours = Object.entries(all).filter(([key]) => key.startsWith("page."));
      const json = JSON.stringify(JSON.stringify(Object.fromEntries(ours)));
      return `export const texts = JSON.parse(${json});`;
    },
  };
}

export default defineConfig({
  plugins: [svelte(), texts()],
  build: {
    // Telephones of 2020 and later.
    target: ["es2020", "chrome87", "firefox78", "safari14"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { "/api": process.env["COUVERT_SERVER"] ?? "http://127.0.0.1:8080" },
  },
});
