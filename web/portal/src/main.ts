import "@couvert/ui/tokens.css";
import "@couvert/ui/base.css";

import { beginTexts, firstKnown } from "@couvert/ui";
import { hydrate, mount } from "svelte";

import App from "./App.svelte";
import { askFacts } from "./facts.svelte.ts";
import { keepLanguage, keptLanguage } from "./kept.ts";
import { partAt, parts } from "./parts.svelte.ts";

const catalogues = {
  de: () => import("virtual:texts/de"),
  nl: () => import("virtual:texts/nl"),
  en: () => import("virtual:texts/en"),
};

/** Asks for everything that the first page needs at once, and takes over what the build has drawn,
 * if it is in the visitor's language. */
async function begin(): Promise<void> {
  void askFacts();
  const name = partAt(location.pathname);
  const part = name && parts[name].load();
  const kept = keptLanguage();
  const language = firstKnown([...(kept ? [kept] : []), ...navigator.languages]);
  const isDrawn = document.documentElement.lang === language;
  await beginTexts(
    { load: async (one) => (await catalogues[one]()).texts, keep: keepLanguage },
    language,
  );
  await part;
  const target = document.getElementById("app")!;
  target.inert = false;
  if (isDrawn && target.hasChildNodes()) {
    hydrate(App, { target });
  } else {
    target.replaceChildren();
    mount(App, { target });
  }
}

void begin();
