// Builds the panes of the add-in into dist/: the server puts its address into the manifests and
// serves all of it below /outlook/ (src/server/outlook.cpp). launch.config.ts adds the alert.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { Resvg } from "@resvg/resvg-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

import { noNode } from "../ui/no-node.ts";
import { texts, textsOf } from "../ui/texts.ts";
import { allIconSizes, jsonManifest, jsonTexts, xmlManifest } from "./manifest.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const pages = ["send", "message", "settings", "transfers"];
/** Microsoft wants it from its own address, for every add-in. */
const office = `<script src="https://appsforoffice.microsoft.com/lib/1/hosted/office.js"></script>`;

const pageOf = (script: string) => `<!doctype html>
<html>
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Couvert</title>
    ${office}
    ${script}
  </head>
  <body>
    <div id="app"></div>
  </body>
</html>
`;
const inputs = Object.fromEntries(pages.map((name) => [name, here(`${name}.html`)]));

/** The pages' HTML, the same but for the script: no file of it lies in the sources. */
function addinPages(): Plugin {
  return {
    name: "couvert-addin-pages",
    resolveId: (id) => (Object.values(inputs).includes(id) ? id : undefined),
    load(id) {
      const name = pages.find((one) => inputs[one] === id);
      return name && pageOf(`<script type="module" src="./src/${name}/main.ts"></script>`);
    },
  };
}

/** In one colour, on nothing, as the unified manifest wants it. */
const outlineOf = (svg: string) =>
  svg.replaceAll(/fill="#(fff|b3402a)"/g, 'fill="none"').replaceAll(/#0f5a6b|#b3402a/g, "#fff");
const pngOf = (svg: string, size: number) =>
  new Resvg(svg, { fitTo: { mode: "width", value: size } }).render().asPng();

function manifests(): Plugin {
  return {
    name: "couvert-manifests",
    async generateBundle() {
      const of = (language: string) => textsOf(language, ["addin.outlook."]);
      const all = { en: await of("en"), de: await of("de"), nl: await of("nl") };
      const svg = await readFile(here("../addin/icon.svg"), "utf8");
      const emit = (fileName: string, source: string | Uint8Array) =>
        this.emitFile({ type: "asset", fileName, source });
      emit("manifest.xml", xmlManifest(all));
      emit("manifest.json", JSON.stringify(jsonManifest(all), undefined, 2));
      for (const language of ["de", "nl"] as const) {
        emit(`${language}.json`, JSON.stringify(jsonTexts(all, language), undefined, 2));
      }
      for (const size of allIconSizes) emit(`icon-${size}.png`, pngOf(svg, size));
      emit("outline.png", pngOf(outlineOf(svg), 32));
      emit("launch.html", pageOf(`<script src="./launch.js"></script>`));
    },
  };
}

export default defineConfig({
  root: here("."),
  base: "./",
  plugins: [svelte(), texts(["page.", "addin."]), noNode(), addinPages(), manifests()],
  logLevel: "warn",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022", // WebView2, Safari of supported Macs
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: inputs,
      checks: { pluginTimings: false },
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
