// What two people do with each other's keys (spec/quick.md, sections 4 and 5): invite, answer,
// take answers, send and open without a password.

import type { Bytes } from "../bytes.ts";
import { fromBase32, fromBase64url, newId, newSecret, toBase64url } from "../ids.ts";
import { fail, pass, type Result } from "../result.ts";
import {
  contactState,
  findContact,
  forgetInvitations,
  invite,
  makeAnswer,
  pin,
  takeAnswer,
  unpin,
  type ContactBook,
  type ContactState,
} from "./book.ts";
import { openEnvelope, sealEnvelope } from "./envelope.ts";
import type { Keys, Opened } from "./keys.ts";
import { fingerprint } from "./person.ts";

const askedAtOnceMax = 500;

/** Somebody in the contact book. */
export interface Contact {
  readonly address: string;
  readonly state: ContactState;
  /** Of the key that is trusted; undefined for who is only invited. */
  readonly checkCode: string | undefined;
}

/** What came of answers. Whose answer is not `connected` is not trusted. */
export interface TakenAnswers {
  /** Connected by their answers just now. */
  readonly connected: readonly string[];
  /** The answer does not fit the invitation: somebody else may have made it. */
  readonly unfit: readonly string[];
  /** The answer brings another key than the trusted one. */
  readonly changed: readonly string[];
}

/** For Start: a recipient's own keyslot, whose secret the envelope holds. */
export interface RecipientEnvelope {
  readonly address: string;
  readonly slot_id: string;
  readonly secret: string;
  readonly envelope: string;
}

/** For Start: what its manifest carries to the recipients. */
export interface StartInvitation {
  readonly public_key: string;
  readonly secret: string;
}

/** An ID of our own API. Throws for what is none. */
function idOf(text: string): Bytes {
  const id = fromBase32(text);
  if (id?.length !== 16) throw new Error("not an ID");
  return id;
}

type ShownKeys = ReadonlyMap<string, Bytes | undefined>;

/** The keys that the server shows for contacts. */
async function shownKeys(
  keys: Keys,
  opened: Opened,
  addresses: readonly string[],
): Promise<Result<ShownKeys>> {
  const shown = new Map<string, Bytes | undefined>();
  for (let at = 0; at < addresses.length; at += askedAtOnceMax) {
    const asked = addresses.slice(at, at + askedAtOnceMax);
    const found = await keys.calls.shownKeys(opened.proof, asked);
    if (!found.ok) return found;
    for (const { address, key } of found.value) shown.set(address, key);
  }
  return pass(shown);
}

const pinnedOf = (book: ContactBook, addresses: readonly string[]) =>
  addresses.filter((address) => findContact(book, address) !== undefined);

interface States {
  readonly book: ContactBook;
  of(address: string): ContactState;
}

/** How it stands with some, or with everybody in the book. */
async function statesOf(
  keys: Keys,
  opened: Opened,
  addresses?: readonly string[],
): Promise<Result<States>> {
  const held = await keys.book(opened);
  if (!held.ok) return held;
  const { book } = held.value;
  const asked = addresses ?? book.contacts.map(({ address }) => address);
  // Nobody else's key is asked for.
  const shown = await shownKeys(keys, opened, pinnedOf(book, asked));
  if (!shown.ok) return shown;
  return pass({ book, of: (address) => contactState(book, address, shown.value.get(address)) });
}

/** The state of each address, as it is now. */
export const shownStates = (
  keys: Keys,
  addresses: readonly string[],
): Promise<Result<ReadonlyMap<string, ContactState>>> =>
  keys.with(async (opened) => {
    const states = await statesOf(keys, opened, addresses);
    if (!states.ok) return states;
    return pass(new Map(addresses.map((address) => [address, states.value.of(address)])));
  });

/** Everybody in the book; those with a trusted key first, as they came. */
export const contacts = (keys: Keys): Promise<Result<readonly Contact[]>> =>
  keys.with(async (opened) => {
    const states = await statesOf(keys, opened);
    if (!states.ok) return states;
    const { book, of } = states.value;
    const pinned = book.contacts.map(async ({ address, key }) => ({
      address,
      state: of(address),
      checkCode: await fingerprint(address, key),
    }));
    const invited = new Set(book.invitations.map(({ to }) => to));
    for (const { address } of book.contacts) invited.delete(address);
    const waiting = [...invited].map((address) => ({
      address,
      state: of(address),
      checkCode: undefined,
    }));
    return pass([...(await Promise.all(pinned)), ...waiting]);
  });

/**
 * Ends the connection: nobody's key is trusted, and the server shows none any more. First the
 * server, so that what failed can be tried again.
 */
export const endContact = (keys: Keys, address: string): Promise<Result> =>
  keys.with(async (opened) => {
    const ended = await keys.calls.end(opened.proof, address);
    return ended.ok ? await drop(keys, opened, address) : ended;
  });

/** A human agrees that somebody may bring another key: by a new invitation, with a password. */
export const connectAnew = (keys: Keys, address: string): Promise<Result> =>
  keys.with((opened) => drop(keys, opened, address));

async function drop(keys: Keys, opened: Opened, address: string): Promise<Result> {
  const changed = await keys.change(opened, (book) => {
    const isThere =
      findContact(book, address) !== undefined || book.invitations.some(({ to }) => to === address);
    return pass(isThere ? unpin(book, address) : book);
  });
  return changed.ok ? pass(undefined) : changed;
}

type Answered = Awaited<ReturnType<Keys["calls"]["answers"]>>;
type Relayed = Extract<Answered, { ok: true }>["value"][number];

/** Takes what answers there are into the book. */
export const takeAnswers = (keys: Keys): Promise<Result<TakenAnswers>> =>
  keys.with(async (opened) => {
    const answers = await keys.calls.answers(opened.proof);
    if (!answers.ok) return answers;
    const none = { connected: [], unfit: [], changed: [] };
    if (answers.value.length === 0) return pass(none);
    let sorted = sortedAs();
    const changed = await keys.change(opened, async (book) => {
      sorted = sortedAs();
      return pass(await takeAll(book, opened, answers.value, sorted));
    });
    if (!changed.ok) return changed;
    for (const { seal, recipient } of sorted.done) {
      const noted = await keys.calls.answerTaken(opened.proof, seal, recipient);
      // Another device has noted it already.
      if (!noted.ok && noted.code !== "denied") return noted;
    }
    const { connected, unfit, changed: others } = sorted;
    return pass({ connected: [...connected], unfit: [...unfit], changed: [...others] });
  });

const sortedAs = () => ({
  /** Nothing more is to come of them: they need not be kept. */
  done: [] as Relayed[],
  connected: new Set<string>(),
  unfit: new Set<string>(),
  changed: new Set<string>(),
});

async function takeAll(
  book: ContactBook,
  opened: Opened,
  answers: readonly Relayed[],
  sorted: ReturnType<typeof sortedAs>,
): Promise<ContactBook> {
  let now = book;
  for (const relayed of answers) {
    const taken = await takeAnswer(now, opened.person, relayed);
    if (taken.ok) {
      const isNew = findContact(now, relayed.recipient) === undefined;
      now = taken.value;
      if (isNew) sorted.connected.add(relayed.recipient);
      sorted.done.push(relayed);
    } else if (taken.code === "denied") {
      // Its invitation is gone: an answer that came twice, or after the end.
      sorted.done.push(relayed);
    } else if (taken.code === "conflict") {
      sorted.changed.add(relayed.recipient);
    } else if (taken.code !== "full") {
      sorted.unfit.add(relayed.recipient);
    }
  }
  return now;
}

/**
 * Writes an invitation for each address into the book, before Start. Who is connected needs none.
 *
 * Errors: `conflict` with the `address` and the reason `identity_changed` where a human has to
 *         agree first (connectAnew).
 */
export const inviteAll = (
  keys: Keys,
  sealId: string,
  addresses: readonly string[],
): Promise<Result<StartInvitation>> =>
  keys.with(async (opened) => {
    const states = await statesOf(keys, opened, addresses);
    if (!states.ok) return states;
    const { of } = states.value;
    const another = addresses.find((address) => of(address) === "changed");
    if (another !== undefined) return changedIdentity(another);
    const secret = newSecret(keys.host);
    const seal = idOf(sealId);
    const invited = addresses.filter((address) => of(address) !== "connected");
    const changed = await keys.change(opened, (book) => {
      const begin = forgetInvitations(book, seal);
      return pass(
        invited.reduce((now, to) => {
          const left = findContact(now, to) ? unpin(now, to) : now;
          return invite(left, { to, seal, secret: fromBase64url(secret)! });
        }, begin),
      );
    });
    if (!changed.ok) return changed;
    return pass({ public_key: toBase64url(opened.person.key), secret });
  });

const changedIdentity = (address: string) =>
  fail("conflict", { reason: "identity_changed", address });

/**
 * A fresh secret for each address, in an envelope that its devices alone open.
 *
 * Errors: `conflict` with the `address` where somebody is not connected (`not_connected`) or no
 *         longer who was trusted (`identity_changed`).
 */
export const envelopesFor = (
  keys: Keys,
  sealId: string,
  addresses: readonly string[],
): Promise<Result<readonly RecipientEnvelope[]>> =>
  keys.with(async (opened) => {
    const states = await statesOf(keys, opened, addresses);
    if (!states.ok) return states;
    const { book, of } = states.value;
    const made: RecipientEnvelope[] = [];
    for (const address of addresses) {
      const to = findContact(book, address);
      const state = of(address);
      if (state === "changed") return changedIdentity(address);
      if (to === undefined || state !== "connected") {
        return fail("conflict", { reason: "not_connected", address });
      }
      const [slot_id, secret] = [newId(keys.host), newSecret(keys.host)];
      const place = { mode: 1 as const, seal: idOf(sealId), slot: idOf(slot_id) };
      const people = { from: opened.person, to };
      const envelope = await sealEnvelope(place, people, fromBase64url(secret)!);
      if (!envelope.ok) return envelope;
      made.push({ address, slot_id, secret, envelope: toBase64url(envelope.value) });
    }
    return pass(made);
  });

/**
 * What opens a transfer that was sent to this person by QUICK: for openTransfer.
 *
 * Errors: `refused` with `not_connected` (the sender is not trusted here) or `envelope` (it does
 *         not open: another sender, an earlier key of ours); those of the server.
 */
export const openTransfer = (keys: Keys, transferId: string): Promise<Result<string>> =>
  keys.with(async (opened) => {
    const found = await keys.calls.envelope(opened.proof, transferId);
    if (!found.ok) return found;
    const { place, from: sender, to, envelope } = found.value;
    const held = await keys.book(opened);
    if (!held.ok) return held;
    const from = findContact(held.value.book, sender);
    if (from === undefined) return fail("refused", { reason: "not_connected", address: sender });
    // The secret of mode 2 is not for a server, and this page would give it away.
    if (to !== keys.address || place.mode !== 1) return fail("refused", { reason: "envelope" });
    const secret = await openEnvelope(place, { from, to: opened.person }, envelope);
    if (!secret.ok) return fail("refused", { reason: "envelope", address: sender });
    return pass(toBase64url(secret.value));
  });

/**
 * Trusts who invited in an opened transfer, and answers. Gives their address.
 *
 * Errors: `conflict` with `identity_changed` and the `address` where another key is trusted
 *         already; `refused` with `recipient` where the invitation is for somebody else; those of
 *         the server.
 */
export const answerInvitation = (keys: Keys, retrievalId: string): Promise<Result<string>> =>
  keys.with(async (opened) => {
    const invitation = await keys.calls.invitation(retrievalId);
    if (!invitation.ok) return invitation;
    const { from, to } = invitation.value;
    if (to !== keys.address) return fail("refused", { reason: "recipient" });
    const changed = await keys.change(opened, (book) => pin(book, from));
    if (!changed.ok && changed.code === "conflict" && changed.reason === undefined) {
      return changedIdentity(from.address);
    }
    if (!changed.ok) return changed;
    const answer = await makeAnswer(invitation.value, opened.person);
    const sent = await keys.calls.answer(opened.proof, retrievalId, answer);
    return sent.ok ? pass(from.address) : sent;
  });
