// The contact book: whose keys a person trusts, and whom it has invited (spec/quick.md). Books are
// values: a change gives a new one. A pinned key is never replaced; a human unpins it first.

import { join, numberBytes, sameBytes, utf8, type Bytes } from "../bytes.ts";
import { fromBase64url, toBase64url } from "../ids.ts";
import { fail, pass, type Result } from "../result.ts";
import type { Peer } from "./envelope.ts";
import { labelled, mac, openMessage, sealingKey, sealMessage, str } from "./message.ts";
import { readPublicKey, type Person } from "./person.ts";

const bookBytesMax = 700 * 1024;
const contactsMax = 5_000;
const invitationsMax = 500;

/** An invitation that is not answered yet: to whom, by which transfer (16 bytes), with what. */
export interface Invitation {
  readonly to: string;
  readonly seal: Bytes;
  readonly secret: Bytes;
}

export interface ContactBook {
  /** In the order of pinning, each address once. */
  readonly contacts: readonly Peer[];
  /** The oldest first, each recipient once a transfer. */
  readonly invitations: readonly Invitation[];
}

export const emptyBook: ContactBook = { contacts: [], invitations: [] };

export const findContact = (book: ContactBook, address: string): Peer | undefined =>
  book.contacts.find((contact) => contact.address === address);

/**
 * Trusts a key from now on; the same key again changes nothing. `invalid` for what is no key;
 * `conflict` where another key is pinned: the identity has changed; `full` over the bound.
 */
export async function pin(book: ContactBook, peer: Peer): Promise<Result<ContactBook>> {
  if (!isAddress(peer.address) || (await readPublicKey(peer.key)) === undefined) {
    return fail("invalid");
  }
  const known = findContact(book, peer.address);
  if (known !== undefined) return sameBytes(known.key, peer.key) ? pass(book) : fail("conflict");
  if (book.contacts.length === contactsMax) return fail("full");
  return pass({ ...book, contacts: [...book.contacts, peer] });
}

/** Trusts an address no longer, and takes no answer of it. */
export const unpin = (book: ContactBook, address: string): ContactBook => ({
  contacts: book.contacts.filter((contact) => contact.address !== address),
  invitations: book.invitations.filter(({ to }) => to !== address),
});

const isOf = (to: string, seal: Bytes) => (invitation: Invitation) =>
  invitation.to === to && sameBytes(invitation.seal, seal);

const without = (book: ContactBook, to: string, seal: Bytes): Invitation[] =>
  book.invitations.filter((invitation) => !isOf(to, seal)(invitation));

/** Keeps what the answer will be checked with. Over the bound the oldest goes. */
export const invite = (book: ContactBook, invitation: Invitation): ContactBook => ({
  ...book,
  invitations: [
    ...without(book, invitation.to, invitation.seal).slice(1 - invitationsMax),
    invitation,
  ],
});

/** Forgets a transfer's invitations: it has ended. */
export const forgetInvitations = (book: ContactBook, seal: Bytes): ContactBook => ({
  ...book,
  invitations: book.invitations.filter((invitation) => !sameBytes(invitation.seal, seal)),
});

// Answers.

const answerTag = async (
  secret: Bytes,
  seal: Bytes,
  people: { readonly sender: Peer; readonly recipient: Peer },
): Promise<Bytes> => {
  const { sender, recipient } = people;
  const about = [seal, str(sender.address), sender.key, str(recipient.address), recipient.key];
  return await mac(await sealingKey(secret), "couvert/1 quick answer", join(...about));
};

/** The recipient's answer to an invitation that it has read: its key[65] and a tag[32]. */
export async function makeAnswer(
  invitation: { readonly seal: Bytes; readonly secret: Bytes; readonly from: Peer },
  self: Peer,
): Promise<Bytes> {
  const people = { sender: invitation.from, recipient: self };
  return join(self.key, await answerTag(invitation.secret, invitation.seal, people));
}

/**
 * Checks an answer to an invitation of `self`, pins the key in it and drops the invitation.
 * `damaged` for what is no answer; `denied` without such an invitation (replayed, or not ours);
 * `refused` where the tag is not of this key and this invitation; else as pin().
 */
export async function takeAnswer(
  book: ContactBook,
  self: Peer,
  relayed: { readonly seal: Bytes; readonly recipient: string; readonly answer: Bytes },
): Promise<Result<ContactBook>> {
  const { seal, recipient: address, answer } = relayed;
  const recipient = { address, key: answer.slice(0, 65) };
  if (answer.length !== 97 || (await readPublicKey(recipient.key)) === undefined) {
    return fail("damaged");
  }
  const invitation = book.invitations.find(isOf(address, seal));
  if (invitation === undefined) return fail("denied");
  const tag = await answerTag(invitation.secret, seal, { sender: self, recipient });
  if (!sameBytes(tag, answer.slice(65))) return fail("refused");
  return await pin({ ...book, invitations: without(book, address, seal) }, recipient);
}

/** How it stands with somebody. Computed, never stored. */
export type ContactState = "none" | "invited" | "connected" | "changed" | "removed";

/** `shown`: the key that the server gives out for this contact, if any. */
export function contactState(
  book: ContactBook,
  address: string,
  shown: Bytes | undefined,
): ContactState {
  const known = findContact(book, address);
  if (known === undefined) {
    return book.invitations.some(({ to }) => to === address) ? "invited" : "none";
  }
  if (shown === undefined) return "removed";
  return sameBytes(known.key, shown) ? "connected" : "changed";
}

// Bytes.

function isAddress(text: unknown): text is string {
  if (typeof text !== "string" || text === "") return false;
  return utf8(text).length <= 254 && !/\0|\p{Surrogate}/u.test(text);
}

function isSound({ contacts, invitations }: ContactBook): boolean {
  if (contacts.length > contactsMax || invitations.length > invitationsMax) return false;
  const addresses = new Set(contacts.map(({ address }) => address));
  const invited = new Set(invitations.map(({ to, seal }) => `${toBase64url(seal)} ${to}`));
  return addresses.size === contacts.length && invited.size === invitations.length;
}

export function encodeBook(book: ContactBook): Bytes {
  return utf8(
    JSON.stringify({
      contacts: book.contacts.map(({ address, key }) => ({ address, key: toBase64url(key) })),
      invitations: book.invitations.map(({ to, seal, secret }) => ({
        to,
        seal: toBase64url(seal),
        secret: toBase64url(secret),
      })),
    }),
  );
}

/** Bytes of that length in base64url. Throws for anything else. */
function bytesOf(text: unknown, length: number): Bytes {
  const bytes = typeof text === "string" ? fromBase64url(text) : undefined;
  if (bytes?.length !== length) throw new TypeError("not so many bytes");
  return bytes;
}

function addressOf(text: unknown): string {
  if (!isAddress(text)) throw new TypeError("no address");
  return text;
}

interface Written {
  readonly contacts: readonly { readonly address: unknown; readonly key: unknown }[];
  readonly invitations: readonly {
    readonly to: unknown;
    readonly seal: unknown;
    readonly secret: unknown;
  }[];
}

function readBook(plain: Bytes): ContactBook {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  const { contacts, invitations } = JSON.parse(text) as Written;
  return {
    contacts: contacts.map(({ address, key }) => ({
      address: addressOf(address),
      key: bytesOf(key, 65),
    })),
    invitations: invitations.map(({ to, seal, secret }) => ({
      to: addressOf(to),
      seal: bytesOf(seal, 16),
      secret: bytesOf(secret, 32),
    })),
  };
}

/** `damaged` for everything but what encodeBook() writes. */
export function decodeBook(plain: Bytes): Result<ContactBook> {
  if (plain.length > bookBytesMax) return fail("damaged");
  try {
    const book = readBook(plain);
    const isOne = isSound(book) && book.contacts.every(({ key }) => key[0] === 4);
    return isOne && sameBytes(encodeBook(book), plain) ? pass(book) : fail("damaged");
  } catch {
    return fail("damaged");
  }
}

const bookContext = (address: string, version: number) =>
  labelled("couvert/1 book", join(str(address), numberBytes(version, 8)));

type Owner = Pick<Person, "address" | "bookKey">;

/** Seals a version of the book, for the server to keep. `too_large` over a bound. `salt`: tests. */
export async function sealBook(
  owner: Owner,
  version: number,
  book: ContactBook,
  salt?: Bytes,
): Promise<Result<Bytes>> {
  const plain = encodeBook(book);
  if (!isSound(book) || plain.length > bookBytesMax) return fail("too_large");
  const context = bookContext(owner.address, version);
  return pass(await sealMessage(owner.bookKey, context, plain, salt));
}

/** `damaged`, also for another version. */
export async function openBook(
  owner: Owner,
  version: number,
  sealed: Bytes,
): Promise<Result<ContactBook>> {
  const context = bookContext(owner.address, version);
  const opened = await openMessage(owner.bookKey, context, sealed);
  return opened.ok ? decodeBook(opened.value) : fail("damaged");
}

// What a client remembers, so that a server cannot show it an older book.

export interface SeenBook {
  readonly version: number;
  /** SHA-256 of the sealed bytes. */
  readonly digest: Bytes;
}

/**
 * What to remember after `sealed` came as `version`. `conflict` for a version lower than seen, and
 * for other bytes of the same version: the book was rolled back.
 */
export async function seeBook(
  seen: SeenBook | undefined,
  version: number,
  sealed: Bytes,
): Promise<Result<SeenBook>> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", sealed));
  if (seen === undefined || version > seen.version) return pass({ version, digest });
  const isSame = version === seen.version && sameBytes(digest, seen.digest);
  return isSame ? pass(seen) : fail("conflict");
}
