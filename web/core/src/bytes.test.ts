import { describe, expect, it } from "vitest";

import { byteLength, shorten } from "./bytes.ts";

describe("shorten", () => {
  it("leaves what fits", () => {
    expect(shorten("für", 4)).toBe("für");
    expect(byteLength("für")).toBe(4);
  });

  it("cuts between characters only", () => {
    expect(shorten("für", 3)).toBe("fü");
    expect(shorten("für", 2)).toBe("f");
    expect(shorten("a🦷b", 4)).toBe("a");
    expect(shorten("a🦷b", 5)).toBe("a🦷");
    expect(shorten("abc", 0)).toBe("");
  });
});
