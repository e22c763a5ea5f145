// Passwords that can be read over the telephone.

import type { Host } from "./host.ts";

const capitals = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const lettersAndDigits = "abcdefghjkmnpqrstuvwxyz23456789";

function pick(host: Host, letters: string): string {
  // 256 is no multiple of the alphabets' sizes: what lies beyond is drawn anew.
  const usable = 256 - (256 % letters.length);
  for (;;) {
    const byte = host.random(1)[0] ?? 255;
    if (byte < usable) return letters[byte % letters.length] ?? "";
  }
}

const group = (host: Host, letters: string) =>
  Array.from({ length: 4 }, () => pick(host, letters)).join("");

/** What a person may choose anew on the server. */
const lengthMax = 128;

/**
 * At least 16 characters in four groups, such as `KWTH-7mxe-q4pn-zd8r`: the first group capitals,
 * the others small letters and digits, none of which looks like another. About 77 bits, and more
 * groups where a rule asks for a longer one. Every kind of character that a rule may ask for is
 * in it.
 */
export function generatePassword(host: Host, lengthMin = 0): string {
  const groups = Math.max(4, Math.ceil((lengthMin + 1) / 5));
  for (;;) {
    const small = Array.from({ length: groups - 1 }, () => group(host, lettersAndDigits));
    const joined = small.join("");
    if (/\d/.test(joined) && /[a-z]/.test(joined)) {
      return [group(host, capitals), ...small].join("-").slice(0, lengthMax);
    }
  }
}
