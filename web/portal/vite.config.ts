// Builds the portal: index.html and hashed files under assets/, nothing inline, as the server's
// Content-Security-Policy asks.
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

import { apiDocs } from "./api-docs.ts";
import { firstLooks } from "./first-looks.ts";
import { noNode } from "../ui/no-node.ts";
import { texts } from "../ui/texts.ts";

const pdfPackage = "pdfjs-dist";
const require = createRequire(import.meta.url);
const pdfRoot = dirname(require.resolve(`${pdfPackage}/package.json`));
const pdfVersion = (require(`${pdfPackage}/package.json`) as { version: string }).version;
/** Its version in the name, so that browsers may keep the files for ever. */
const pdfFolder = `pdf-${pdfVersion}`;

/** What pdf.js loads where a PDF needs it: tables of Asian encodings, the standard fonts, and the
 * readers of two kinds of images that do without WebAssembly, which the policy of pages forbids. */
function pdfFiles(): Plugin {
  const parts = [
    { from: "cmaps", to: "cmaps", wanted: /\.bcmap$/ },
    { from: "standard_fonts", to: "fonts", wanted: /\.(pfb|ttf)$/ },
    { from: "wasm", to: "images", wanted: /_nowasm_fallback\.js$/ },
  ];
  return {
    name: "couvert-pdf",
    async generateBundle() {
      for (const { from, to, wanted } of parts) {
        for (const name of await readdir(`${pdfRoot}/${from}`)) {
          if (!wanted.test(name)) continue;
          const source = await readFile(`${pdfRoot}/${from}/${name}`);
          this.emitFile({ type: "asset", fileName: `assets/${pdfFolder}/${to}/${name}`, source });
        }
      }
    },
  };
}

/** What comes only when somebody uses QUICK, of pages that share it. */
const quickParts =
  /src.(quick.(CodeGroups|RecoveryCode|device-name|person)|provide.ActivateQuick)\b/;

export default defineConfig({
  plugins: [svelte(), texts(), pdfFiles(), noNode(), firstLooks(), apiDocs()],
  define: { __PDF_FOLDER__: JSON.stringify(pdfFolder) },
  logLevel: "warn", // the list of what was built is long
  build: {
    chunkSizeWarningLimit: 600, // pdf.js, which only comes where a PDF is looked at
    // Telephones of 2020 and later.
    target: ["es2020", "chrome87", "firefox78", "safari14"],
    assetsInlineLimit: 0,
    cssCodeSplit: false, // one small sheet for all pages is sooner there than two
    modulePreload: { polyfill: false },
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        // What several pages share is one file, not ten of a kilobyte.
        codeSplitting: {
          groups: [
            {
              name: "shared",
              test: (id) => /web.\w+.src|rolldown.runtime/.test(id) && !quickParts.test(id),
              minShareCount: 2,
              priority: 1,
            },
            {
              name: "quick-parts",
              test: quickParts,
              minShareCount: 2,
              includeDependenciesRecursively: false,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: { "/api": process.env["COUVERT_SERVER"] ?? "http://127.0.0.1:8080" },
  },
});
