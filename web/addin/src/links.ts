// Links to transfers in the mails that are read.

export interface Link {
  readonly href: string;
  readonly transferId: string;
  /** What stands behind # where no password is needed. */
  readonly secret: string;
}

/** The first link to a transfer of this server, and of no other. */
export function linkIn(text: string, server: string): Link | undefined {
  if (server === "") return undefined;
  for (const { 0: href, 1: id, 2: secret, index } of text.matchAll(
    /https?:\/\/[^\s"'<>#]+\/r\/([a-z2-7]{26})(?:#([A-Za-z0-9_-]{44}))?/g,
  )) {
    const isOurs = href.startsWith(`${server}/r/`) && text[index - 1] !== "/";
    if (isOurs && id !== undefined) return { href, transferId: id, secret: secret ?? "" };
  }
  return undefined;
}
