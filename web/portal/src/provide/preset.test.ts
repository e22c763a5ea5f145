import { describe, expect, it } from "vitest";

import { readPreset, replyLink } from "./preset.ts";

const addresses = (list: readonly { address: string }[]) => list.map(({ address }) => address);

describe("readPreset", () => {
  it("takes several recipients of each kind, repeated or in one list", () => {
    const preset = readPreset(
      "?to=a@example.org&to=b@example.org&cc=c@example.org,d@example.org&bcc=A+%3Ce@example.org%3E",
    );
    expect(addresses(preset.to)).toEqual(["a@example.org", "b@example.org"]);
    expect(addresses(preset.cc)).toEqual(["c@example.org", "d@example.org"]);
    expect(addresses(preset.bcc)).toEqual(["e@example.org"]);
    expect(preset.subject).toBeUndefined();
    expect(preset.leftOut).toBe(0);
  });

  it("keeps what is no address, marked", () => {
    expect(readPreset("?to=ann@&to=b@example.org").to).toEqual([
      { address: "ann@", valid: false },
      { address: "b@example.org", valid: true },
    ]);
  });

  it("has nothing where the link has nothing", () => {
    const empty = { to: [], cc: [], bcc: [], subject: undefined, reply: undefined, leftOut: 0 };
    expect(readPreset("")).toEqual(empty);
    expect(readPreset("?TO=a@example.org&body=x&from=y&password=z")).toEqual(empty);
  });

  it("takes five hundred recipients in all, and counts the others", () => {
    const list = (count: number, sign: string) =>
      Array.from({ length: count }, (_, at) => `${sign}${at}@example.org`).join(",");
    const preset = readPreset(`?to=${list(499, "t")}&cc=${list(3, "c")}&bcc=${list(4, "b")}`);
    expect(preset.to).toHaveLength(499);
    expect(addresses(preset.cc)).toEqual(["c0@example.org"]);
    expect(preset.bcc).toEqual([]);
    expect(preset.leftOut).toBe(6);
  });

  it("makes one line of the subject, without signs that hide or turn text around", () => {
    expect(readPreset("?subject=%20a%0D%0ABcc:%20x%00%20y%20").subject).toBe("a Bcc: x y");
    expect(readPreset("?subject=fdp.%E2%80%AEexe%E2%80%AC%E2%80%8B").subject).toBe("fdp.exe");
    expect(readPreset("?subject=R%C3%B6ntgen+%F0%9F%A6%B7+%26+mehr").subject).toBe(
      "Röntgen 🦷 & mehr",
    );
  });

  it("takes 500 bytes of subject, and cuts no character in two", () => {
    expect(readPreset(`?subject=${"a".repeat(500)}`).subject).toBe("a".repeat(500));
    expect(readPreset(`?subject=${"a".repeat(501)}`).subject).toBe("a".repeat(500));
    expect(readPreset(`?subject=${"a".repeat(499)}%C3%BC`).subject).toBe("a".repeat(499));
    expect(readPreset(`?subject=${"a".repeat(497)}%F0%9F%A6%B7`).subject).toBe("a".repeat(497));
  });

  it("takes no reply that is no transfer ID", () => {
    expect(readPreset("?reply=abc").reply).toBeUndefined();
    expect(readPreset("?reply=ABCDEFGHIJKLMNOPQRSTUVWXY2").reply).toBe(
      "abcdefghijklmnopqrstuvwxy2",
    );
  });
});

describe("replyLink", () => {
  it("fills in the sender and one Re: only", () => {
    const link = replyLink("abcdefghijklmnopqrstuvwxy2", "a+b@example.org", "AW: Röntgen");
    const preset = readPreset(link.slice(link.indexOf("?")));
    expect(addresses(preset.to)).toEqual(["a+b@example.org"]);
    expect(preset.subject).toBe("Re: Röntgen");
    expect(preset.reply).toBe("abcdefghijklmnopqrstuvwxy2");
  });
});
