import { describe, expect, it } from "vitest";

import { readForm, writeForm, type KeptForm } from "./kept-form.ts";

const form: KeptForm = {
  recipients: [
    { address: "ann@example.org", kind: "to" },
    { address: "no address", kind: "bcc" },
  ],
  replyTo: "abcdefghijklmnopqrstuvwxy2",
  subject: "Röntgen 🦷",
  text: 'Line "1"\nLine 2',
  day: "2026-12-01",
  recipientLanguage: "nl",
  notifyDelivery: true,
  notifyDownload: false,
  showFileNames: true,
  passwordMode: "manual",
  quick: true,
  notification: { subject: "For you" },
};

describe("a kept form", () => {
  it("comes back as it was written", () => {
    expect(readForm(writeForm(form))).toEqual(form);
    const plain = {
      ...form,
      replyTo: undefined,
      notification: {},
      recipients: [],
      quick: undefined,
    };
    expect(readForm(writeForm(plain))).toEqual(plain);
  });

  it("has room on the server for the largest transfer", () => {
    const recipients = Array.from({ length: 500 }, (_, at) => ({
      address: `${"a".repeat(240)}${at}@example.org`,
      kind: "bcc" as const,
    }));
    const text = "\n".repeat(60_000); // as many as the field takes, each two bytes in JSON
    const notification = { subject: "s".repeat(500), text: "t".repeat(16_384) };
    const written = writeForm({ ...form, recipients, text, notification });
    expect(new TextEncoder().encode(written).length).toBeLessThan(512 * 1024);
  });

  it("holds nothing that opens the transfer", () => {
    const more = { ...form, generated: "KWTH-7mxe-q4pn-zd8r", manual: "geheim" };
    expect(writeForm(more)).not.toMatch(/KWTH|geheim/);
  });

  it.each([
    ["", "nothing"],
    ["{", "no JSON"],
    ["null", "no object"],
    ["[]", "a list"],
    [writeForm(form).replace('"version":1', '"version":2'), "a later version"],
    [writeForm(form).replace('"to"', '"all"'), "another kind of recipient"],
    [writeForm(form).replace('"ann@example.org"', "7"), "an address that is no text"],
    [writeForm(form).replace('"nl"', '"fr"'), "another language"],
    [writeForm(form).replace('"manual"', '"quick"'), "another way of opening"],
    [writeForm(form).replace("true", '"yes"'), "a choice that is no truth value"],
    [writeForm(form).replace('"quick":true', '"quick":1'), "a switch that is no truth value"],
    [writeForm(form).replace('{"subject":"For you"}', "null"), "no notification"],
    [writeForm(form).replace('"For you"', "1"), "a notification of numbers"],
    [writeForm(form).replace('"2026-12-01"', "1"), "a day that is no text"],
  ])("is none where it is %j (%s)", (written) => {
    expect(readForm(written)).toBeUndefined();
  });
});
