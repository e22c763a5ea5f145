// What a mail is known by when it is written on after Thunderbird was closed: random.
import { changeOwn } from "./headers.ts";

/** Marks the mail: its draft has the mark once it is saved, by the person or by Thunderbird. */
export async function markOf(tabId: number): Promise<string> {
  const mark = crypto.randomUUID();
  return (await changeOwn(tabId, (own) => ({ mark, ...own }))).mark ?? mark;
}
