// Builds the add-on into dist/addon and packs it as dist/couvert.xpi: the same bytes from the same
// sources.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { zipSync, type Zippable } from "fflate";
import { defineConfig, type Plugin } from "vite";

import { noNode } from "../ui/no-node.ts";
import { texts } from "../ui/texts.ts";
import { manifestOf, manifestTexts, pages } from "./manifest.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** The first that ZIP can say. */
const mtime = new Date(1980, 0, 1);

const pageOf = (name: string) => `<!doctype html>
<html>
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Couvert</title>
    <script type="module" src="./src/${name}/main.ts"></script>
  </head>
  <body>
    <div id="app"></div>
  </body>
</html>
`;

function addon(): Plugin {
  return {
    name: "couvert-addon",
    async generateBundle() {
      const own = JSON.parse(await readFile(here("package.json"), "utf8")) as { version: string };
      const emit = (fileName: string, source: string) =>
        this.emitFile({ type: "asset", fileName, source });
      emit("manifest.json", JSON.stringify(manifestOf(own.version), undefined, 2));
      emit("icon.svg", await readFile(here("../addin/icon.svg"), "utf8"));
      for (const [name, source] of await manifestTexts()) emit(name, source);
    },
    async writeBundle(_, bundle) {
      const files: Zippable = {};
      for (const name of Object.keys(bundle).sort()) {
        files[name] = [await readFile(here(`dist/addon/${name}`)), { mtime }];
      }
      await writeFile(here("dist/couvert.xpi"), zipSync(files));
    },
  };
}

const inputs = Object.fromEntries(pages.map((name) => [name, here(`${name}.html`)]));

/** The pages' HTML, the same but for the script: no file of it lies in the sources. */
function addonPages(): Plugin {
  return {
    name: "couvert-addon-pages",
    resolveId: (id) => (Object.values(inputs).includes(id) ? id : undefined),
    load(id) {
      const name = pages.find((one) => inputs[one] === id);
      return name && pageOf(name);
    },
  };
}

export default defineConfig({
  root: here("."),
  base: "./",
  plugins: [
    svelte(),
    texts(["page.", "addin.", "mail.code.subject"]),
    noNode(),
    addonPages(),
    addon(),
  ],
  logLevel: "warn",
  build: {
    outDir: "dist/addon",
    emptyOutDir: true,
    target: "firefox140",
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: { ...inputs, background: here("src/background.ts") },
      checks: { pluginTimings: false },
      output: {
        entryFileNames: ({ name }) => (name === "background" ? "[name].js" : "assets/[name].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
