// QUICK where the server itself is changed behind everybody's back: rows put back, keys swapped,
// all of it stolen. What it can do while it serves is in quick-lying.test.mjs.
import assert from "node:assert/strict";
import { createECDH } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { searchFor } from "./harness/canary.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { LyingServer } from "./harness/lying-server.mjs";
import { output } from "./harness/processes.mjs";
import { Person, connectPeople, endedWith } from "./harness/quick-people.mjs";
import { Thief } from "./harness/thief.mjs";

/** @type {Couvertd} */
let server;
/** @type {LyingServer} */
let lying;
/** @type {Person} */
let anna;
/** @type {Person} */
let bert;
let recoveryCode = "";
before(async () => {
  server = await Couvertd.start({ name: "quick-server" });
  lying = await LyingServer.start(server);
  [anna, bert] = await Promise.all([
    Person.create(lying.baseUrl, "qs-anna@example.org"),
    Person.connected(lying.baseUrl, "qs-bert@example.net"),
  ]);
  recoveryCode = (await anna.connect()).recovery_code;
  await connectPeople(anna, bert);
});
after(async () => {
  lying?.stop();
  await server?.stop();
});

/** What an SQL statement prints, on the database of the running server. @param {string} sql */
async function sql(sql) {
  const database = path.join(server.data, "couvert.db");
  return (await output(["sqlite3", "-cmd", ".timeout 5000", database, sql])).trim();
}

/** A device's key, from the file that only its owner can read. @param {Person} person */
async function deviceKey(person) {
  const { device_key } = JSON.parse(await readFile(await person.stateFile(), "utf8"));
  return Buffer.from(device_key, "base64url");
}

test("a thief with database, objects, day keys, master key and log opens nothing", async () => {
  const sent = await anna.provide([bert.address]);
  /** @type {Buffer | undefined} */
  let secret;
  const watching = {
    before: (/** @type {any} */ asked) => {
      if (asked.path === "/api/v1/retrievals") secret = Buffer.from(asked.json.secret, "base64url");
    },
  };
  await lying.during(watching, () => bert.retrieve(sent));
  assert.equal(secret?.length, 32);
  const thief = await Thief.of(server);
  const kinds = thief.targets.map(({ what }) => what.split(" ").slice(0, 2).join(" "));
  for (const kind of [`keyslot 3`, `client ${anna.address}`, `recovery ${bert.address}`]) {
    assert.ok(
      kinds.some((one) => one.startsWith(kind)),
      `${kind} in ${kinds}`,
    );
  }
  assert.deepEqual(thief.opens(), []);
  assert.ok((thief.tried ?? 0) > 3_000, `${thief.tried} tried`);
  // That it would find what lies there:
  const opened = thief.opens([Buffer.concat([Buffer.alloc(7), secret]), await deviceKey(anna)]);
  assert.equal(opened.length, 2);
  assert.equal(opened[0], `client ${anna.address}`);
  assert.match(opened[1], /^keyslot 3 /);
});

test("no code and no device's key lies in the server's folders or logs", async () => {
  const file = await readFile(await anna.stateFile(), "utf8");
  const { device_key } = JSON.parse(file);
  const code = recoveryCode.replaceAll("-", "");
  const hits = await searchFor({ code, recoveryCode, device_key }, [server.folder, server.log]);
  assert.deepEqual(hits, []);
});

test("a book that was put back behind everybody's back is noticed by each device", async () => {
  const address = anna.address;
  const of = `FROM quick_book WHERE address = '${address}'`;
  const second = await anna.another();
  await second.connect(["--recover"], { input: recoveryCode });
  const [version, sealed] = (await sql(`SELECT version, sealed ${of}`)).split("|");
  await anna.invite("qs-later@example.net");
  await second.contacts();
  const newest = await sql(`SELECT version, sealed ${of}`);
  const set = (/** @type {string} */ row) => {
    const [number, bytes] = row.split("|");
    const values = `version = ${number}, sealed = '${bytes}'`;
    return sql(`UPDATE quick_book SET ${values} WHERE address = '${address}'`);
  };
  await set(`${version}|${sealed}`);
  const rolledBack = /another contact book than this device has seen last/;
  for (const one of [anna, second]) {
    endedWith(await one.line.run(["contacts"]), 12, rolledBack);
    endedWith(await one.tryProvide([bert.address]), 12, rolledBack);
  }
  // A human who was told of a backup gives up what this device remembers.
  await second.devices(["forget", "--yes"]);
  await second.connect(["--recover"], { input: recoveryCode });
  assert.equal(await second.stateOf("qs-later@example.net"), undefined, "it is the older one");
  endedWith(await anna.line.run(["contacts"]), 12, rolledBack);
  await set(newest);
  assert.equal(await anna.stateOf("qs-later@example.net"), "invited");
});

test("a public key that the server swaps is found by both, a swapped answer by one", async () => {
  const made = createECDH("prime256v1");
  const key = made.generateKeys("base64url");
  const where = `WHERE address = '${bert.address}'`;
  const right = await sql(`SELECT public_key FROM quick_person ${where}`);
  await sql(`UPDATE quick_person SET public_key = '${key}' ${where}`);
  endedWith(await anna.tryProvide([bert.address]), 5, /identity of a contact has changed: qs-bert/);
  endedWith(await bert.line.run(["contacts"]), 12, /other keys of your own than this device/);
  await sql(`UPDATE quick_person SET public_key = '${right}' ${where}`);
  assert.equal((await bert.retrieve(await anna.provide([bert.address]))).files.length, 1);

  const carl = await Person.connected(lying.baseUrl, "qs-carl@example.net");
  await carl.accept(await anna.invite(carl.address));
  const answer = await sql(`SELECT answer FROM quick_answer WHERE recipient = '${carl.address}'`);
  const other = Buffer.from(answer, "base64url");
  Buffer.from(key, "base64url").copy(other);
  const put = (/** @type {string} */ text) =>
    sql(`UPDATE quick_answer SET answer = '${text}' WHERE recipient = '${carl.address}'`);
  await put(other.toString("base64url"));
  endedWith(await anna.line.run(["contacts"]), 0, /qs-carl@example\.net is not by who has read/);
  await put(answer);
  assert.equal(await anna.stateOf(carl.address), "connected");
});

test("two whom the server calls a pair are none: no human led to it", async () => {
  const dora = await Person.connected(lying.baseUrl, "qs-dora@example.net");
  await sql(`INSERT INTO quick_pair VALUES ('${bert.address}', '${dora.address}', 1)`);
  endedWith(await bert.tryProvide([dora.address]), 2, /not connected with you by QUICK/);
  assert.equal(await bert.stateOf(dora.address), undefined);
});
