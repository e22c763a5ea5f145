import { describe, expect, it } from "vitest";

import { quickPath, readQuickWish } from "./paths.ts";

const link = `/r/${"a".repeat(26)}`;
const read = (path: string) => readQuickWish(new URL(path, "https://portal.example").search);

describe("the way to the page of QUICK", () => {
  it("says for whom, and where the visitor comes from", () => {
    const address = "ann+a&b@example.org";
    expect(read(quickPath(address, "/provide"))).toEqual({ address, back: "/provide" });
    expect(read(quickPath(undefined, link))).toEqual({ address: undefined, back: link });
    expect(readQuickWish("")).toEqual({ address: undefined, back: undefined });
  });

  it.each(["https://elsewhere.example", "//elsewhere.example", "/provide?to=a@b.example", "/r/x"])(
    "leads back to no page but ours: %s",
    (back) => {
      expect(read(quickPath(undefined, back)).back).toBeUndefined();
    },
  );
});
