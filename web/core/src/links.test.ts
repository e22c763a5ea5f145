import { describe, expect, it } from "vitest";

import { phoneLink, piecesOf } from "./links.ts";

const links = (text: string) =>
  piecesOf(text)
    .filter(({ href }) => href !== undefined)
    .map(({ text: shown }) => shown);

describe("piecesOf", () => {
  it("finds whole web addresses, without what ends the sentence", () => {
    expect(links("Siehe https://example.org/a?b=c#d.")).toEqual(["https://example.org/a?b=c#d"]);
    expect(links("(http://example.org/x), https://example.com!")).toEqual([
      "http://example.org/x",
      "https://example.com",
    ]);
    expect(links("https://example.org/a_(b)")).toEqual(["https://example.org/a_(b)"]);
  });

  it("makes a link of nothing else", () => {
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,<script>alert(1)</script>",
      "[hier](javascript:alert(1))",
      "<a href='x'>hier</a>",
      "example.org",
      "https://",
      "https://example.org@evil.example/",
      "ftp://example.org/",
      "xhttps://example.org",
    ]) {
      expect(links(text), text).toEqual([]);
    }
  });

  it("shows where a link leads, and lets no other letters into it", () => {
    for (const { text, href } of piecesOf(
      "https://example.org/\u202Egnp.exe https://exämple.org",
    )) {
      if (href !== undefined) expect(new URL(href).href).toBe(new URL(text).href);
    }
    expect(links("https://example.org/\u202Egnp.exe")).toEqual(["https://example.org/"]);
  });

  it("loses no character of any text", () => {
    const parts = [
      "https://",
      "example.org",
      "/a",
      "?",
      "(",
      ")",
      "\n",
      " ",
      "\u202E",
      "🦷",
      "ö",
      ".",
    ];
    let seed = 1;
    const next = () => (seed = (seed * 48271) % 2147483647);
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: next() % 12 }, () => parts[next() % parts.length]).join("");
      expect(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
    }
  });
});

describe("phoneLink", () => {
  it.each([
    ["+49 30 1234", "tel:+49301234"],
    ["+49 (0)30 12-34", "tel:+49301234"],
    ["(030) 1234/56", "tel:030123456"],
    ["110", "tel:110"],
  ])("dials what %s means", (phone, link) => {
    expect(phoneLink(phone)).toBe(link);
  });

  it.each([
    "",
    "12",
    "030 1234, nach 14 Uhr",
    "+49 30 1234 App. 5",
    "030 1234;ext=1",
    "1".repeat(16),
  ])("leaves what is no number a text: %s", (phone) => {
    expect(phoneLink(phone)).toBeUndefined();
  });
});
