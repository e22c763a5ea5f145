// Which mails being written answer which transfer.
type Replies = Record<string, string>;

const load = async (): Promise<Replies> =>
  ((await messenger.storage.session.get("replies")) as { replies?: Replies }).replies ?? {};

export async function keepReply(tabId: number, transferId: string): Promise<void> {
  await messenger.storage.session.set({ replies: { ...(await load()), [tabId]: transferId } });
}

export const replyOf = async (tabId: number): Promise<string | undefined> => (await load())[tabId];
