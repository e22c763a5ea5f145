// Pages that are seen before their script is there: for each page and language the build makes
// pages/PAGE.LANGUAGE.html from index.html, with the page drawn into it, and names the files that
// it will ask for, so that the browser asks for all of them at once. The server chooses by the path
// and the visitor's language; main.ts takes over what is drawn.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, type Plugin, type Rolldown } from "vite";

import type { Drawn, Order } from "./drawing.ts";
import { pageTexts, texts, textsPrefix } from "../ui/texts.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const languages = ["de", "nl", "en"];

interface Page {
  readonly path: string;
  /** Its own part of the script, and the module where that begins. */
  readonly part?: string;
  readonly module?: string;
  /** What the server says decides what is shown: no more is drawn than is the same for all. */
  readonly later?: boolean;
}
const retrieve = { part: "retrieve", module: "retrieve/RetrievePage.svelte" };
const pages: Record<string, Page> = {
  start: { path: "/" },
  provide: { path: "/provide", part: "provide", module: "provide/ProvidePage.svelte" },
  retrieve: { path: "/retrieve", ...retrieve },
  link: { path: `/r/${"a".repeat(26)}`, ...retrieve },
  sent: { path: "/sent", part: "sent", module: "sent/SentPage.svelte", later: true },
  received: {
    path: "/received",
    part: "received",
    module: "received/ReceivedPage.svelte",
    later: true,
  },
  device: { path: "/device", part: "device", module: "device/DevicePage.svelte", later: true },
  quick: { path: "/quick", part: "quick", module: "quick/QuickPage.svelte", later: true },
  help: { path: "/help" },
  imprint: { path: "/imprint" },
  privacy: { path: "/privacy" },
  terms: { path: "/terms" },
};

/** Builds the drawing program into a folder; its file. */
async function buildDrawing(folder: string): Promise<string> {
  await build({
    configFile: false,
    root,
    logLevel: "warn",
    define: { __PDF_FOLDER__: '""' },
    plugins: [svelte(), texts()],
    build: {
      ssr: "drawing.ts",
      outDir: folder,
      minify: false,
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  });
  return join(folder, "drawing.js");
}

async function draw(program: string, order: Order): Promise<Drawn> {
  const worker = new Worker(program, { workerData: order });
  try {
    return await new Promise((resolve, reject) => {
      worker.once("message", resolve).once("error", reject);
    });
  } finally {
    await worker.terminate();
  }
}

/** The part of the script that begins with a module, and all that it cannot do without. */
function filesOf(bundle: Rolldown.OutputBundle, module: string): Set<string> {
  const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
  const found = new Set<string>();
  const add = (name: string | undefined): void => {
    const chunk = chunks.find(({ fileName }) => fileName === name);
    if (!chunk || chunk.isEntry || found.has(chunk.fileName)) return;
    found.add(chunk.fileName);
    chunk.imports.forEach(add);
  };
  const first = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
  if (!first) throw new Error(`no part of the script begins with ${module}`);
  add(first.fileName);
  return found;
}

/** index.html with a page drawn into it. */
function pageOf(plain: string, files: readonly string[], { head, body }: Drawn[string]): string {
  const links = files
    .filter((file) => !plain.includes(file))
    .map((file) => `  <link rel="modulepreload" crossorigin href="/${file}">\n  `);
  const title = /<title>.*<\/title>/.exec(head)?.[0];
  return plain
    .replace(/<title>.*<\/title>/, (before) => title ?? before)
    .replace("</head>", () => `${links.join("")}</head>`)
    .replace(/(?<=<div id="app"[^>]*>)/, () => body);
}

export function firstLooks(): Plugin {
  return {
    name: "couvert-first-looks",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      async handler(_, bundle) {
        const index = bundle["index.html"];
        if (index?.type !== "asset") throw new Error("no index.html to draw into");
        const all = await Promise.all(languages.map(async (one) => [one, await pageTexts(one)]));
        const texts = Object.fromEntries(all) as Order["texts"];
        const folder = await mkdtemp(join(root, ".drawing-"));
        try {
          const program = await buildDrawing(folder);
          for (const [name, { path, part, module, later }] of Object.entries(pages)) {
            const drawn = await draw(program, { path, part: later ? undefined : part, texts });
            for (const [language, look] of Object.entries(drawn)) {
              const modules = [`${textsPrefix}${language}`, ...(module ? [module] : [])];
              const files = modules.flatMap((one) => [...filesOf(bundle, one)]);
              const plain = String(index.source)
                .replace('lang="en"', `lang="${language}"`)
                // Nobody types into what does not listen yet.
                .replace('<div id="app">', (app) => (part ? app.replace(">", " inert>") : app));
              const source = pageOf(plain, files, look);
              this.emitFile({ type: "asset", fileName: `pages/${name}.${language}.html`, source });
            }
          }
        } finally {
          await rm(folder, { recursive: true });
        }
      },
    },
  };
}
