// Reads the verification code from the mail that brings it.
import { t } from "@couvert/ui";

import { newer, type Header } from "./newer.ts";

const codeLine = /^\s*([a-z0-9]{10}|[a-z0-9]{5}[ -][a-z0-9]{5})\s*$/m;
const every = 1500;

async function codeIn(header: Header): Promise<string | undefined> {
  const parts = await newer.messages.listInlineTextParts(header.id).catch(() => []);
  const plain = parts.find(({ contentType }) => contentType.startsWith("text/plain"));
  return codeLine.exec(plain?.content ?? "")?.[1];
}

/** A mail of our server, in the language that it was asked in, that came since. */
function fits({ subject, recipients }: Header, address: string): boolean {
  const isOurs = recipients.some((one) => one.toLowerCase().includes(address.toLowerCase()));
  return subject.startsWith(t("mail.code.subject")) && isOurs;
}

/**
 * Tells each code that arrives for an address, once, until it is stopped.
 * @param since milliseconds since 1970; clocks of mail servers differ a little
 */
export function watchCodes(
  address: string,
  since: number,
  tell: (code: string) => void,
): () => void {
  const seen = new Set<number>();
  let stopped = false;
  async function look(headers: readonly Header[]): Promise<void> {
    for (const header of headers) {
      if (stopped || seen.has(header.id) || !fits(header, address)) continue;
      const code = await codeIn(header);
      if (code === undefined) continue;
      seen.add(header.id);
      if (!stopped) tell(code);
    }
  }
  const onNew = (_folder: unknown, list: { messages: readonly unknown[] }) => {
    void look(list.messages as Header[]);
  };
  messenger.messages.onNewMailReceived.addListener(onNew as never);
  const ask = async () => {
    const found = await newer.messages.query({ fromDate: new Date(since - 120_000) });
    const fresh = [...found.messages].sort((a, b) => +b.date - +a.date);
    await look(fresh.slice(0, 20));
  };
  const timer = setInterval(() => void ask().catch(() => undefined), every);
  return () => {
    stopped = true;
    clearInterval(timer);
    messenger.messages.onNewMailReceived.removeListener(onNew as never);
  };
}
