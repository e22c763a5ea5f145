// Bytes, and lengths as the server counts them: in bytes of UTF-8.

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export const utf8 = (text: string): Bytes => encoder.encode(text);

export function join(...pieces: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** A whole number, big-endian, in so many bytes. */
export function numberBytes(value: number, width: number): Bytes {
  const written = new Uint8Array(width);
  let rest = value;
  for (let at = width - 1; at >= 0; at--) {
    written[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return written;
}

/** Whether both are the same; the time it takes tells only their lengths. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let different = 0;
  for (const [at, byte] of a.entries()) different |= byte ^ (b[at] ?? 0);
  return different === 0;
}

export const byteLength = (text: string): number => encoder.encode(text).length;

/** As much of a text as fits in so many bytes; no character is cut in two. */
export function shorten(text: string, bytesMax: number): string {
  if (byteLength(text) <= bytesMax) return text;
  const room = new Uint8Array(bytesMax);
  return text.slice(0, encoder.encodeInto(text, room).read);
}
