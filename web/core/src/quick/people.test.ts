// What two people and a server that lies can do to each other, with real keys.
import { beforeAll, describe, expect, it } from "vitest";

import { fromBase32, toBase32 } from "../ids.ts";
import {
  contactState,
  emptyBook,
  findContact,
  forgetInvitations,
  invite,
  makeAnswer,
  openBook,
  pin,
  sealBook,
  seeBook,
  takeAnswer,
  unpin,
  type ContactBook,
} from "./book.ts";
import { openEnvelope, sealEnvelope } from "./envelope.ts";
import { outcomeOf } from "./test-vectors.ts";
import {
  codeKey,
  fingerprint,
  makePerson,
  newDeviceKey,
  openPerson,
  resealPerson,
  type Person,
} from "./person.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

async function newPerson(address: string) {
  const deviceKey = await newDeviceKey();
  return { deviceKey, ...(await makePerson(address, deviceKey)) };
}

const must = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code);
  return result.value;
};

type Own = Awaited<ReturnType<typeof newPerson>>;
let anna: Own;
let bert: Own;
let eve: Own;

beforeAll(async () => {
  anna = await newPerson("anna@example.org");
  bert = await newPerson("bert@example.net");
  eve = await newPerson("bert@example.net");
});

/** Anna's book with an invitation, and what the manifest of that transfer says. */
function invited() {
  const [seal, secret] = [random(16), random(32)];
  const book = invite(emptyBook, { to: "bert@example.net", seal, secret });
  return { book, seal, secret, from: anna.person };
}

const answerOf = async (person: Person, invitation: ReturnType<typeof invited>) => ({
  seal: invitation.seal,
  recipient: person.address,
  answer: await makeAnswer(invitation, person),
});

describe("a pair", () => {
  it("is connected by one answer, and secrets pass both ways from then on", async () => {
    const invitation = invited();
    const theirs = must(await pin(emptyBook, anna.person));
    const mine = must(
      await takeAnswer(invitation.book, anna.person, await answerOf(bert.person, invitation)),
    );
    for (const [from, to, book] of [
      [anna.person, bert.person, mine],
      [bert.person, anna.person, theirs],
    ] as const) {
      const place = { mode: 1 as const, seal: random(16), slot: random(16) };
      const [secret, peer] = [random(32), findContact(book, to.address)];
      if (peer === undefined) throw new Error("not connected");
      const envelope = must(await sealEnvelope(place, { from, to: peer }, secret));
      expect(must(await openEnvelope(place, { from, to }, envelope))).toEqual(secret);
      expect(outcomeOf(await openEnvelope({ ...place, mode: 2 }, { from, to }, envelope))).toBe(
        "damaged",
      );
    }
  });

  it("takes an answer once: replayed, it meets no invitation", async () => {
    const invitation = invited();
    const relayed = await answerOf(bert.person, invitation);
    const mine = must(await takeAnswer(invitation.book, anna.person, relayed));
    expect(mine.invitations).toEqual([]);
    expect(outcomeOf(await takeAnswer(mine, anna.person, relayed))).toBe("denied");
  });

  it("notices every key that the server swaps", async () => {
    const invitation = invited();
    const { answer, ...rest } = await answerOf(bert.person, invitation);
    const swapped = answer.slice();
    swapped.set(eve.person.key, 0);
    const take = async (book: ContactBook, self: Person, bytes: typeof answer) =>
      outcomeOf(await takeAnswer(book, self, { ...rest, answer: bytes }));
    expect(await take(invitation.book, anna.person, swapped)).toBe("refused");
    // The sender's key was swapped on its way to Bert, so his tag is over another one.
    const other = await makeAnswer({ ...invitation, from: eve.person }, bert.person);
    expect(await take(invitation.book, anna.person, other)).toBe("refused");
    expect(await take(invitation.book, anna.person, answer.slice(0, 96))).toBe("damaged");
    // Later: what the server shows as Bert's key is not the pinned one.
    const mine = must(await pin(emptyBook, bert.person));
    expect(outcomeOf(await pin(mine, eve.person))).toBe("conflict");
    expect(await fingerprint("bert@example.net", eve.person.key)).not.toBe(
      await fingerprint("bert@example.net", bert.person.key),
    );
  });

  it("that invites each other at the same moment ends up with the same keys", async () => {
    const invitation = invited();
    // Bert's own invitation is read first.
    const mine = must(await pin(invitation.book, bert.person));
    const both = must(await takeAnswer(mine, anna.person, await answerOf(bert.person, invitation)));
    expect(both.contacts).toHaveLength(1);
    expect(both.invitations).toEqual([]);
  });

  it("is not connected again by an old answer once a human has ended it", async () => {
    const invitation = invited();
    const ended = unpin(must(await pin(invitation.book, bert.person)), "bert@example.net");
    const relayed = await answerOf(bert.person, invitation);
    expect(outcomeOf(await takeAnswer(ended, anna.person, relayed))).toBe("denied");
    expect(forgetInvitations(invitation.book, invitation.seal).invitations).toEqual([]);
  });

  it("changes keys by hand only: with the old pin gone, the new key is taken", async () => {
    const invitation = invited();
    const mine = must(await pin(invitation.book, bert.person));
    const anew = await answerOf(eve.person, invitation);
    expect(outcomeOf(await takeAnswer(mine, anna.person, anew))).toBe("conflict");
    const again = {
      ...invitation,
      book: invite(
        unpin(mine, "bert@example.net"),
        invitation.book.invitations[0] ?? { to: "", seal: random(16), secret: random(32) },
      ),
    };
    const taken = must(await takeAnswer(again.book, anna.person, anew));
    expect(findContact(taken, "bert@example.net")?.key).toEqual(eve.person.key);
  });
});

describe("contactState", () => {
  it("follows from the book and from the key that the server shows", async () => {
    const { book } = invited();
    const address = "bert@example.net";
    expect(contactState(book, "carl@example.com", bert.person.key)).toBe("none");
    expect(contactState(book, address, undefined)).toBe("invited");
    expect(contactState(book, address, bert.person.key)).toBe("invited");
    const pinned = must(await pin(book, bert.person));
    expect(contactState(pinned, address, bert.person.key)).toBe("connected");
    expect(contactState(pinned, address, eve.person.key)).toBe("changed");
    expect(contactState(pinned, address, undefined)).toBe("removed");
    expect(contactState(unpin(pinned, address), address, bert.person.key)).toBe("none");
  });
});

describe("devices", () => {
  it("keep their keys to themselves", async () => {
    expect(anna.deviceKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", anna.deviceKey)).rejects.toThrow();
    await expect(crypto.subtle.exportKey("pkcs8", anna.person.pair.privateKey)).rejects.toThrow();
  });

  it("let one more in by a code, which opens the same person", async () => {
    const code = random(16);
    const typed = fromBase32(
      ` ${toBase32(code)
        .toUpperCase()
        .match(/.{1,4}/g)
        ?.join("-")} `,
    );
    if (typed === undefined) throw new Error("no code");
    const to = await codeKey(code, "anna@example.org");
    const left = must(
      await resealPerson("anna@example.org", anna.sealed, { from: anna.deviceKey, to }),
    );
    const key = await codeKey(typed, "anna@example.org");
    const here = must(await openPerson(key, "anna@example.org", left));
    expect(here.key).toEqual(anna.person.key);
    const ownKey = await newDeviceKey();
    const own = must(await resealPerson("anna@example.org", left, { from: key, to: ownKey }));
    const kept = must(await openPerson(ownKey, "anna@example.org", own));
    const sealed = must(await sealBook(anna.person, 1, emptyBook));
    expect(must(await openBook(kept, 1, sealed))).toEqual(emptyBook);
    const wrong = await codeKey(random(16), "anna@example.org");
    expect(outcomeOf(await openPerson(wrong, "anna@example.org", left))).toBe("damaged");
    expect(outcomeOf(await openPerson(key, "bert@example.net", left))).toBe("damaged");
  });
});

describe("the book of a person", () => {
  it("is noticed where it is rolled back or forked, by a client that has seen it", async () => {
    const first = must(await sealBook(anna.person, 1, emptyBook));
    const second = must(await sealBook(anna.person, 2, must(await pin(emptyBook, bert.person))));
    const other = must(await sealBook(anna.person, 2, emptyBook));
    const seen = must(await seeBook(must(await seeBook(undefined, 1, first)), 2, second));
    expect(must(await seeBook(seen, 2, second))).toEqual(seen);
    expect(outcomeOf(await seeBook(seen, 1, first))).toBe("conflict");
    expect(outcomeOf(await seeBook(seen, 2, other))).toBe("conflict");
    expect(outcomeOf(await openBook(anna.person, 2, first))).toBe("damaged");
  });

  it("has bounds: the oldest invitation goes, no contact too many comes", async () => {
    const secret = random(32);
    const seals = Array.from({ length: 500 }, (_, at) => Uint8Array.of(...random(14), at >> 8, at));
    const full = seals.map((seal) => ({ to: "bert@example.net", seal, secret }));
    const more = { to: "bert@example.net", seal: random(16), secret };
    const book = invite({ contacts: [], invitations: full }, more);
    expect(book.invitations).toHaveLength(500);
    expect(book.invitations[0]?.seal[15]).toBe(1);
    const contacts = Array.from({ length: 5_000 }, (_, at) => ({
      address: `${at}@example.net`,
      key: anna.person.key,
    }));
    expect(outcomeOf(await pin({ contacts, invitations: [] }, bert.person))).toBe("full");
    const long = { contacts: [...contacts, bert.person], invitations: [] };
    expect(outcomeOf(await sealBook(anna.person, 1, long))).toBe("too_large");
    expect(outcomeOf(await sealBook(anna.person, 1, { contacts, invitations: [] }))).toBe("ok");
  });

  it("pins no key that is none", async () => {
    const wrong = anna.person.key.slice();
    wrong[64] = (wrong[64] ?? 0) ^ 1;
    expect(outcomeOf(await pin(emptyBook, { address: "a@example.org", key: wrong }))).toBe(
      "invalid",
    );
    const to = { address: "a@example.org", key: wrong };
    const place = { mode: 1 as const, seal: random(16), slot: random(16) };
    expect(outcomeOf(await sealEnvelope(place, { from: anna.person, to }, random(32)))).toBe(
      "invalid",
    );
  });
});
