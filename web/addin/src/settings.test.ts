import { describe, expect, it } from "vitest";

import { originOf } from "./settings.ts";

describe("the server that somebody types", () => {
  it.each([
    ["transfer.example.org", "https://transfer.example.org"],
    ["  https://transfer.example.org/provide?to=a  ", "https://transfer.example.org"],
    ["HTTPS://Transfer.Example.org:443", "https://transfer.example.org"],
    ["transfer.example.org:8443", "https://transfer.example.org:8443"],
    ["http://localhost:8080/", "http://localhost:8080"],
    ["büro.example", "https://xn--bro-hoa.example"],
  ])("%j is %s", (typed, origin) => {
    expect(originOf(typed)).toBe(origin);
  });

  it.each([
    ["", "nothing"],
    ["http://transfer.example.org", "not by TLS"],
    ["https://anna:secret@transfer.example.org", "with a password"],
    ["https://anna@transfer.example.org", "with a name"],
    ["ftp://transfer.example.org", "another protocol"],
    ["two words", "no address"],
    ["https://", "no host"],
  ])("%j is none: %s", (typed) => {
    expect(originOf(typed)).toBeUndefined();
  });
});
