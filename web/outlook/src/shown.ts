// The mail that somebody reads in Outlook.
import { linkIn } from "@couvert/addin/links.ts";
import type { FileToSave, Shown } from "@couvert/addin/mail-program.ts";

import { ask, readItem } from "./office.ts";
import { keepReply } from "./replies.ts";

/** What a pane can hold in memory; the browser fetches larger ones from the portal's page. */
const heldBytesMax = 200 * 1024 * 1024;

/** So long without a byte, and the line is broken. */
const stallTimeMax = 60_000;

async function fetched(url: string, headers: HeadersInit): Promise<Blob | undefined> {
  const abort = new AbortController();
  let late: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(late);
    late = setTimeout(() => {
      abort.abort();
    }, stallTimeMax);
  };
  wait();
  try {
    const answer = await fetch(url, { headers, credentials: "omit", signal: abort.signal });
    if (!answer.ok || !answer.body) return undefined;
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    const reader = answer.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      wait();
    }
    return new Blob(pieces);
  } finally {
    clearTimeout(late);
  }
}

async function save({ url, headers, name, size }: FileToSave): Promise<boolean> {
  if (size > heldBytesMax) return false;
  const content = await fetched(url, headers);
  if (content?.size !== size) return false;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name.split("/").at(-1) ?? name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
  return true;
}

export const outlookShown = (): Shown => ({
  async link(server) {
    for (const kind of ["text", "html"]) {
      const body = await ask<string>((done) =>
        readItem().body.getAsync(kind as Office.CoercionType, done),
      );
      const found = linkIn(body.replaceAll("&amp;", "&"), server);
      if (found) return found;
    }
    return undefined;
  },
  save,
  async reply({ transferId }) {
    keepReply(readItem().conversationId, transferId);
    await ask((done) => readItem().displayReplyFormAsync("", done));
  },
});
