import { describe, expect, it } from "vitest";

import {
  fromBase32,
  fromBase64url,
  groupsOfId,
  newId,
  newSecret,
  readId,
  readIdOrLink,
  toBase32,
  toBase64url,
} from "./ids.ts";
import { testHost } from "./test-host.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const id = "abcdefghijklmnopqrstuvwx27";

describe("base32 and base64url", () => {
  it.each([
    ["", ""],
    ["f", "my"],
    ["fo", "mzxq"],
    ["foo", "mzxw6"],
    ["foob", "mzxw6yq"],
    ["fooba", "mzxw6ytb"],
    ["foobar", "mzxw6ytboi"],
  ])("writes %j as RFC 4648 does, without padding", (plain, written) => {
    expect(toBase32(bytes(plain))).toBe(written);
    expect(toBase64url(bytes(plain))).toBe(Buffer.from(plain).toString("base64url"));
  });

  it("uses the letters of URLs", () => {
    expect(toBase64url(new Uint8Array([251, 255, 191]))).toBe("-_-_");
  });

  it("reads what it writes, whatever the length", () => {
    for (let length = 0; length < 70; length++) {
      const plain = crypto.getRandomValues(new Uint8Array(length));
      expect(fromBase32(toBase32(plain))).toEqual(plain);
      expect(fromBase64url(toBase64url(plain))).toEqual(plain);
    }
    expect(fromBase32("MZXW-6Y Tb")).toEqual(bytes("fooba"));
  });

  it.each(["m", "mz1", "mz=", "mzy", "mzxw6ytbo", "mzxw6y==", "m.", "mä"])(
    "reads no base32 from %j",
    (text) => expect(fromBase32(text)).toBeUndefined(),
  );

  it.each(["A", "AB", "AA=", "AA==", "A+", "A/", "AAAAA", "A A", "AAB"])(
    "reads no base64url from %j",
    (text) => expect(fromBase64url(text)).toBeUndefined(),
  );
});

describe("new IDs and secrets", () => {
  it("have the length that the API asks for", () => {
    const host = testHost();
    expect(newSecret(host)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(newId(host)).toMatch(/^[a-z2-7]{26}$/);
    expect(newId(host)).not.toBe(newId(host));
  });
});

describe("readId", () => {
  it.each([id, id.toUpperCase(), " abcd-efgh ijkl mnop-qrst-uvwx27 "])("reads %j", (typed) => {
    expect(readId(typed)).toBe(id);
  });

  it.each(["", id.slice(1), `${id}a`, id.replace("2", "1"), `${id}#x`])("refuses %j", (typed) => {
    expect(readId(typed)).toBeUndefined();
  });
});

describe("readIdOrLink", () => {
  it("reads an ID, a link and a link with its secret", () => {
    expect(readIdOrLink(id)).toEqual({ id, secret: "" });
    expect(readIdOrLink(` https://transfer.example.org/r/${id} `)).toEqual({ id, secret: "" });
    expect(readIdOrLink(`https://transfer.example.org/r/${id}#AbC-_`)).toEqual({
      id,
      secret: "AbC-_",
    });
  });

  it("refuses other links", () => {
    expect(readIdOrLink("https://transfer.example.org/r/short")).toBeUndefined();
    expect(readIdOrLink(`https://transfer.example.org/x/${id}`)).toBeUndefined();
  });
});

describe("groupsOfId", () => {
  it("loses no letter", () => {
    expect(groupsOfId(id)).toEqual(["abcd", "efgh", "ijkl", "mnop", "qrst", "uvwx27"]);
  });
});
