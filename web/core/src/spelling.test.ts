import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { spell } from "./spelling.ts";

const locales = new URL("../../../locales/", import.meta.url);
const wordsOf = (language: string) => {
  const catalogue = JSON.parse(
    readFileSync(new URL(`${language}.json`, locales), "utf8"),
  ) as Record<string, string>;
  return catalogue["page.spelling.words"] ?? "";
};

describe("spell", () => {
  it("names each sign", () => {
    expect(spell("Ab-7!ü", wordsOf("en"))).toEqual([
      { sign: "A", kind: "capital", word: "Alfa" },
      { sign: "b", kind: "small", word: "Bravo" },
      { sign: "-", kind: "hyphen", word: "" },
      { sign: "7", kind: "digit", word: "" },
      { sign: "!", kind: "other", word: "" },
      { sign: "ü", kind: "other", word: "" },
    ]);
  });

  it.each(["de", "nl", "en"])("has a word for every letter in %s", (language) => {
    const words = wordsOf(language).split(" ");
    expect(words).toHaveLength(26);
    expect(words.map((word) => word.charAt(0)).join("")).toBe("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  });
});
