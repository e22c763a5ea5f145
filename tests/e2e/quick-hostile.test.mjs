// QUICK through a server that lies: replayed, swapped, stale, cut and lost answers. Each is
// refused, says what to do, and leaves the contact book as it was.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { LyingServer, telling } from "./harness/lying-server.mjs";
import { Person, connectPeople, endedWith } from "./harness/quick-people.mjs";

const answersPath = "/api/v1/quick/answers";
const bookPath = "/api/v1/quick/book";
const envelopePath = "/api/v1/quick/envelope";
const keysPath = "/api/v1/quick/contacts";
const ownPath = "/api/v1/quick";

/** @type {Couvertd} */
let server;
/** @type {LyingServer} */
let lying;
/** @type {Person} */
let anna;
/** @type {Person} */
let bert;
/** @type {Person} */
let carl;
before(async () => {
  server = await Couvertd.start({ name: "quick-hostile" });
  lying = await LyingServer.start(server);
  [anna, bert, carl] = await Promise.all([
    Person.connected(lying.baseUrl, "qh-anna@example.org"),
    Person.connected(lying.baseUrl, "qh-bert@example.net"),
    Person.connected(lying.baseUrl, "qh-carl@example.net"),
  ]);
  await connectPeople(anna, bert);
});
after(async () => {
  lying?.stop();
  await server?.stop();
});

/** Runs a command of Anna's while her server lies.
 * @param {import("./harness/lying-server.mjs").Lie} lie @param {string[]} [words] */
function liedTo(lie, words = ["contacts"]) {
  return lying.during(lie, () => anna.line.run(words));
}

/** Cuts the last byte off bytes in base64url. @param {string} text */
function cut(text) {
  return Buffer.from(text, "base64url").subarray(0, -1).toString("base64url");
}

test("answers that are swapped, cut or made up pin nobody; in another order they do", async () => {
  const dora = await Person.connected(lying.baseUrl, "qh-dora@example.net");
  const sent = await anna.invite(carl.address, dora.address);
  await Promise.all([carl.accept(sent), dora.accept(sent)]);
  const swapped = await liedTo(
    telling(answersPath, ({ answers: [one, two] }) => {
      return {
        answers: [
          { ...one, answer: two.answer },
          { ...two, answer: one.answer },
        ],
      };
    }),
  );
  endedWith(swapped, 0, /in the name of qh-carl@example\.net is not by who has read/);
  endedWith(swapped, 0, /in the name of qh-dora@example\.net is not by who has read/);
  const shorter = telling(answersPath, ({ answers: [one] }) => {
    return { answers: [{ ...one, answer: cut(one.answer) }] };
  });
  endedWith(await liedTo(shorter), 13, /not one of a Couvert server/);
  const withoutTag = telling(answersPath, ({ answers: [one] }) => {
    const answer = Buffer.from(one.answer, "base64url").fill(0, 65).toString("base64url");
    return { answers: [{ ...one, answer }] };
  });
  endedWith(await liedTo(withoutTag), 0, /is not by who has read/);
  const none = telling(answersPath, () => ({ answers: [] }));
  assert.equal(await lying.during(none, () => anna.stateOf(carl.address)), "invited");

  const reversed = telling(answersPath, ({ answers }) => ({ answers: answers.reverse() }));
  endedWith(await liedTo(reversed), 0, /qh-carl@example\.net has accepted/);
  assert.equal(await anna.stateOf(carl.address), "connected");
  assert.equal(await anna.stateOf(dora.address), "connected");
});

test("an answer that is told again connects nobody whom a human has ended", async () => {
  const emil = await Person.connected(lying.baseUrl, "qh-emil@example.net");
  await emil.accept(await anna.invite(emil.address));
  const old = await lying.listen(answersPath, () => anna.contacts());
  assert.equal(old.answers.length, 1);
  const again = telling(answersPath, () => old);
  mustEndWell(await liedTo(again));
  assert.equal(await anna.stateOf(emil.address), "connected", "again is no error");
  mustEndWell(await anna.line.run(["contacts", "end", emil.address, "--yes"]));
  mustEndWell(await liedTo(again));
  assert.equal(await anna.stateOf(emil.address), undefined);
});

test("an envelope of another transfer, place, person or kind opens nothing", async () => {
  const [one, other, his] = [
    await anna.provide([bert.address]),
    await anna.provide([bert.address]),
    await carl.invite(bert.address),
  ];
  /** @param {any} change @param {any} [sent] */
  const open = (change, sent = one) =>
    lying.during(telling(envelopePath, change), () => bert.tryRetrieve(sent));
  const otherEnvelope = await lying.listen(envelopePath, () => bert.retrieve(other));
  const { envelope, slot_id, seal_id } = otherEnvelope;
  const away = /cannot be opened on this device: qh-anna/;
  for (const change of [{ envelope }, { slot_id }, { seal_id }]) {
    endedWith(await open((/** @type {any} */ json) => ({ ...json, ...change })), 12, away);
  }
  // Whole, it is another transfer's secret: the server itself takes it for none of this one.
  endedWith(await open(() => otherEnvelope), 5, /the link's secret is wrong/);
  await bert.accept(his);
  const from = carl.address;
  endedWith(
    await open((/** @type {any} */ json) => ({ ...json, from })),
    12,
    /this device: qh-carl/,
  );
  const stranger = { from: "qh-nobody@example.net" };
  const unknown = await open((/** @type {any} */ json) => ({ ...json, ...stranger }));
  endedWith(unknown, 5, /not connected with the sender: qh-nobody/);
  const second = await open((/** @type {any} */ json) => ({ ...json, mode: 2 }));
  endedWith(second, 13, /newer kind/);
  const short = (/** @type {any} */ json) => ({ ...json, envelope: cut(json.envelope) });
  endedWith(await open(short), 13, /not one of a Couvert server/);
  assert.equal((await bert.retrieve(one)).files.length, 1, "as it is, it opens");
});

test("a book that is older, another, cut or of another version is refused", async () => {
  const before = await lying.listen(bookPath, () => anna.contacts());
  await anna.invite("qh-more@example.net");
  const newest = await lying.listen(bookPath, () => anna.contacts());
  assert.equal(newest.version, before.version + 1);
  const stale = telling(bookPath, () => before);
  const rolledBack = /another contact book than this device has seen/;
  endedWith(await liedTo(stale), 12, rolledBack);
  endedWith(await liedTo(stale, anna.provideWords([bert.address], [])), 12, rolledBack);
  const warned = await liedTo(stale, anna.provideWords([bert.address], anna.withPassword));
  endedWith(warned, 0, /Warning: QUICK does not work here.*contact book/);
  const sameVersion = telling(bookPath, () => ({ ...newest, sealed: before.sealed }));
  endedWith(await liedTo(sameVersion), 12, rolledBack);
  const asNewer = telling(bookPath, () => ({ ...before, version: newest.version + 1 }));
  endedWith(await liedTo(asNewer), 12, /contact book at the server is damaged/);
  const next = { version: newest.version + 1, sealed: cut(newest.sealed) };
  endedWith(await liedTo(telling(bookPath, () => next)), 12, /is damaged/);
  assert.equal(await anna.stateOf(bert.address), "connected", "and nothing of it is remembered");
});

test("a book is ours though nobody heard that it was taken, and none if it was not", async () => {
  let tries = 0;
  /** @type {import("./harness/lying-server.mjs").Lie} */
  const lost = {
    answer: ({ path, method }) =>
      path === bookPath && method === "PUT" && tries++ === 0 ? "lost" : undefined,
  };
  const words = anna.provideWords(["qh-lost@example.net"], ["--quick", ...anna.withPassword]);
  mustEndWell(await liedTo(lost, words));
  assert.equal(tries, 2);
  assert.equal(await anna.stateOf("qh-lost@example.net"), "invited");

  const busy = { status: 409, code: "conflict", reason: "book_version" };
  const count = { puts: 0 };
  const refused = await liedTo(
    {
      answer: (asked) => {
        if (asked.path !== bookPath || asked.method !== "PUT") return undefined;
        count.puts++;
        return { status: 409, json: busy };
      },
      before: (asked) => {
        if (asked.method === "PUT") asked.json = { version: 1, sealed: "AA" };
      },
    },
    anna.provideWords(["qh-busy@example.net"], ["--quick", ...anna.withPassword]),
  );
  endedWith(refused, 11, /other devices change the contact book/);
  assert.equal(count.puts, 5, "five tries");
  const { transfers } = await anna.line.json(["sent"]);
  const sentTo = transfers.flatMap((/** @type {any} */ one) => one.recipients);
  assert.ok(!sentTo.includes("qh-busy@example.net"), "no invitation that the book does not have");
});

test("keys of one's own that are others than were seen, or do not open, are refused", async () => {
  const own = await lying.listen(ownPath, () => anna.contacts());
  const his = await lying.listen(ownPath, () => bert.contacts());
  const otherKey = telling(ownPath, (json) => ({ ...json, public_key: his.public_key }));
  endedWith(await liedTo(otherKey), 12, /other keys of your own/);
  endedWith(await liedTo(telling(ownPath, () => his)), 12, /other keys of your own/);
  const notHers = telling(ownPath, () => ({ ...own, sealed: his.sealed }));
  endedWith(await liedTo(notHers), 12, /do not open on this device/);
  const short = telling(ownPath, () => ({ ...own, sealed: cut(own.sealed) }));
  endedWith(await liedTo(short), 13, /not one of a Couvert server/);
});

test("another key shown for a contact is told at once, and nothing is sealed for it", async () => {
  const his = await lying.listen(ownPath, () => carl.contacts());
  const swapped = telling(keysPath, ({ contacts }) => ({
    contacts: contacts.map((/** @type {any} */ one) => ({ ...one, public_key: his.public_key })),
  }));
  endedWith(await liedTo(swapped), 0, /Warning: the identity of qh-bert@example\.net has changed/);
  const refused = await liedTo(swapped, anna.provideWords([bert.address], []));
  endedWith(refused, 5, /identity of a contact has changed: qh-bert/);
  const nobody = telling(keysPath, () => ({ contacts: [] }));
  assert.equal(await lying.during(nobody, () => anna.stateOf(bert.address)), "removed");
  const notAPoint = telling(keysPath, ({ contacts: [one] }) => {
    return { contacts: [{ ...one, public_key: Buffer.alloc(65, 4).toString("base64url") }] };
  });
  endedWith(await liedTo(notAPoint), 13, /not one of a Couvert server/);
});

test("an invitation with a swapped key is noticed by who invited", async () => {
  const finn = await Person.connected(lying.baseUrl, "qh-finn@example.net");
  const his = await lying.listen(ownPath, () => carl.contacts());
  const sent = await anna.invite(finn.address);
  const swapped = {
    /** @type {import("./harness/lying-server.mjs").Lie["answer"]} */
    answer: (asked, told) =>
      asked.path.endsWith("/invitation")
        ? { status: 200, json: { ...told.json, public_key: his.public_key } }
        : undefined,
  };
  await lying.during(swapped, () => finn.accept(sent));
  endedWith(await liedTo({}), 0, /in the name of qh-finn@example\.net is not by who has read/);
  assert.equal(await anna.stateOf(finn.address), "invited");
  assert.equal(await finn.stateOf(anna.address), "identity changed");
});

test("what is left under a code for somebody else opens for nobody", async () => {
  const recoveryPath = /\/quick\/recovery$/;
  const { recovery_code: code } = await anna.devices(["renew-recovery"]);
  const second = await anna.another();
  /** @type {any} */
  let left;
  const recover = () => second.line.run(["connect", anna.address, "--recover"], { input: code });
  const watching = {
    /** @type {import("./harness/lying-server.mjs").Lie["answer"]} */
    answer: (asked, told) => {
      if (!recoveryPath.test(asked.path)) return undefined;
      left = told.json;
      return { status: 200, json: { sealed: cut(told.json.sealed) } };
    },
  };
  endedWith(await lying.during(watching, recover), 13, /not one of a Couvert server/);
  const flipped = Buffer.from(left.sealed, "base64url");
  flipped[200] ^= 1;
  const lie = { status: 200, json: { sealed: flipped.toString("base64url") } };
  const changed = {
    answer: (/** @type {any} */ asked) => (recoveryPath.test(asked.path) ? lie : undefined),
  };
  endedWith(await lying.during(changed, recover), 5, /under another code/);
  mustEndWell(await recover());
});
