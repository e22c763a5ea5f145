// Builds the alert as one script: no modules, no imports.
import { fileURLToPath } from "node:url";

import { defineConfig, type Plugin } from "vite";

import { textsOf } from "../ui/texts.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function alertTexts(): Plugin {
  const name = "virtual:alert-texts";
  return {
    name: "couvert-alert-texts",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined;
      const languages = ["de", "nl", "en"];
      const all = await Promise.all(languages.map((one) => textsOf(one, ["addin.alert."])));
      const texts = Object.fromEntries(languages.map((one, at) => [one, all[at]]));
      return `export const texts = ${JSON.stringify(texts)};`;
    },
  };
}

export default defineConfig({
  root: here("."),
  plugins: [alertTexts()],
  logLevel: "warn",
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2016", // of the runtime in classic Outlook
    lib: {
      entry: here("src/launch/launch.ts"),
      formats: ["iife"],
      name: "couvert",
      fileName: () => "launch.js",
    },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
