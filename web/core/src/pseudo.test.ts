import { readdirSync, readFileSync } from "node:fs";

import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";

import { formatMessage } from "./messages.ts";
import { pseudo } from "./pseudo.ts";

const folder = new URL("../../../locales/", import.meta.url);
const messages = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => {
    const texts = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Record<string, string>;
    return Object.entries(texts).map(([key, text]) => ({ key: `${name} ${key}`, text }));
  })
  .filter(({ key }) => key.includes(" page."));

/** A value for every argument, so that only the catalogue brings letters. */
const valuesFor = (message: string, count: number) =>
  Object.fromEntries(
    [...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((found) => [found[1] ?? "", count]),
  );

describe("the language that nobody speaks", () => {
  it("is made of every text of the pages, and our compiler and ICU's read it alike", () => {
    for (const { key, text } of messages) {
      const message = pseudo(text);
      const referee = new IntlMessageFormat(message, "en-GB");
      for (const count of [0, 1, 2]) {
        const values = valuesFor(text, count);
        const written = formatMessage(message, values, "en");
        expect(written, key).toBe(referee.format(values));
        expect(written, key).toMatch(/^⟦[^⟦⟧]*⟧$/u);
      }
    }
    expect(messages.length).toBeGreaterThan(1000);
  });

  it("is longer by two fifths and has no plain letter: a text of the code stands out", () => {
    for (const { key, text } of messages) {
      const values = valuesFor(text, 2);
      const written = formatMessage(pseudo(text), values, "en").slice(1, -1);
      const before = formatMessage(text, values, "en");
      const letters = before.replace(/[^\p{L}]/gu, "");
      expect(written.length - before.length, key).toBeGreaterThanOrEqual(letters.length * 0.3);
      expect(written, key).not.toMatch(/[A-Za-z]/);
    }
  });

  it.each([
    ["Hello", "⟦Ĥééĺĺóó⟧"],
    ["it''s '{'{a}'}'", "⟦ííť'š {ẋẋ7}⟧"],
    ["{a, plural, one {# '#'} other {'#' is #}}", "⟦# ííš ẋ7⟧"],
  ])("writes %s as %s", (message, written) => {
    expect(formatMessage(pseudo(message), { a: 7 }, "en")).toBe(written);
  });
});
