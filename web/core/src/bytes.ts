// Lengths as the server counts them: in bytes of UTF-8.

const encoder = new TextEncoder();

export const byteLength = (text: string): number => encoder.encode(text).length;

/** As much of a text as fits in so many bytes; no character is cut in two. */
export function shorten(text: string, bytesMax: number): string {
  if (byteLength(text) <= bytesMax) return text;
  const room = new Uint8Array(bytesMax);
  return text.slice(0, encoder.encodeInto(text, room).read);
}
