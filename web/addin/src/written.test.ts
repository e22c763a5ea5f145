import { describe, expect, it } from "vitest";

import { addPeople, writtenOf, type Person } from "./written.ts";

const told = {
  address: "anna@example.org",
  people: [{ address: "bert@example.net", kind: "to" as const }],
  subject: "Plan",
  text: "Come",
  attachments: [{ id: 1, name: "a.txt", size: 5 }],
};

describe("writtenOf", () => {
  it.each([
    { address: "other@example.org" },
    { people: [] },
    { people: [{ address: "bert@example.net", kind: "bcc" as const }] },
    { subject: "plan" },
    { text: "Come " },
    { attachments: [{ id: 2, name: "a.txt", size: 5 }] },
    { attachments: [{ id: 1, name: "b.txt", size: 5 }] },
    { attachments: [{ id: 1, name: "a.txt", size: 6 }] },
  ])("makes another mail of it where this differs: %o", (change) => {
    const before = writtenOf(told, "Anna").fingerprint;
    expect(writtenOf({ ...told, ...change }, "Anna").fingerprint).not.toBe(before);
    expect(writtenOf({ ...told }, "Anna").fingerprint).toBe(before);
  });
});

describe("addPeople", () => {
  it("names each once, as the first kind", () => {
    const people: Person[] = [];
    addPeople(people, ["bert@example.net"], "to");
    addPeople(people, ["Bert@Example.net", "carl@example.net"], "bcc");
    expect(people).toEqual([
      { address: "bert@example.net", kind: "to" },
      { address: "carl@example.net", kind: "bcc" },
    ]);
  });
});
