// Which mail being written answers which transfer; its draft knows it, too.
import { changeOwn, ownOf } from "./headers.ts";

export async function keepReply(tabId: number, transferId: string): Promise<void> {
  await changeOwn(tabId, (own) => ({ ...own, reply: transferId }));
}

export const replyOf = async (tabId: number): Promise<string | undefined> =>
  (await ownOf(tabId)).reply;
