// Draws a page as it looks before its script has run, for the build: in a thread of its own, which
// has what modules of the portal expect of a browser, and ends with all that they began.
import { parentPort, workerData } from "node:worker_threads";

import { render } from "svelte/server";

/** What to draw: the page at a path, with the texts of each language. */
export interface Order {
  readonly path: string;
  readonly part: string | undefined;
  readonly texts: Record<string, Record<string, string>>;
}

/** HTML for the head and the body, by language. */
export type Drawn = Record<string, { head: string; body: string }>;

const order = workerData as Order;
Object.assign(globalThis, {
  location: { pathname: order.path, search: "", hash: "", origin: "" },
  history: { state: null },
  window: { addEventListener: () => undefined },
  document: { documentElement: {}, cookie: "" },
});

const { beginTexts } = await import("@couvert/ui");
const { parts } = await import("./src/parts.svelte.ts");
const { default: App } = await import("./src/App.svelte");
if (order.part) await parts[order.part as keyof typeof parts].load();

const drawn: Drawn = {};
for (const [language, texts] of Object.entries(order.texts)) {
  const setup = { load: () => Promise.resolve(texts), keep: () => undefined };
  await beginTexts(setup, language as Parameters<typeof beginTexts>[1]);
  const { head, body } = render(App);
  drawn[language] = { head, body };
}
parentPort!.postMessage(drawn);
