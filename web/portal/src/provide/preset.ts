// What a link presets: `/provide?to=…&cc=…&bcc=…&subject=…`, and `reply=ID` from a mail's button.

import { readId } from "@couvert/core";

const subjectLengthMax = 500;

export interface Preset {
  /** Lists of addresses as the link writes them. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string | undefined;
  /** The transfer that is answered. */
  readonly reply: string | undefined;
}

export function readPreset(search: string): Preset {
  const query = new URLSearchParams(search);
  return {
    to: query.getAll("to"),
    cc: query.getAll("cc"),
    bcc: query.getAll("bcc"),
    subject: query.get("subject")?.slice(0, subjectLengthMax),
    reply: readId(query.get("reply") ?? ""),
  };
}

/** The link that answers a transfer; the sender of it is the first recipient. */
export function replyLink(transferId: string, from: string, subject: string): string {
  const query = new URLSearchParams({ reply: transferId, to: from });
  if (subject !== "") query.set("subject", `Re: ${subject.replace(/^(re|aw|antw):\s*/i, "")}`);
  return `/provide?${query}`;
}
