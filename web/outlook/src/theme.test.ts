import { describe, expect, it } from "vitest";

import { isDark } from "./theme.ts";

describe("isDark", () => {
  it.each([
    ["#1f1f1f", true],
    ["#FFFFFF", false],
    ["0a0a0a", true],
    ["#7f7f7f", true],
    ["#808080", false],
    ["", undefined],
    [undefined, undefined],
    ["white", undefined],
  ])("says of the background %s: %s", (background, expected) => {
    expect(isDark(background)).toBe(expected);
  });
});
