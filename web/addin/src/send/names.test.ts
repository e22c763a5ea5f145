import { describe, expect, it } from "vitest";

import { uniqueNames } from "./names.ts";

describe("names of attachments in a transfer", () => {
  it.each([
    [["a.txt", "b.txt"], [], ["a.txt", "b.txt"], "as they are"],
    [["a.txt", "a.txt", "a.txt"], [], ["a.txt", "a (2).txt", "a (3).txt"], "with a number"],
    [["a.txt"], ["a.txt", "a (2).txt"], ["a (3).txt"], "that is free"],
    [["a.tar.gz", "a.tar.gz"], [], ["a.tar.gz", "a.tar (2).gz"], "before the last ending"],
    [[".profile", ".profile"], [], [".profile", ".profile (2)"], "behind a name without one"],
    [["README", "README"], [], ["README", "README (2)"], "also without a dot"],
    [["a (2).txt", "a.txt", "a.txt"], [], ["a (2).txt", "a.txt", "a (3).txt"], "not twice"],
  ])("%j beside %j are %j: %s", (wanted, taken, expected) => {
    expect(uniqueNames(wanted, taken)).toEqual(expected);
  });
});
