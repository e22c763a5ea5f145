// The mail that somebody reads in Thunderbird.
import type { FileToSave, Shown } from "@couvert/addin/mail-program.ts";

import { hasEndedWell } from "./downloads.ts";
import { linkOfMessage } from "./notified.ts";
import { keepReply } from "./replies.ts";

async function save({ url, headers, name, size }: FileToSave): Promise<boolean> {
  const id = await messenger.downloads.download({
    url,
    filename: name,
    headers: Object.entries(headers).map(([key, value]) => ({ name: key, value })),
    conflictAction: "uniquify",
    saveAs: false,
  });
  return await hasEndedWell(id, size);
}

export const shownOf = (messageId: number): Shown => ({
  link: (server) => linkOfMessage(messageId, server),
  save,
  reply: async ({ to, subject, transferId }) => {
    const details = {
      ...(to !== undefined && { to: [to] }),
      ...(subject !== undefined && { subject: `Re: ${subject}` }),
    };
    const tab = await messenger.compose.beginReply(messageId, "replyToSender", details);
    if (tab.id !== undefined) await keepReply(tab.id, transferId);
  },
});
