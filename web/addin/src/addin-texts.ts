// The texts in the mail program's language.
import { beginTexts, firstKnown } from "@couvert/ui";

const catalogues = {
  de: () => import("virtual:texts/de"),
  nl: () => import("virtual:texts/nl"),
  en: () => import("virtual:texts/en"),
};

export const beginAddinTexts = (languages: readonly string[]): Promise<void> =>
  beginTexts(
    { load: async (one) => (await catalogues[one]()).texts, keep: () => undefined },
    firstKnown(languages),
  );
