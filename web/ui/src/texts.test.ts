import { describe, expect, it } from "vitest";

import { keptWhole, pageTexts, textsOf } from "../texts.ts";

describe("the texts of the portal", () => {
  it.each([
    ["E-Mail an {name}, E-Mails", "E-\u2060Mail an {name}, E-\u2060Mails"],
    ["Uw e-mailadres", "Uw e-\u2060mailadres"],
    ["the mail, re-mailed", "the mail, re-mailed"],
  ])("keep e-mail in one line: %s", (text, whole) => {
    expect(keptWhole(text)).toBe(whole);
  });

  it("are the catalogue's but for that", async () => {
    const texts = await textsOf("de", ["page."]);
    const shown = Object.entries(await pageTexts("de"));
    expect(shown.filter(([key, text]) => text.replaceAll("\u2060", "") !== texts[key])).toEqual([]);
    expect(shown.filter(([, text]) => /\be-mail/i.test(text))).toEqual([]);
  });
});
