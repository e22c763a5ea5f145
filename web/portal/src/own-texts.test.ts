import type { Server } from "@couvert/core";
import { expect, test } from "vitest";

import { blocksOf, languageOf } from "./own-texts.ts";

test("paragraphs are parted by empty lines, headings begin with a hash", () => {
  const text =
    "\uFEFF# Impressum\r\nZahnärztekammer\r\nStraße 1\r\n\r\n\r\nTel. 1\n# Recht\n\nEnde\n";
  expect(blocksOf(text)).toEqual([
    { kind: "heading", text: "Impressum" },
    { kind: "paragraph", text: "Zahnärztekammer\nStraße 1" },
    { kind: "paragraph", text: "Tel. 1" },
    { kind: "heading", text: "Recht" },
    { kind: "paragraph", text: "Ende" },
  ]);
});

test("nothing makes no block, and what is no heading stays as it is", () => {
  expect(blocksOf(" \n\n")).toEqual([]);
  expect(blocksOf("#1 <b>fett</b>")).toEqual([{ kind: "paragraph", text: "#1 <b>fett</b>" }]);
});

test("a text comes in the reader's language, or in one that there is", () => {
  const server = { texts: { terms: ["de", "en"] } } as unknown as Server;
  expect(languageOf(server, "terms", "en")).toBe("en");
  expect(languageOf(server, "terms", "nl")).toBe("de");
  expect(languageOf(server, "imprint", "nl")).toBeUndefined();
  expect(languageOf(undefined, "terms", "nl")).toBeUndefined();
});
