// The links that were made for mails being written: in memory, for some have a password, but not
// of the background page, which Thunderbird suspends. Whom they are for stands in the draft, too.
import { changeOwn, ownOf } from "../headers.ts";
import { readWritten } from "../written.ts";
import { readKept, writeKept, type KeptLink } from "./kept.ts";

export interface NotedLink extends KeptLink {
  /** Thunderbird's own number of the upload. */
  readonly fileId: number;
  readonly tabId: number;
  readonly trackingId: string;
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

async function keepLinks(tabId: number, work: (links: KeptLink[]) => KeptLink[]): Promise<void> {
  await changeOwn(tabId, ({ links, ...own }) => ({
    ...own,
    links: writeKept(work(readKept(links))),
  }));
}

export async function noteLink(link: NotedLink): Promise<void> {
  await change((links) => [[...links, link], undefined]);
  await keepLinks(link.tabId, (links) => [...links, link]);
}

/** Gives a link that is noted no more. */
export async function takeLink(fileId: number): Promise<NotedLink | undefined> {
  const taken = await change((links) => [
    links.filter((one) => one.fileId !== fileId),
    links.find((one) => one.fileId === fileId),
  ]);
  if (taken) {
    const isOther = ({ transferId }: KeptLink) => transferId !== taken.transferId;
    await keepLinks(taken.tabId, (links) => links.filter(isOther)).catch(() => undefined);
  }
  return taken;
}

const notedOf = async (tabId: number): Promise<readonly NotedLink[]> =>
  (await load()).filter((one) => one.tabId === tabId);

/**
 * Those of an earlier session, too, which Thunderbird does not tell of when they are taken out:
 * they count as long as they stand in the mail.
 */
export async function linksOf(tabId: number): Promise<readonly (KeptLink & Partial<NotedLink>)[]> {
  const noted = await notedOf(tabId);
  const isNoted = ({ transferId }: KeptLink) => noted.some((one) => one.transferId === transferId);
  const earlier = readKept((await ownOf(tabId)).links).filter((one) => !isNoted(one));
  if (earlier.length === 0) return noted;
  const { body, plainTextBody } = await messenger.compose.getComposeDetails(tabId);
  const text = `${body ?? ""}\n${plainTextBody ?? ""}`;
  return [...earlier.filter(({ transferId }) => text.includes(transferId)), ...noted];
}

export const passwordOf = async (tabId: number): Promise<string | undefined> =>
  (await notedOf(tabId)).find(({ password }) => password !== undefined)?.password;

/** Whether a mail has links that are not for whom it would go to. */
export async function hasForeignLinks(tabId: number): Promise<boolean> {
  const links = await linksOf(tabId);
  if (links.length === 0) return false;
  const { people } = await readWritten(tabId);
  const [only] = people;
  const isFor = (address: string) => only?.address.toLowerCase() === address.toLowerCase();
  return people.length !== 1 || links.some(({ address }) => !isFor(address));
}
