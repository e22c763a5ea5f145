// Notifications of Couvert among the mails that are read.
import { linkIn, type Link } from "@couvert/addin/links.ts";

import { newer } from "./newer.ts";

export async function linkOfMessage(messageId: number, server: string): Promise<Link | undefined> {
  if (server === "") return undefined;
  const parts = await newer.messages.listInlineTextParts(messageId).catch(() => []);
  const sorted = [...parts].sort((one) => (one.contentType.startsWith("text/plain") ? -1 : 1));
  for (const { content } of sorted) {
    const found = linkIn(content.replaceAll("&amp;", "&"), server);
    if (found) return found;
  }
  return undefined;
}
