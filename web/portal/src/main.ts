import "@couvert/ui/tokens.css";
import "@couvert/ui/base.css";

import { beginTexts, firstKnown } from "@couvert/ui";
import { mount } from "svelte";

import App from "./App.svelte";
import { keepLanguage, keptLanguage } from "./kept.ts";

const catalogues = {
  de: () => import("virtual:texts/de"),
  nl: () => import("virtual:texts/nl"),
  en: () => import("virtual:texts/en"),
};

async function begin(): Promise<void> {
  const kept = keptLanguage();
  await beginTexts(
    { load: async (language) => (await catalogues[language]()).texts, keep: keepLanguage },
    firstKnown(kept === undefined ? navigator.languages : [kept, ...navigator.languages]),
  );
  mount(App, { target: document.getElementById("app")! });
}

void begin();
