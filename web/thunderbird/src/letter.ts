// The mail in one of Thunderbird's windows for writing.
import type { Letter } from "@couvert/addin/mail-program.ts";

import { markOf } from "./mark.ts";
import { replyOf } from "./replies.ts";
import { loadSettings } from "./settings.ts";
import { deliver, keepInSent, readWritten, type Own } from "./written.ts";

/** More windows than this would open and close before the person's eyes: then the server mails. */
const ownMailsMax = 20;

/** Whatever is written here was read here. */
export const letterOf = (tabId: number): Letter => ({
  ownMailsMax,
  choosesFiles: false,
  notKept: "addin.done.not_kept",
  mark: () => markOf(tabId),
  read: () => readWritten(tabId),
  fileOf: async (id) => (await messenger.compose.getAttachmentFile(id as number)) as File,
  removeAttachment: (id) => messenger.compose.removeAttachment(tabId, id as number),
  replyTo: () => replyOf(tabId),
  deliver: async (written, address, mail) => {
    await deliver(written as Own, address, mail);
    return "sent";
  },
  keep: async (written, note) => {
    const { keepBytesMax } = await loadSettings();
    await keepInSent(tabId, written as Own, { note, keepBytesMax });
    return "sent_folder";
  },
});
