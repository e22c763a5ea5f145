// IDs and secrets as text: base32 and base64url of RFC 4648, both without padding.

import type { Bytes } from "./bytes.ts";
import type { Host } from "./host.ts";

const base32Letters = "abcdefghijklmnopqrstuvwxyz234567";
const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function encode(bytes: Uint8Array, letters: string, bitsOfLetter: number): string {
  let written = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= bitsOfLetter) {
      bits -= bitsOfLetter;
      written += letters[held >> bits];
      held &= (1 << bits) - 1;
    }
  }
  return bits > 0 ? written + letters[held << (bitsOfLetter - bits)] : written;
}

/** One spelling only: no padding, no foreign letters, no rest bits but zeros. */
function decode(text: string, letters: string, bitsOfLetter: number): Bytes | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * bitsOfLetter) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = letters.indexOf(letter);
    if (value < 0) return undefined;
    held = ((held << bitsOfLetter) | value) & 0xffff;
    bits += bitsOfLetter;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  return bits < bitsOfLetter && (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

export const fromBase64url = (text: string): Bytes | undefined => decode(text, base64Letters, 6);

/** Reads what a person typed: case, blanks and hyphens do not matter. */
export const fromBase32 = (typed: string): Bytes | undefined =>
  decode(typed.toLowerCase().replace(/[ -]/g, ""), base32Letters, 5);

export const toBase32 = (bytes: Uint8Array): string => encode(bytes, base32Letters, 5);
export const toBase64url = (bytes: Uint8Array): string => encode(bytes, base64Letters, 6);

/** A draft's or a link's secret: 32 random bytes as 43 characters. */
export const newSecret = (host: Host): string => toBase64url(host.random(32));

/** A keyslot's ID: 16 random bytes as 26 characters. */
export const newId = (host: Host): string => toBase32(host.random(16));

/** An ID as somebody typed it, or undefined where it cannot be one. */
export function readId(typed: string): string | undefined {
  const id = typed.toLowerCase().replace(/[\s-]/g, "");
  return /^[a-z2-7]{26}$/.test(id) ? id : undefined;
}

/** An ID or a whole link with one, as somebody pasted it. */
export function readIdOrLink(typed: string): { id: string; secret: string } | undefined {
  const link = /\/r\/([^/?#\s]+)(?:#(\S+))?\s*$/.exec(typed);
  const id = readId(link?.[1] ?? typed);
  return id === undefined ? undefined : { id, secret: link?.[2] ?? "" };
}

/** The ID in groups for eyes and voices; the last one is longer by two. */
export function groupsOfId(id: string): string[] {
  return id.match(/.{4}(?=.{3})|.+$/g) ?? [];
}
