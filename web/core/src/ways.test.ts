import { describe, expect, it } from "vitest";

import type { PolicyAnswer } from "./api.ts";
import type { ContactState } from "./quick/book.ts";
import {
  groupsOf,
  isOffered,
  isPure,
  isSwitchOn,
  noQuickPart,
  passwordModesOf,
  recipientsOf,
  wayOf,
} from "./ways.ts";

const [ann, bert, carla, dora, emil] = [
  "ann@example.org",
  "bert@example.net",
  "carla@example.net",
  "dora@example.net",
  "emil@example.net",
] as const;

const states = new Map<string, ContactState>([
  [ann, "connected"],
  [bert, "invited"],
  [carla, "changed"],
  [dora, "removed"],
  [emil, "none"],
]);
const pure = groupsOf([ann], states);
const mixed = groupsOf([ann, bert], states);
const strangers = groupsOf([emil, "fritz@example.net"], states);

type Rules = Pick<PolicyAnswer, "quick" | "invitation_passwords" | "open_by" | "password_modes">;
const rules: Rules = {
  quick: "if_connected",
  invitation_passwords: ["generated", "own"],
  open_by: ["password", "link", "quick"],
  password_modes: ["generated", "own"],
};
const at = (quick: Rules["quick"]): Rules => ({ ...rules, quick });

describe("recipients", () => {
  it("are connected, or need the password; only who has another identity is not invited", () => {
    expect(groupsOf([ann, bert, carla, dora, emil], states)).toEqual({
      connected: [ann],
      invited: [bert, dora, emil],
      changed: [carla],
    });
  });

  it("need the password where nothing is known of them", () => {
    expect(groupsOf([ann], new Map())).toEqual({ connected: [], invited: [ann], changed: [] });
  });

  it("need none at all where all are connected, and there are some", () => {
    expect(isPure(pure)).toBe(true);
    expect(isPure(mixed)).toBe(false);
    expect(isPure(groupsOf([ann, carla], states))).toBe(false);
    expect(isPure(groupsOf([], states))).toBe(false);
  });
});

describe("the switch", () => {
  it("is not there where the rules never want it", () => {
    expect(isOffered(at("never"), pure)).toBe(false);
    expect(isSwitchOn(at("never"), pure, true)).toBe(false);
  });

  it("is there where nobody may be invited only if nobody has to be", () => {
    const uninviting = { ...rules, invitation_passwords: [] };
    expect(isOffered(uninviting, pure)).toBe(true);
    expect(isOffered(uninviting, mixed)).toBe(false);
    expect(isSwitchOn(uninviting, mixed, true)).toBe(false);
  });

  it.each([
    ["off", pure, false],
    ["off", mixed, false],
    ["if_connected", pure, true],
    ["if_connected", mixed, false],
    ["on", pure, true],
    ["on", strangers, true],
  ] as const)("stands as the rules preset it: %s", (quick, groups, on) => {
    expect(isSwitchOn(at(quick), groups, undefined)).toBe(on);
  });

  it("stands as it was set by hand", () => {
    expect(isSwitchOn(at("on"), strangers, false)).toBe(false);
    expect(isSwitchOn(at("if_connected"), pure, false)).toBe(false);
    expect(isSwitchOn(at("off"), mixed, true)).toBe(true);
  });
});

describe("the password", () => {
  it("can be left out by link where QUICK is off, not where it is on", () => {
    expect(passwordModesOf(rules, mixed, false)).toEqual(["generated", "own", "none"]);
    expect(passwordModesOf(rules, mixed, true)).toEqual(["generated", "own"]);
  });

  it("is one with which the rules let a transfer invite, where it invites", () => {
    const limited: Rules = { ...rules, invitation_passwords: ["generated"] };
    expect(passwordModesOf(limited, mixed, true)).toEqual(["generated"]);
    expect(passwordModesOf(limited, mixed, false)).toContain("own");
    // Nobody is invited: who is not connected has another identity.
    expect(passwordModesOf(limited, groupsOf([ann, carla], states), true)).toContain("own");
  });
});

describe("the transfer", () => {
  it("opens by QUICK only where that is on and all are connected", () => {
    expect(wayOf(pure, true, "generated")).toBe("quick");
    expect(wayOf(pure, false, "generated")).toBe("password");
    expect(wayOf(pure, false, "none")).toBe("link");
    expect(wayOf(mixed, true, "own")).toBe("password");
  });

  const people = [
    { address: ann, kind: "to" },
    { address: bert, kind: "cc" },
  ] as const;
  const envelope = { address: ann, slot_id: "slot", secret: "secret", envelope: "sealed" };
  let links = 0;
  const newLink = () => ({ slot_id: `slot ${(links += 1)}`, secret: "link" });

  it("carries an envelope for whom there is one, and nothing of their own for the others", () => {
    const part = { envelopes: [envelope], invitation: undefined };
    expect(recipientsOf(people, { way: "password", part, newLink })).toEqual([
      { ...envelope, kind: "to" },
      { address: bert, kind: "cc" },
    ]);
    expect(links).toBe(0);
  });

  it("carries a link for each where it opens by link, and nothing where a password does", () => {
    const part = noQuickPart;
    const byLink = recipientsOf(people, { way: "link", part, newLink });
    expect(byLink.map(({ slot_id }) => slot_id)).toEqual(["slot 1", "slot 2"]);
    expect(recipientsOf(people, { way: "password", part, newLink })).toEqual(people);
  });
});
