// What the add-on keeps with a mail that is being written: headers of its own. They are in the
// draft as soon as that is saved, and never leave with the mail. Thunderbird does not take them
// over where the draft is opened again: then they are read from the draft's own message.
import { draftsOf } from "./draft.ts";

const names = {
  /** What the mail is known by. */
  mark: "x-couvert-mark",
  /** The transfer that it answers. */
  reply: "x-couvert-reply",
  /** FileLink's links in it, and whom they are for. */
  links: "x-couvert-links",
} as const;
type Name = keyof typeof names;
const all = Object.keys(names) as Name[];

export type Own = Readonly<Partial<Record<Name, string>>>;
type Headers = readonly { readonly name: string; readonly value: string }[];
type Details = messenger.compose.ComposeDetails & { readonly customHeaders?: Headers | undefined };

const isOwn = ({ name }: { readonly name: string }) =>
  all.some((one) => names[one] === name.toLowerCase());

function ownAmong(valueOf: (name: string) => string | undefined): Own {
  const found = all.map((one) => [one, valueOf(names[one]) ?? ""] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== ""));
}

/** Where drafts cannot be told apart nobody knows which mark is whose. */
function merged(drafts: readonly Own[]): Own {
  const [first, ...others] = drafts;
  if (others.length === 0) return first ?? {};
  const links = drafts.map((own) => own.links ?? "").join(" ");
  return { ...(first?.reply !== undefined && { reply: first.reply }), links };
}

/** By the numbers of mails; each is read once, for it may be large. */
const inDrafts = new Map<number, Promise<Own>>();

function ownInDraft({ type, relatedMessageId: id, subject }: Details): Promise<Own> {
  if (type !== "draft" || id === undefined) return Promise.resolve({});
  const known = inDrafts.get(id);
  if (known) return known;
  const reading = draftsOf(id, subject ?? "").then((drafts) =>
    merged(drafts.map((fields) => ownAmong((name) => fields[name]?.[0]))),
  );
  inDrafts.set(id, reading);
  reading.catch(() => inDrafts.delete(id));
  return reading;
}

const headersIn = ({ customHeaders }: Details): Own =>
  ownAmong((name) => customHeaders?.find((one) => one.name.toLowerCase() === name)?.value);

export async function ownOf(tabId: number): Promise<Own> {
  const details: Details = await messenger.compose.getComposeDetails(tabId);
  return { ...(await ownInDraft(details)), ...headersIn(details) };
}

/** The background and a pane may both want to write. */
const alone = <T>(tabId: number, work: () => Promise<T>): Promise<T> =>
  navigator.locks.request(`couvert.headers.${tabId}`, work) as Promise<T>;

async function put(tabId: number, own: Own): Promise<void> {
  const { customHeaders }: Details = await messenger.compose.getComposeDetails(tabId);
  const others = (customHeaders ?? []).filter((one) => !isOwn(one));
  const ours = all.flatMap((one) => {
    const value = own[one] ?? "";
    return value === "" ? [] : [{ name: names[one], value }];
  });
  const details = { customHeaders: [...others, ...ours] };
  await messenger.compose.setComposeDetails(tabId, details as messenger.compose.ComposeDetails);
}

/** Changes what is kept with the mail; what it is then. */
export const changeOwn = (tabId: number, change: (own: Own) => Own): Promise<Own> =>
  alone(tabId, async () => {
    const changed = change(await ownOf(tabId));
    await put(tabId, changed);
    return changed;
  });

/** A draft that is written on keeps them when it is saved anew. */
export async function takeOver(tabId: number): Promise<void> {
  if (Object.keys(await ownOf(tabId)).length > 0) await changeOwn(tabId, (own) => own);
}

const takenOff = (tabId: number) => `headers.${tabId}`;

/** Before the mail leaves, or becomes a copy. */
export const takeOff = (tabId: number): Promise<void> =>
  alone(tabId, async () => {
    const own = await ownOf(tabId);
    await messenger.storage.session.set({ [takenOff(tabId)]: own });
    await put(tabId, {});
  });

/** It has not left after all. */
export const putBack = (tabId: number): Promise<void> =>
  alone(tabId, async () => {
    const key = takenOff(tabId);
    const own = ((await messenger.storage.session.get(key)) as Record<string, Own>)[key];
    if (own) await put(tabId, own);
  });
