// The page at /api/docs: Swagger UI shows spec/api.yaml, as the server has it. All of it comes from
// this server, and no script or style is inline, as the Content-Security-Policy asks.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";

import type { Plugin } from "vite";

const require = createRequire(import.meta.url);
const root = dirname(require.resolve("swagger-ui-dist/package.json"));
const version = (require("swagger-ui-dist/package.json") as { version: string }).version;

/**
 * Shows and explains, and sends nothing: requests with real tokens belong in programs. What its
 * markup lacks for who does not see it, or has no mouse, is mended as it is drawn.
 */
const start = `const nothing = () => () => null;
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
const mend = (selector, name, value) => {
  for (const one of document.querySelectorAll(selector)) {
    const wanted = typeof value === "function" ? value(one) : value;
    if (one.getAttribute(name) !== wanted) one.setAttribute(name, wanted);
  }
};
new MutationObserver(() => {
  mend("h3.opblock-tag", "aria-level", "2");
  mend("h4", "aria-level", "3");
  mend("#servers", "aria-label", "Server");
  mend(".information-container, .scheme-container", "role", "region");
  mend(".information-container", "aria-label", "About");
  mend(".scheme-container", "aria-label", "Servers");
  mend(".responses-table", "aria-label", (one) => one.id.replaceAll("_", " "));
  mend("pre", "tabindex", "0");
}).observe(document.getElementById("docs"), { childList: true, subtree: true });
SwaggerUIBundle({
  url: "/api/openapi.yaml",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  supportedSubmitMethods: [],
  validatorUrl: null,
  plugins: [
    {
      wrapComponents: {
        // Would ask for a token that nothing is sent with.
        authorizeBtn: nothing,
        authorizeOperationBtn: nothing,
        DeepLink: () => ({ text }) => text,
      },
    },
  ],
});
`;

const page = (folder: string, names: { start: string; style: string }): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Couvert: HTTP API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/${folder}/swagger-ui.css" />
    <link rel="stylesheet" href="/${folder}/${names.style}" />
    <script defer src="/${folder}/swagger-ui-bundle.js"></script>
    <script defer src="/${folder}/${names.start}"></script>
  </head>
  <body>
    <div id="docs"></div>
    <noscript><a href="/api/openapi.yaml">The description as a file</a></noscript>
  </body>
</html>
`;

export function apiDocs(): Plugin {
  const folder = `assets/swagger-ui-${version}`;
  const named = (word: string, text: string, ending: string): string =>
    `${word}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.${ending}`;
  return {
    name: "couvert-api-docs",
    async generateBundle() {
      for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
        const text = await readFile(`${root}/${name}`, "utf8");
        // Its map is not there, and a browser that looks for it would be told so.
        const source = text.replace(/^(\/\/|\/\*)# sourceMappingURL=.*$/m, "");
        this.emitFile({ type: "asset", fileName: `${folder}/${name}`, source });
      }
      for (const name of ["LICENSE", "NOTICE"]) {
        const source = await readFile(`${root}/${name}`);
        this.emitFile({ type: "asset", fileName: `${folder}/${name}.txt`, source });
      }
      const style = await readFile(new URL("api-docs.css", import.meta.url), "utf8");
      const names = { start: named("start", start, "js"), style: named("style", style, "css") };
      this.emitFile({ type: "asset", fileName: `${folder}/${names.start}`, source: start });
      this.emitFile({ type: "asset", fileName: `${folder}/${names.style}`, source: style });
      const source = page(folder, names);
      this.emitFile({ type: "asset", fileName: "pages/api-docs.html", source });
    },
  };
}
