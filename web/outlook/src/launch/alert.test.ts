import { describe, expect, it } from "vitest";

import { alertFor, isOffer, labelsIn, type Facts } from "./alert.ts";

const wishes = { bytes: 100, marks: ["[intern]", "Vertraulich"], labels: ["label-1"] };
const plain: Facts = {
  hold: undefined,
  open: undefined,
  now: 1_000_000,
  bytes: 99,
  subject: "Lunch",
  labels: ["label-2"],
  said: false,
};
const alerted = (change: Partial<Facts>) => alertFor({ ...plain, ...change }, wishes);

describe("alertFor", () => {
  it("lets a mail leave that asks for nothing", () => {
    expect(alerted({})).toBeUndefined();
  });

  it.each([
    [{ bytes: 100 }, "size"],
    [{ subject: "VERTRAULICH: Plan" }, "mark"],
    [{ subject: "Plan [Intern]" }, "mark"],
    [{ labels: ["label-2", "LABEL-1"] }, "label"],
    [{ hold: "left" }, "left"],
    [{ hold: "replacing" }, "replacing"],
    [{ open: 970_001 }, "open"],
    [{ open: 970_000 }, undefined],
  ] as const)("says for %o: %s", (change, alert) => {
    expect(alerted(change)).toBe(alert);
  });

  it("offers once where nobody can send anyway, and always holds back what is halfway", () => {
    expect(alerted({ bytes: 100, said: true })).toBeUndefined();
    expect(alerted({ hold: "left", said: true })).toBeUndefined();
    expect(alerted({ hold: "replacing", said: true })).toBe("replacing");
    expect(alerted({ open: 999_999, said: true })).toBe("open");
  });

  it("knows no size where none is wished", () => {
    expect(alertFor({ ...plain, bytes: 1e12 }, { ...wishes, bytes: 0 })).toBeUndefined();
  });

  it("offers, or holds back", () => {
    expect(["size", "mark", "label", "left"].every((one) => isOffer(one as "size"))).toBe(true);
    expect(isOffer("open") || isOffer("replacing")).toBe(false);
  });
});

describe("labelsIn", () => {
  const id = "8e2d1f5a-2f4b-4a3e-9d6c-0b7a51c4e9f2";
  it.each([
    [`MSIP_Label_${id}_Enabled=true; MSIP_Label_${id}_Name=Secret;`, [id]],
    [`MSIP_Label_${id}_Enabled=false;`, []],
    [`MSIP_Label_${id}_Name=x; note=MSIP_Label_${id}_Enabled=true`, []],
    [`a=b;MSIP_Label_${id}_Enabled=True`, [id]],
    ["", []],
  ])("finds in %s: %o", (header, found) => {
    expect(labelsIn(header)).toEqual(found);
  });
});
