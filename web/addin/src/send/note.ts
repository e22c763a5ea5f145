// What stands under a mail in the copy under Sent.
import { formatDateTime, formatSize } from "@couvert/core";
import { currentLanguage, t } from "@couvert/ui";

import type { Attachment, Note } from "../written.ts";

export function noteFor(attachments: readonly Attachment[], expires: string): Note {
  const language = currentLanguage();
  const files = attachments.map(({ name, size }) => `${name} (${formatSize(size, language)})`);
  return [
    t("addin.note.sent", { time: formatDateTime(expires, language) }),
    ...(files.length > 0 ? [t("addin.note.files"), ...files] : []),
  ];
}
