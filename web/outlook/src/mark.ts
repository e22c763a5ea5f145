// What a mail is known by when it is opened again: a custom property, which stays with the draft
// and is not sent along. Outlook for Windows keeps it only when the mail's window closes; until
// then it stands in the session data, too.
import { ask, composed } from "./office.ts";
import { markNoted, noteMark } from "./session.ts";

const property = "couvert-mark";

export async function markOf(): Promise<string> {
  const noted = await markNoted();
  if (noted !== undefined) return noted;
  const properties = await ask<Office.CustomProperties>((done) =>
    composed().loadCustomPropertiesAsync(done),
  );
  const kept: unknown = properties.get(property);
  const mark = typeof kept === "string" && kept !== "" ? kept : crypto.randomUUID();
  if (mark !== kept) {
    properties.set(property, mark);
    await ask((done) => properties.saveAsync(done));
  }
  await noteMark(mark);
  return mark;
}
