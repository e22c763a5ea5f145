// The links that were made for mails being written: in memory only, for some have a password, but
// not of the background page, which Thunderbird suspends.
import { readWritten } from "../written.ts";

export interface NotedLink {
  /** Thunderbird's own number of the upload. */
  readonly fileId: number;
  readonly tabId: number;
  readonly trackingId: string;
  /** Whom it is for. */
  readonly address: string;
  readonly name: string;
  readonly expires: string;
  readonly password?: string;
}

const load = async (): Promise<readonly NotedLink[]> =>
  ((await messenger.storage.session.get("links")) as { links?: NotedLink[] }).links ?? [];

/** One change after the other: two attachments may be uploaded at once. */
let turn: Promise<unknown> = Promise.resolve();

function change<T>(work: (links: readonly NotedLink[]) => [readonly NotedLink[], T]): Promise<T> {
  const mine = turn.then(async () => {
    const [links, given] = work(await load());
    await messenger.storage.session.set({ links });
    return given;
  });
  turn = mine.catch(() => undefined);
  return mine;
}

export const noteLink = (link: NotedLink): Promise<void> =>
  change((links) => [[...links, link], undefined]);

/** Gives a link that is noted no more. */
export const takeLink = (fileId: number): Promise<NotedLink | undefined> =>
  change((links) => [
    links.filter((one) => one.fileId !== fileId),
    links.find((one) => one.fileId === fileId),
  ]);

export const linksOf = async (tabId: number): Promise<readonly NotedLink[]> =>
  (await load()).filter((one) => one.tabId === tabId);

export const passwordOf = async (tabId: number): Promise<string | undefined> =>
  (await linksOf(tabId)).find(({ password }) => password !== undefined)?.password;

/** Whether a mail has links that are not for whom it would go to. */
export async function hasForeignLinks(tabId: number): Promise<boolean> {
  const links = await linksOf(tabId);
  if (links.length === 0) return false;
  const { people } = await readWritten(tabId);
  const [only] = people;
  const isFor = (address: string) => only?.address.toLowerCase() === address.toLowerCase();
  return people.length !== 1 || links.some(({ address }) => !isFor(address));
}
