// The links in a text: a message is shown as the text that it is, and only whole web addresses in
// it can be followed. Nothing else of it means anything to the page.

export interface TextPiece {
  readonly text: string;
  /** Where the piece leads; its text is the very address. */
  readonly href?: string;
}

// Plain ASCII only: what looks like another letter than it is cannot hide in an address.
const address = /\bhttps?:\/\/[\w.~:/?#@!$&'()*+,;=%[\]-]+/g;

/** Without what ends the sentence, and a bracket that was opened before the address. */
function trimmed(found: string): string {
  let end = found;
  for (;;) {
    const last = end.at(-1) ?? "";
    const open = { ")": "(", "]": "[" }[last];
    const unopened = open !== undefined && end.split(open).length < end.split(last).length;
    if (!unopened && !".,;:!?'".includes(last)) return end;
    end = end.slice(0, -1);
  }
}

/** A web address without a name or password before the host, which would hide the real host. */
function hrefOf(text: string): string | undefined {
  try {
    const url = new URL(text);
    return url.username === "" && url.password === "" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Where a typed phone number leads. Undefined where it is more than a number, or not one a phone
 * could dial. */
export function phoneLink(phone: string): string | undefined {
  if (!/^\+?[\d\s()./\u2010-\u2013-]+$/.test(phone)) return undefined;
  // +49 (0)30: the zero is for callers at home.
  const dialled = phone.startsWith("+") ? phone.replace("(0)", "") : phone;
  const digits = dialled.replace(/\D/g, "");
  if (digits.length < 3 || digits.length > 15) return undefined;
  return `tel:${phone.startsWith("+") ? "+" : ""}${digits}`;
}

/** The pieces of a text in their order; together they are the text, character by character. */
export function piecesOf(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(address)) {
    const link = trimmed(found);
    const href = hrefOf(link);
    if (href === undefined) continue;
    if (index > at) pieces.push({ text: text.slice(at, index) });
    pieces.push({ text: link, href });
    at = index + link.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}
