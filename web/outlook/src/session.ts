// What is noted with a mail while it is written: Office's session data, which the alert before
// sending reads, and a pane that is opened again.
import { ask, composed, isSupported } from "./office.ts";

/** What keeps the mail from leaving by Outlook's own Send; the alert knows these words. */
export type Hold =
  | "replacing" // the notification is being put in its place
  | "left"; // it has left by Couvert

/** All of it may have 50 000 characters. */
const charactersMax = 45_000;
const isThere = () => isSupported("Mailbox", "1.11");

async function set(name: string, value: string): Promise<void> {
  if (isThere()) await ask((done) => composed().sessionData.setAsync(name, value, done));
}

async function remove(name: string): Promise<void> {
  if (isThere()) await ask((done) => composed().sessionData.removeAsync(name, done));
}

async function all(): Promise<Record<string, string>> {
  if (!isThere()) return {};
  return (await ask<object>((done) => composed().sessionData.getAllAsync(done))) as Record<
    string,
    string
  >;
}

export const markNoted = async (): Promise<string | undefined> => (await all())["mark"];
export const noteMark = (mark: string): Promise<void> => set("mark", mark);

/** What a mail was before it was changed, to be put back. */
export interface Before {
  readonly people: Record<"to" | "cc" | "bcc", Office.EmailUser[]>;
  readonly subject: string;
  readonly format: "html" | "text";
  /** Absent where it is too long to be noted. */
  readonly body?: string;
}

export const holdWith = (hold: Hold): Promise<void> => set("hold", hold);

export async function noteBefore(before: Before): Promise<void> {
  const whole = JSON.stringify(before);
  const text =
    whole.length <= charactersMax ? whole : JSON.stringify({ ...before, body: undefined });
  await set("before", text);
}

export async function release(): Promise<void> {
  await remove("hold");
  await remove("before");
}

export async function found(): Promise<{ hold?: string; before?: Before }> {
  const { hold, before } = await all();
  return {
    ...(hold !== undefined && { hold }),
    ...(before !== undefined && { before: JSON.parse(before) as Before }),
  };
}

/** While a pane shows the mail it says so, again and again: a pane that is gone cannot. */
export const sayOpen = (now: number): Promise<void> => set("open", String(now));
export const sayClosed = (): Promise<void> => remove("open");
