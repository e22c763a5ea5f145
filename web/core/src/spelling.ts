// How a password is read out over the telephone.

export interface Spelled {
  readonly sign: string;
  readonly kind: "capital" | "small" | "digit" | "hyphen" | "other";
  /** What its letter stands at the beginning of; empty where there is none. */
  readonly word: string;
}

/** `words` are those of a spelling alphabet, one for each letter from A to Z, parted by spaces. */
export function spell(password: string, words: string): Spelled[] {
  const alphabet = words.split(" ");
  return Array.from(password, (sign) => {
    const word = alphabet[sign.toLowerCase().charCodeAt(0) - 97] ?? "";
    if (/^[A-Z]$/.test(sign)) return { sign, kind: "capital", word };
    if (/^[a-z]$/.test(sign)) return { sign, kind: "small", word };
    if (/^[0-9]$/.test(sign)) return { sign, kind: "digit", word: "" };
    return { sign, kind: sign === "-" ? "hyphen" : "other", word: "" };
  });
}
