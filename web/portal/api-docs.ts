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

/** Shows and explains, and sends nothing: requests with real tokens belong in programs. */
const start = `SwaggerUIBundle({
  url: "/api/openapi.yaml",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  supportedSubmitMethods: [],
  validatorUrl: null,
});
`;

const page = (folder: string, startName: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Couvert: HTTP API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/${folder}/swagger-ui.css" />
    <script defer src="/${folder}/swagger-ui-bundle.js"></script>
    <script defer src="/${folder}/${startName}"></script>
  </head>
  <body>
    <main id="docs"></main>
    <noscript><a href="/api/openapi.yaml">The description as a file</a></noscript>
  </body>
</html>
`;

export function apiDocs(): Plugin {
  const folder = `assets/swagger-ui-${version}`;
  const hash = createHash("sha256").update(start).digest("hex").slice(0, 8);
  const startName = `start-${hash}.js`;
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
      this.emitFile({ type: "asset", fileName: `${folder}/${startName}`, source: start });
      const source = page(folder, startName);
      this.emitFile({ type: "asset", fileName: "pages/api-docs.html", source });
    },
  };
}
