import { fail } from "@couvert/core";
import { describe, expect, it } from "vitest";

import { isQuickLost, isSettled, stepFor, stepOf } from "./refusals.ts";

/** The reasons as the server's own header lists them, and the English texts. */
const files = import.meta.glob<string>(
  ["../../../../src/service/start.h", "../../../../locales/en.json"],
  { query: "?raw", import: "default", eager: true },
);
const contentOf = (end: string) =>
  Object.entries(files).find(([name]) => name.endsWith(end))?.[1] ?? "";
const list = /Reasons: ([^.]+)\./.exec(contentOf("start.h"))?.[1] ?? "";
const reasons = list
  .replace(/\/\/\/|\([^)]*\)/g, " ")
  .split(/[\s,;]+/)
  .filter(Boolean);
const texts = JSON.parse(contentOf("en.json")) as Record<string, string>;

describe("what the server refuses at the start", () => {
  it("is said in words, each reason in its own", () => {
    expect(reasons).toContain("life");
    const silent = reasons.filter((one) =>
      [`page.error.start.${one}`, `page.error.${one}`].every((key) => texts[key] === undefined),
    );
    expect(silent).toEqual([]);
  });

  it("can be changed at a step of the form, unless the transfer was started elsewhere", () => {
    const known = [...Object.keys(stepOf), "started_differently"];
    expect(new Set(reasons)).toEqual(new Set(known));
  });

  it("leads to the options where this browser cannot send by QUICK as it stood there", () => {
    for (const reason of ["not_connected", "identity_changed"]) {
      expect(texts[`page.error.start.${reason}`]).toContain("{address}");
      expect(stepFor(fail("conflict", { reason }))).toBe("options");
    }
    for (const reason of ["no_device", "revoked", "changed", "rolled_back"]) {
      const failure = fail("unproven", { reason });
      expect(isQuickLost(failure)).toBe(true);
      expect(texts[`page.error.quick.${reason}`]).toBeDefined();
      expect(stepFor(failure)).toBe("options");
    }
    expect(isQuickLost(fail("refused", { reason: "quick_not_allowed" }))).toBe(false);
  });

  it("offers another try first only where that may help", () => {
    expect(isSettled(fail("refused", { reason: "quick_not_allowed" }))).toBe(true);
    expect(isSettled(fail("conflict", { reason: "identity_changed" }))).toBe(true);
    expect(isSettled(fail("unproven"))).toBe(true);
    expect(isSettled(fail("unavailable"))).toBe(false);
    expect(isSettled(fail("full"))).toBe(false);
  });

  it("leads to the verification where that has ended", () => {
    expect(stepFor(fail("unproven"))).toBe("verify");
    expect(stepFor(fail("refused", { reason: "life" }))).toBe("options");
    expect(stepFor(fail("damaged"))).toBe("content");
  });
});
