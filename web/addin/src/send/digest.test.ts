import { describe, expect, it } from "vitest";

import { digestOf } from "./digest.ts";

const bytes = (size: number, at = -1) => {
  const made = new Uint8Array(size);
  if (at >= 0) made[at] = 1;
  return made;
};

describe("digestOf", () => {
  it("is the same for the same bytes, whatever the file's name and time", async () => {
    const one = new File([bytes(1000)], "a", { lastModified: 1 });
    const other = new File([bytes(1000)], "b", { lastModified: 2 });
    expect(await digestOf(one)).toBe(await digestOf(other));
  });

  it("differs by one byte anywhere in what a mail program hands over", async () => {
    const size = 30 * 1024 * 1024;
    const before = await digestOf(new Blob([bytes(size)]));
    for (const at of [0, 9_999_999, size - 1]) {
      expect(await digestOf(new Blob([bytes(size, at)]))).not.toBe(before);
    }
  });

  it("takes a large file for another one where it was changed since", async () => {
    const large = bytes(65 * 1024 * 1024);
    const before = await digestOf(new File([large], "a", { lastModified: 1 }));
    expect(await digestOf(new File([large], "a", { lastModified: 1 }))).toBe(before);
    expect(await digestOf(new File([large], "a", { lastModified: 2 }))).not.toBe(before);
    const end = bytes(65 * 1024 * 1024, 65 * 1024 * 1024 - 1);
    expect(await digestOf(new File([end], "a", { lastModified: 1 }))).not.toBe(before);
  });
});
