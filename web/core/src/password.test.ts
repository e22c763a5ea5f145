import { describe, expect, it } from "vitest";

import { generatePassword } from "./password.ts";
import { testHost } from "./test-host.ts";

describe("generatePassword", () => {
  const host = testHost();
  const many = Array.from({ length: 500 }, () => generatePassword(host));

  it("makes four groups of four, with every kind of character that the rules ask for", () => {
    for (const password of many) {
      expect(password).toMatch(/^[A-Z]{4}(-[a-z2-9]{4}){3}$/);
      expect(password).toMatch(/\d/);
      expect(password).toMatch(/[a-z]/);
    }
  });

  it("is as long as a rule asks for, in whole groups", () => {
    expect(generatePassword(host, 8)).toHaveLength(19);
    expect(generatePassword(host, 19)).toHaveLength(19);
    expect(generatePassword(host, 20)).toMatch(/^[A-Z]{4}(-[a-z2-9]{4}){4}$/);
    expect(generatePassword(host, 128)).toHaveLength(128);
  });

  it("uses no character that looks like another", () => {
    expect(many.join("")).not.toMatch(/[IOilo01]/);
  });

  it("uses all its characters and never makes the same twice", () => {
    expect(new Set(many).size).toBe(many.length);
    expect(new Set(many.join("").replaceAll("-", "")).size).toBe(24 + 31);
  });
});
