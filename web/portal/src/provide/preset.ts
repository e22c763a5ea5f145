// What a link presets: `/provide?to=…&cc=…&bcc=…&subject=…`, and `reply=ID` from a mail's button.
//
// Anybody can write such a link. So nothing of it is sent before the visitor has seen it, signs
// that hide or turn text around go, and what is too much is left out and counted.

import {
  parseRecipients,
  readId,
  recipientsMax,
  shorten,
  subjectBytesMax,
  type Recipient,
} from "@couvert/core";

export interface Preset {
  readonly to: readonly Recipient[];
  readonly cc: readonly Recipient[];
  readonly bcc: readonly Recipient[];
  readonly subject: string | undefined;
  /** The transfer that is answered. */
  readonly reply: string | undefined;
  /** Recipients that are more than a transfer may have. */
  readonly leftOut: number;
}

/** One line without signs that cannot be seen. */
function line(text: string): string {
  return text
    .replace(/\s*[\p{Zl}\p{Zp}\p{Cc}]+\s*/gu, " ")
    .replace(/(?![\u200c\u200d])\p{Cf}/gu, "") // but for the joiners, which some scripts need
    .trim();
}

export function readPreset(search: string): Preset {
  const query = new URLSearchParams(search);
  let left = recipientsMax;
  let leftOut = 0;
  const listOf = (name: string) => {
    const named = parseRecipients(query.getAll(name).join("\n"));
    const taken = named.slice(0, left);
    left -= taken.length;
    leftOut += named.length - taken.length;
    return taken;
  };
  const subject = query.get("subject");
  return {
    to: listOf("to"),
    cc: listOf("cc"),
    bcc: listOf("bcc"),
    subject: subject === null ? undefined : shorten(line(subject), subjectBytesMax),
    reply: readId(query.get("reply") ?? ""),
    leftOut,
  };
}

/** The link that answers a transfer; the sender of it is the first recipient. */
export function replyLink(transferId: string, from: string, subject: string): string {
  const query = new URLSearchParams({ reply: transferId, to: from });
  if (subject !== "") query.set("subject", `Re: ${subject.replace(/^(re|aw|antw):\s*/i, "")}`);
  return `/provide?${query}`;
}
