// What a file's bytes are known by, so that only the same file goes on where its upload stopped.
import { toBase64url } from "@couvert/core";

/** Up to here all bytes count; beyond, pieces of it, since a whole reading takes too long. */
const wholeMax = 64 * 1024 * 1024;
const pieceBytes = 1024 * 1024;
const piecesMax = 16;

function piecesOf(content: Blob): Blob {
  if (content.size <= wholeMax) return content;
  const step = (content.size - pieceBytes) / (piecesMax - 1);
  const starts = Array.from({ length: piecesMax }, (_, at) => Math.floor(at * step));
  return new Blob(starts.map((start) => content.slice(start, start + pieceBytes)));
}

/** SHA-256; of a file from disk, beyond 64 MiB, with the time of its last change. */
export async function digestOf(content: Blob): Promise<string> {
  const bytes = await piecesOf(content).arrayBuffer();
  const digest = toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  const changed = content instanceof File && content.size > wholeMax ? content.lastModified : 0;
  return `${digest}.${changed}`;
}
