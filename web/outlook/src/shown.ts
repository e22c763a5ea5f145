// The mail that somebody reads in Outlook.
import { linkIn } from "@couvert/addin/links.ts";
import type { FileToSave, Shown } from "@couvert/addin/mail-program.ts";

import { ask, readItem } from "./office.ts";
import { keepReply } from "./replies.ts";

/** What a pane can hold in memory; the browser fetches larger ones from the portal's page. */
const heldBytesMax = 200 * 1024 * 1024;

async function save({ url, headers, name, size }: FileToSave): Promise<boolean> {
  if (size > heldBytesMax) return false;
  const answer = await fetch(url, { headers, credentials: "omit" });
  if (!answer.ok) return false;
  const content = await answer.blob();
  if (content.size !== size) return false;
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
