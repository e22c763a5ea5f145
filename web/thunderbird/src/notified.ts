// Notifications of Couvert among the mails that are read.
import { newer } from "./newer.ts";

export interface Link {
  readonly href: string;
  readonly transferId: string;
  /** What stands behind # where no password is needed. */
  readonly secret: string;
}

/** The first link to a transfer of this server, and of no other. */
export function linkIn(text: string, server: string): Link | undefined {
  for (const { 0: href, 1: id, 2: secret, index } of text.matchAll(
    /https?:\/\/[^\s"'<>#]+\/r\/([a-z2-7]{26})(?:#([A-Za-z0-9_-]{44}))?/g,
  )) {
    const isOurs = href.startsWith(`${server}/r/`) && text[index - 1] !== "/";
    if (isOurs && id !== undefined) return { href, transferId: id, secret: secret ?? "" };
  }
  return undefined;
}

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
