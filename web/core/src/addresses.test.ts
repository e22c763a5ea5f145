import { describe, expect, it } from "vitest";

import { isAddress, parseRecipients } from "./addresses.ts";

const addresses = (text: string) => parseRecipients(text).map(({ address }) => address);

describe("parseRecipients", () => {
  it.each([
    ["a@example.org,b@example.org", "comma"],
    ["a@example.org b@example.org", "space"],
    ["a@example.org; b@example.org;", "semicolon"],
    ["a@example.org\r\nb@example.org\n\n", "line break"],
    ["a@example.org\tb@example.org", "tab"],
    ["mailto:a@example.org, <b@example.org>", "mailto and brackets"],
    ["Ann Doe <a@example.org>, Bob <b@example.org>", "names"],
    ['"Doe, Ann; Dr." <a@example.org>; "Bob" <b@example.org>', "quoted names with separators"],
    ["Doe, Ann <a@example.org>, Roe, Bob <b@example.org>", "bare names with commas"],
    ["Ann <a@example.org> Bob <b@example.org>", "names without a separator"],
    ["Ann Doe\ta@example.org\t0123\nBob Roe\tb@example.org\t456", "rows of a spreadsheet"],
    ["(a@example.org), b@example.org.", "brackets and full stop of a letter"],
    ['"Ann Doe","a@example.org"\n"Bob Roe","b@example.org"', "quoted cells"],
    ["Ann;Doe;a@example.org;012\nBob;Roe;b@example.org;034", "cells parted by semicolons"],
    ["Name;E-mail\nAnn;a@example.org\nBob;b@example.org", "a table with the names of its columns"],
    ["To: a@example.org; b@example.org", "a copied line of a mail"],
    ["Team: Ann <a@example.org>, b@example.org;", "a group"],
    ["a@example.org、b@example.org", "another script's comma"],
    ["\ufeffa@example.org\u200b; \u202ab@example.org\u202c", "signs that cannot be seen"],
    ["a@example.org\u00a0b@example.org", "a space that does not break"],
    ["a@example.org\u2028b@example.org", "another line break"],
  ])("understands %s (%s)", (text) => {
    expect(parseRecipients(text)).toEqual([
      { address: "a@example.org", valid: true },
      { address: "b@example.org", valid: true },
    ]);
  });

  it("collapses duplicates, whatever their case", () => {
    expect(addresses("Ann@Example.org, ann@example.org\nANN@EXAMPLE.ORG")).toEqual([
      "Ann@Example.org",
    ]);
  });

  it("keeps and marks what is no address", () => {
    expect(parseRecipients("ann@, bob, c@example.org d@e@f")).toEqual([
      { address: "ann@", valid: false },
      { address: "bob", valid: false },
      { address: "c@example.org", valid: true },
      { address: "d@e@f", valid: false },
    ]);
  });

  it("takes no cell of a list for a table that is none", () => {
    expect(addresses("ann, a@example.org\nb@example.org, bob")).toEqual([
      "a@example.org",
      "b@example.org",
    ]);
    expect(addresses("ann, a@example.org")).toEqual(["ann", "a@example.org"]);
    expect(addresses("ann, bob\na@example.org, b@example.org")).toEqual([
      "ann",
      "bob",
      "a@example.org",
      "b@example.org",
    ]);
  });

  it("finds nobody in white space and separators", () => {
    expect(addresses(" ,;\n\t , ")).toEqual([]);
  });

  it("reads a list of ten thousand", () => {
    const list = Array.from({ length: 10_000 }, (_, at) => `P ${at} <p${at}@example.org>`);
    expect(addresses(list.join("; "))).toHaveLength(10_000);
  });

  it("leaves a question mark in a local part, and takes a mailto's subject away", () => {
    expect(addresses("what?@example.org mailto:a@example.org?subject=x")).toEqual([
      "what?@example.org",
      "a@example.org",
    ]);
  });
});

describe("isAddress", () => {
  it.each([
    "a@example.org",
    "first.last+tag@sub.example.co.uk",
    "o'neil@example.org",
    "büro@müller.example",
    `${"l".repeat(64)}@example.org`,
  ])("takes %s", (text) => {
    expect(isAddress(text)).toBe(true);
  });

  it.each([
    "",
    "a",
    "@example.org",
    "a@",
    "a@b",
    "a b@example.org",
    "a@example..org",
    "a@-example.org",
    ".a@example.org",
    "a..b@example.org",
    "a@example.org\n",
    `${"l".repeat(65)}@example.org`,
    `a@${"d.".repeat(130)}org`,
    "a\u202eb@example.org",
    "a\u0000b@example.org",
  ])("refuses %j", (text) => {
    expect(isAddress(text)).toBe(false);
  });
});
