// QUICK from one command line to another, through a real server: what people do.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { Person, atTerminal, connectPeople, endedWith } from "./harness/quick-people.mjs";

/** @type {Couvertd} */
let server;
/** @type {Person} */
let anna;
/** @type {Person} */
let bert;
/** @type {Person} */
let carl;
before(async () => {
  server = await Couvertd.start({ name: "quick-people" });
  [anna, bert, carl] = await Promise.all([
    Person.create(server.baseUrl, "qp-anna@example.org"),
    Person.create(server.baseUrl, "qp-bert@example.net"),
    Person.create(server.baseUrl, "qp-carl@example.net"),
  ]);
});
after(() => server?.stop());

test("without QUICK a transfer asks how it is opened; --quick says where to begin", async () => {
  endedWith(await anna.tryProvide([bert.address]), 2, /say how the transfer is opened/);
  const words = ["--quick", ...anna.withPassword];
  endedWith(
    await anna.tryProvide([bert.address], words),
    4,
    /couvert connect qp-anna@example\.org/,
  );
});

test("activating shows the recovery code once, and keeps keys for their owner alone", async () => {
  const activated = await anna.connect();
  assert.match(activated.recovery_code, /^([a-z2-7]{4}-){6}[a-z2-7]{2}$/);
  assert.match(activated.check_code, /^[a-z2-7]{20}$/);
  const again = await anna.connect();
  assert.equal(again.recovery_code, undefined);
  assert.equal(again.device_id, activated.device_id);
  assert.equal((await stat(await anna.stateFile())).mode & 0o777, 0o600);
  const file = path.join(bert.folder, "recovery");
  assert.equal((await bert.connect(["--recovery-file", file])).recovery_code, undefined);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.match(await readFile(file, "utf8"), /^([a-z2-7]{4}-){6}[a-z2-7]{2}\n$/);
});

test("an invitation is accepted; then transfers need no password, both ways", async () => {
  const sent = await anna.invite(bert.address);
  assert.deepEqual(sent.invited, [bert.address]);
  assert.equal(await anna.stateOf(bert.address), "invited");
  assert.equal((await bert.accept(sent)).connected, anna.address);
  assert.equal(await anna.stateOf(bert.address), "connected");
  assert.equal(await bert.stateOf(anna.address), "connected");

  const pure = await anna.provide([bert.address]);
  assert.equal(pure.recipients[0].open_by, "quick");
  const got = await bert.retrieve(pure);
  assert.equal(await readFile(got.files[0].path, "utf8"), `from ${anna.address}\n`);
  const words = ["--reply-to", pure.recipients[0].transfer_id, "--generate-password"];
  const reply = await bert.provide([anna.address], words);
  assert.equal(reply.recipients[0].open_by, "quick");
  assert.equal(reply.password, undefined, "a password would open nothing");
  assert.equal((await anna.retrieve(reply)).files.length, 1);
  endedWith(
    await carl.tryRetrieve({ recipients: [{ ...pure.recipients[0], address: carl.address }] }),
    5,
    /opens on a device of its recipient/,
  );
});

test("both see the other's check code as the other does", async () => {
  const hers = await anna.contacts();
  const his = await bert.contacts();
  assert.equal(hers.contacts[0].check_code, his.check_code);
  assert.equal(his.contacts[0].check_code, hers.check_code);
});

test("a group connected in part has one password; --quick spares and invites", async () => {
  const both = [bert.address, carl.address];
  endedWith(
    await anna.tryProvide(both),
    2,
    /not connected with you by QUICK: qp-carl@example\.net/,
  );
  const plain = await anna.provide(both, anna.withPassword);
  assert.deepEqual(
    plain.recipients.map((/** @type {any} */ one) => one.open_by),
    ["password", "password"],
  );
  assert.equal(plain.invited, undefined);
  assert.equal((await bert.retrieve(plain, bert.withPassword)).files.length, 1);

  const mixed = await anna.invite(...both);
  assert.deepEqual(
    mixed.recipients.map((/** @type {any} */ one) => one.open_by),
    ["quick", "password"],
  );
  assert.deepEqual(mixed.invited, [carl.address]);
  assert.equal((await bert.retrieve(mixed)).files.length, 1);
  const tried = await carl.tryRetrieve(mixed, [...carl.withPassword, "--accept-quick"]);
  endedWith(tried, 4, /QUICK is not active here for qp-carl@example\.net/);
  await carl.connect();
  const link = mixed.recipients[1].link;
  const answered = await carl.line.json(["connect", link, ...carl.withPassword]);
  assert.equal(answered.connected, anna.address);
  assert.equal((await anna.provide(both)).recipients[1].open_by, "quick");
  const off = await anna.provide(both, ["--no-quick", ...anna.withPassword]);
  assert.equal(off.recipients[0].open_by, "password");
});

test("a second device comes in by a code, and opens and sends as the first", async () => {
  const second = await anna.another();
  endedWith(await second.line.run(["connect", anna.address]), 11, /active .* on another device/);
  const { code, ended } = await second.showCode();
  const wrong = `${code.startsWith("a") ? "b" : "a"}${code.slice(1)}`;
  endedWith(await anna.line.run(["devices", "add"], { input: "abc\n" }), 3, /no code of a device/);
  await anna.devices(["add"], { input: `${wrong}\n` });
  endedWith(await ended, 5, /under another code/);
  await second.joinBy(anna);
  const { devices } = await second.devices();
  assert.deepEqual(
    devices.map((/** @type {any} */ one) => one.this_device),
    [false, true],
  );
  assert.equal(await second.stateOf(bert.address), "connected");
  const sent = await bert.provide([anna.address]);
  assert.equal((await second.retrieve(sent)).files.length, 1, "under way, it opens on each");
  assert.equal((await anna.retrieve(sent)).files.length, 1);
  assert.equal((await bert.retrieve(await second.provide([bert.address]))).files.length, 1);

  const revoked = devices[1].device_id;
  assert.equal((await anna.devices(["revoke", revoked])).revoked, revoked);
  endedWith(await second.tryRetrieve(sent), 4, /connected no longer/);
  endedWith(await second.tryProvide([bert.address]), 4, /connected no longer/);
  const warned = await second.tryProvide([bert.address], second.withPassword);
  endedWith(warned, 0, /Warning: QUICK does not work here/);
});

test("the recovery code brings a new device in, until it is renewed", async () => {
  const { recovery_code: first } = await anna.devices(["renew-recovery"]);
  const { recovery_code: code } = await anna.devices(["renew-recovery"]);
  const third = await anna.another();
  const recover = (/** @type {string} */ input) =>
    third.line.run(["connect", anna.address, "--recover"], { input });
  endedWith(await recover("abc\n"), 3, /no recovery code/);
  endedWith(await recover(`${first}\n`), 5, /under another code/);
  mustEndWell(await recover(`${code.toUpperCase().replaceAll("-", " ")}\n`));
  assert.equal(await third.stateOf(carl.address), "connected");
  await third.devices(["forget", "--yes"]);
  endedWith(await third.line.run(["devices"]), 4, /QUICK is not active here/);
  assert.equal((await anna.devices()).devices.length, 1, "and the server forgot it, too");
});

test("who starts anew is met with a warning, and is connected anew by a human alone", async () => {
  const old = await anna.provide([bert.address]);
  const fresh = await bert.another();
  endedWith(await fresh.line.run(["connect", bert.address, "--start-anew"]), 2, /add --yes/);
  await fresh.connect(["--start-anew", "--yes"]);
  endedWith(await bert.line.run(["contacts"]), 4, /connected no longer/);
  endedWith(await fresh.tryRetrieve(old), 5, /not connected with the sender/);

  assert.equal(await anna.stateOf(bert.address), "identity changed");
  endedWith(await anna.tryProvide([bert.address]), 5, /identity of a contact has changed: qp-bert/);
  const words = ["--quick", ...anna.withPassword];
  endedWith(await anna.tryProvide([bert.address], words), 5, /identity of a contact has changed/);
  const warned = await anna.tryProvide([bert.address], anna.withPassword);
  endedWith(warned, 0, /Warning: the identity of a contact has changed: qp-bert/);

  const anew = ["contacts", "anew", bert.address];
  endedWith(await anna.line.run(anew), 2, /add --yes/);
  mustEndWell(await anna.line.run([...anew, "--yes"]));
  assert.equal(await anna.stateOf(bert.address), undefined);
  await connectPeople(anna, fresh);
  assert.equal(await anna.stateOf(bert.address), "connected");
  assert.equal((await fresh.retrieve(await anna.provide([bert.address]))).files.length, 1);
  endedWith(await anna.line.run([...anew, "--yes"]), 11, /is connected, with the identity/);
  // What the earlier device has seen it does not give up by itself.
  const { code, ended } = await bert.showCode();
  await fresh.devices(["add"], { input: `${code}\n` });
  endedWith(await ended, 12, /other keys than this device has seen/);
  bert = fresh;
});

test("who was reset by the operator is removed, and can be invited again", async () => {
  assert.equal((await server.run(["quick", "reset", carl.address])).code, 0);
  assert.equal(await anna.stateOf(carl.address), "removed");
  endedWith(await anna.tryProvide([carl.address]), 2, /not connected with you by QUICK/);
  const sent = await anna.invite(carl.address);
  assert.equal(await anna.stateOf(carl.address), "invited");
  endedWith(await carl.line.run(["connect", carl.address]), 11, /was reset/);
  await carl.connect(["--start-anew", "--yes"]);
  await carl.accept(sent);
  assert.equal(await anna.stateOf(carl.address), "connected");
});

test("a connection that one ends is ended for both", async () => {
  mustEndWell(await anna.line.run(["contacts", "end", carl.address.toUpperCase(), "--yes"]));
  assert.equal(await anna.stateOf(carl.address), undefined);
  assert.equal(await carl.stateOf(anna.address), "removed");
  endedWith(await carl.tryProvide([anna.address]), 2, /not connected with you/);
  endedWith(await anna.line.run(["contacts", "end", carl.address, "--yes"]), 6, /none of your/);
});

test("who sits at a terminal is shown the recovery code until it is kept, and asked", async () => {
  const gina = await Person.create(server.baseUrl, "qp-gina@example.net");
  const connected = await atTerminal(
    gina,
    ["connect", gina.address],
    [
      [/behind its last hyphen: $/, "zz"],
      [
        /ends otherwise[^]*hyphen: $/,
        (seen) => /recovery code {2}\S*-(..)\r/.exec(seen)?.[1] ?? "",
      ],
    ],
  );
  assert.equal(connected.code, 0, connected.seen);
  assert.equal(connected.unasked, 0);
  assert.match(connected.seen, /check code {2}([a-z2-7]{4} ){4}[a-z2-7]{4}\r/);

  const sent = await anna.invite(gina.address);
  const retrieve = ["retrieve", sent.recipients[0].link, ...gina.withPassword, "--out"];
  const question = /qp-anna@example\.org invites you .* Accept\? \(y\/n\): $/;
  const no = [...retrieve, path.join(gina.folder, "no")];
  assert.equal((await atTerminal(gina, no, [[question, "n"]])).code, 0);
  assert.equal(await gina.stateOf(anna.address), undefined);
  const script = await gina.tryRetrieve(sent, gina.withPassword);
  endedWith(script, 0, /invites you to transfers without passwords: --accept-quick accepts/);
  const yes = await atTerminal(
    gina,
    [...retrieve, path.join(gina.folder, "yes")],
    [[question, "y"]],
  );
  assert.match(yes.seen, /Connected with qp-anna@example\.org\. To be sure, compare by phone/);
  assert.equal(await anna.stateOf(gina.address), "connected");

  const end = ["contacts", "end", anna.address];
  assert.equal((await atTerminal(gina, end, [[/\(y\/n\): $/, "n"]])).code, 130);
  assert.equal(await gina.stateOf(anna.address), "connected");
  assert.equal((await atTerminal(gina, end, [[/\(y\/n\): $/, "y"]])).code, 0);
  assert.equal(await anna.stateOf(gina.address), "removed");
});

test("two who invite each other at the same moment are connected by either answer", async () => {
  const [dora, emil] = await Promise.all([
    Person.connected(server.baseUrl, "qp-dora@example.org"),
    Person.connected(server.baseUrl, "qp-emil@example.net"),
  ]);
  const [hers, his] = await Promise.all([dora.invite(emil.address), emil.invite(dora.address)]);
  await Promise.all([dora.accept(his), emil.accept(hers)]);
  assert.deepEqual(
    [await dora.stateOf(emil.address), await emil.stateOf(dora.address)],
    ["connected", "connected"],
  );
  const [one, other] = await Promise.all([
    dora.provide([emil.address]),
    emil.provide([dora.address]),
  ]);
  assert.equal((await emil.retrieve(one)).files.length, 1);
  assert.equal((await dora.retrieve(other)).files.length, 1);
});

test("ten contacts connect at once, to one address on five devices", async () => {
  const fred = await Person.create(server.baseUrl, "qp-fred@example.org");
  const { recovery_code: code } = await fred.connect();
  const machines = [fred];
  while (machines.length < 5) {
    const one = await fred.another();
    await one.connect(["--recover"], { input: `${code}\n` });
    machines.push(one);
  }
  const people = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      Person.connected(server.baseUrl, `qp-many${at}@example.net`),
    ),
  );
  const invited = await Promise.all(
    machines.map((one, at) => one.invite(people[2 * at].address, people[2 * at + 1].address)),
  );
  await Promise.all(people.map((one, at) => one.accept(invited[Math.floor(at / 2)])));
  await Promise.all(machines.map((one) => one.contacts()));
  for (const one of machines) {
    const { contacts } = await one.contacts();
    const many = contacts.filter((/** @type {any} */ { address }) => /many/.test(address));
    assert.deepEqual(
      many.map((/** @type {any} */ { state }) => state),
      Array(10).fill("connected"),
    );
  }
  const all = await machines[3].provide(people.map(({ address }) => address));
  assert.equal((await people[9].retrieve(all)).files.length, 1);
});
