import { readdirSync, readFileSync } from "node:fs";

import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";

import { localeOf, type Language } from "./format.ts";
import { formatMessage, type Values } from "./messages.ts";

const folder = new URL("../../../locales/", import.meta.url);
const catalogues = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({
    language: name.slice(0, 2) as Language,
    texts: JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Record<string, string>,
  }));

/** Values of every kind for the arguments that a message names. */
function valuesFor(message: string): Values[] {
  const names = [...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((found) => found[1] ?? "");
  const counted = /,\s*(plural|number)/.test(message);
  return [0, 1, 2, 12345].map((number, at) =>
    Object.fromEntries(
      names.map((name) => {
        if (name === "unit") return [name, ["seconds", "minutes", "hours", "else"][at] ?? ""];
        return [name, counted || name === "seconds" || name === "max" ? number : `‹${name}› {#}'`];
      }),
    ),
  );
}

describe("formatMessage", () => {
  it("writes every text of the pages as intl-messageformat does", () => {
    let compared = 0;
    for (const { language, texts } of catalogues) {
      for (const [key, text] of Object.entries(texts)) {
        if (!key.startsWith("page.")) continue;
        for (const values of valuesFor(text)) {
          const referee = new IntlMessageFormat(text, localeOf(language)).format(values);
          expect(formatMessage(text, values, language), `${language} ${key}`).toBe(referee);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(1000);
  }, 60_000); // thousands of messages are parsed, perhaps on a busy machine

  it.each([
    ["it''s {a}", { a: 1 }, "it's 1"],
    ["it's {a}", { a: "b" }, "it's b"],
    ["'{a}' {a} end", { a: "b" }, "{a} b end"],
    [
      "{n, plural, =0 {none} one {a {thing}} other {'#' # things}} left",
      { n: 2 },
      "# 2 things left",
    ],
    ["{n, plural, =0 {none} one {a {thing}} other {#}}", { n: 1, thing: "x" }, "a x"],
    ["{n, plural, one {#} other {{s, select, a {A#} other {B#}}}}", { n: 3, s: "a" }, "A#"],
    ["{n, number} #", { n: 1234567 }, "1,234,567 #"],
  ])("understands %s", (message, values, written) => {
    expect(formatMessage(message, values as unknown as Values, "en")).toBe(written);
    expect(new IntlMessageFormat(message, "en-GB").format(values)).toBe(written);
  });

  it.each(["{", "{a", "{a,}", "}", "{n, plural, other {}", "{n, unknown}"])(
    "refuses %s",
    (message) => {
      expect(() => formatMessage(message, { n: 1 }, "en")).toThrow();
    },
  );

  it("writes dates in the language", () => {
    expect(formatMessage("{d, date, long}", { d: "2026-11-24T12:00:00Z" }, "de")).toBe(
      "24. November 2026",
    );
  });
});

describe("catalogues", () => {
  it("hold the same keys with the same arguments in every language", () => {
    const args = (text: string) =>
      [...new Set([...text.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((found) => found[1]))].sort();
    const [first, ...others] = catalogues;
    for (const { language, texts } of others) {
      expect(Object.keys(texts).sort(), language).toEqual(Object.keys(first!.texts).sort());
      for (const [key, text] of Object.entries(texts)) {
        expect(args(text), `${language} ${key}`).toEqual(args(first!.texts[key]!));
      }
    }
  });
});
