import { describe, expect, it } from "vitest";

import { linkIn } from "./links.ts";

const server = "https://transfer.example.org";
const id = "abcdefghijklmnopqrstuvwxyz";

describe("linkIn", () => {
  it("finds a link with its secret among other text", () => {
    const secret = `${"A".repeat(43)}_`;
    expect(linkIn(`Open ${server}/r/${id}#${secret}\nbye`, server)).toEqual({
      href: `${server}/r/${id}#${secret}`,
      transferId: id,
      secret,
    });
  });

  it.each([
    `https://evil.example/r/${id}`,
    `https://evil.example/${server}/r/${id}`,
    `${server}.evil.example/r/${id}`,
    `${server}/r/short`,
    `${server}/x/r/${id}`,
    "",
  ])("finds no link of this server in %s", (text) => {
    expect(linkIn(text, server)).toBeUndefined();
  });

  it("finds nothing before the server is known", () => {
    expect(linkIn(`${server}/r/${id}`, "")).toBeUndefined();
  });
});
