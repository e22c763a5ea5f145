// What every page of the add-on begins with: the texts of Thunderbird's language, the look.
import "@couvert/ui/tokens.css";
import "@couvert/ui/base.css";
import "./addin.css";

import { beginTexts, firstKnown } from "@couvert/ui";
import { mount, type Component } from "svelte";

const catalogues = {
  de: () => import("virtual:texts/de"),
  nl: () => import("virtual:texts/nl"),
  en: () => import("virtual:texts/en"),
};

export async function begin(page: Component): Promise<void> {
  await beginTexts(
    { load: async (one) => (await catalogues[one]()).texts, keep: () => undefined },
    firstKnown([messenger.i18n.getUILanguage(), ...navigator.languages]),
  );
  mount(page, { target: document.getElementById("app")! });
}
