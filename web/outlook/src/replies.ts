// Which conversation answers which transfer: the reply's own pane has nothing else to know it by.
import { keep, readKept } from "./settings.ts";

interface Reply {
  readonly conversation: string;
  readonly transferId: string;
}

const mostKept = 50;

function load(): Reply[] {
  try {
    const kept: unknown = JSON.parse(readKept("replies") || "[]");
    return Array.isArray(kept) ? (kept as Reply[]) : [];
  } catch {
    return [];
  }
}

export function keepReply(conversation: string, transferId: string): void {
  const others = load().filter((one) => one.conversation !== conversation);
  keep("replies", JSON.stringify([{ conversation, transferId }, ...others].slice(0, mostKept)));
}

export const replyOf = (conversation: string): string | undefined =>
  load().find((one) => one.conversation === conversation)?.transferId;
