// Floods of what is well-formed: codes, drafts, passwords, uploads that nobody ends. What strangers
// can make the server keep is bounded, and others are served meanwhile.
//
// COUVERT_HOSTILE=20 node tests/e2e/run.mjs hostile: twenty times as many, by hand.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { connectMany, expectAtRest, figuresOf, many, Witness } from "./harness/attacker.mjs";
import { Couvertd, mailConfig } from "./harness/couvertd.mjs";
import { send } from "./harness/http.mjs";
import { freePort } from "./harness/ports.mjs";
import { output, pause, waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";

const password = "Ein Pferd, 7 Hufe";
const anna = "flood-anna@example.org";
const content = randomBytes(700_000);
// As limits.h says.
const codesPerNetwork = 60;
const draftsPerSender = 100;
const codesPerAddress = 5;

/** Its clients' networks are what X-Forwarded-For says. @type {Couvertd} */
let server;
/** @type {ApiClient} */
let sender;
/** @type {import("./harness/api-client.mjs").RetrievalClient} */
let opened;
/** @type {string} */
let transferId;
before(async () => {
  const config = { "": { proxies: '["127.0.0.0/8"]' } };
  server = await Couvertd.start({ name: "hostile-floods", config });
  sender = new ApiClient(server.baseUrl);
  await sender.verify(anna);
  const sent = await sender.provide({
    from: anna,
    to: [{ address: "flood-bert@example.net" }],
    files: [["a.bin", content]],
    more: { password },
  });
  transferId = sent.recipients[0].transfer_id;
  opened = await sender.open(transferId, { password });
});
after(() => server?.stop());

/** A witness that fetches a file, too. */
function witness() {
  return new Witness(server.baseUrl, async () => {
    const file = expectStatus(await opened.call("GET", "/files/0"), 200);
    assert.ok(file.body.equals(content), "the same bytes");
  });
}

/** The number of a query. @param {string} table @param {string} [where] */
async function rows(table, where = "1", at = server) {
  const file = path.join(at.data, "couvert.db");
  const query = `SELECT COUNT(*) FROM ${table} WHERE ${where};`;
  return Number(await output(["sqlite3", "-readonly", "-cmd", ".timeout 5000", file, query]));
}

/** How many stored objects there are, unfinished ones too. */
async function objects() {
  const all = await readdir(path.join(server.data, "objects"), { recursive: true });
  return all.filter((name) => path.basename(name).length > 2).length;
}

/** So many at a time, until all are done. @template T @param {number} count
 * @param {(at: number) => Promise<T>} work @returns {Promise<T[]>} */
async function inParallel(count, work, atOnce = 40) {
  /** @type {T[]} */
  const done = [];
  let next = 0;
  const workers = Array.from({ length: atOnce }, async () => {
    while (next < count) done.push(await work(next++));
  });
  await Promise.all(workers);
  return done;
}

/** How often each status came. @param {{ status: number }[]} answers */
function statuses(answers) {
  /** @type {Record<number, number>} */
  const counted = {};
  for (const { status } of answers) counted[status] = (counted[status] ?? 0) + 1;
  return counted;
}

/** A request for a code, from a network. @param {string} network @param {string} address */
function askCode(network, address, at = server) {
  return send(at.baseUrl, "POST", "/api/v1/verifications", {
    headers: { "X-Forwarded-For": network },
    json: { address, language: "en", client: "program" },
  });
}

test("hostile: two hundred uploads that break off at 99 % leave nothing behind", async () => {
  const size = 300_000;
  const draft = await sender.createDraft(anna);
  const numbers = await inParallel(many(200), (at) => draft.createFile(`${at}.bin`, size));
  const [rest, before] = [await figuresOf(server), await objects()];
  const watching = witness();
  const connections = await connectMany(server.port, numbers.length);
  const most = randomBytes(Math.floor(size * 0.99));
  connections.forEach((one, at) => {
    one.write(
      [
        `PATCH ${draft.path}/files/${numbers[at]} HTTP/1.1`,
        "Host: x",
        `Authorization: Bearer ${sender.token}`,
        `Couvert-Secret: ${draft.secret}`,
        "Tus-Resumable: 1.0.0",
        "Upload-Offset: 0",
        "Content-Type: application/offset+octet-stream",
        `Content-Length: ${size}`,
        "\r\n",
      ].join("\r\n"),
    );
    one.write(most);
  });
  await waitUntil("parts are open", async () => (await objects()) > before);
  await pause(500);
  connections.forEach((one, at) => one.close(at % 2 ? "reset" : "drop"));
  await watching.stop();
  await expectAtRest(server, rest);
  await waitUntil("no part is left", async () => (await objects()) === before);
  const head = expectStatus(await draft.call("HEAD", `/files/${numbers[0]}`), 200);
  assert.equal(head.headers["upload-offset"], "0");
  expectStatus(await draft.append(numbers[0], 0, randomBytes(size)), 204);
});

test("hostile: a network's flood of codes writes no row over its limit", async () => {
  // The mail server is away: what is written waits, and can be counted.
  const config = { "": { proxies: '["127.0.0.0/8"]' } };
  const mail = await mailConfig(await freePort());
  const own = await Couvertd.start({ name: "hostile-codes", config, mail });
  try {
    const watching = new Witness(own.baseUrl);
    const answers = await inParallel(many(400), (at) =>
      askCode("203.0.113.1", `victim${at}@example.net`, own),
    );
    await watching.stop();
    const counted = statuses(answers);
    assert.deepEqual(Object.keys(counted), ["202", "429"], JSON.stringify(counted));
    assert.equal(counted[202], codesPerNetwork);
    for (const table of ["session", "code", "outbox"]) {
      assert.equal(await rows(table, "1", own), codesPerNetwork, table);
    }
    assert.equal(await rows("counter", "1", own), codesPerNetwork + 2);
    expectStatus(await askCode("203.0.113.2", "dora@example.net", own), 202);
  } finally {
    await own.stop();
  }
});

test("hostile: a mailbox gets five codes an hour, whoever asks from wherever", async () => {
  const victim = "flood-victim@example.net";
  const answers = await inParallel(40, (at) =>
    askCode(`198.51.100.${at}`, at % 2 ? victim : "Flood-Victim@EXAMPLE.net"),
  );
  assert.deepEqual(statuses(answers), { 202: 40 }, "its limit tells nothing");
  await waitUntil("they are mailed", async () => (await rows("outbox")) === 0);
  const box = await mailbox(victim);
  for (let mail = 0; mail < codesPerAddress; mail++) await box.next();
  await box.rest();
  assert.equal(box.seen, codesPerAddress);
});

test("hostile: drafts of strangers are no rows, those of a sender are bounded", async () => {
  const before = await rows("transfer");
  const create = (/** @type {string} */ token) =>
    send(server.baseUrl, "POST", "/api/v1/drafts", {
      headers: { Authorization: `Bearer ${token}`, "Couvert-Secret": randomSecret() },
      json: { from: anna, slot_id: randomId() },
    });
  const watching = witness();
  const strangers = await inParallel(many(200), () => create(randomSecret()));
  assert.deepEqual(statuses(strangers), { 401: strangers.length });
  assert.equal(await rows("transfer"), before);
  const own = await inParallel(many(150), () => create(sender.token));
  await watching.stop();
  assert.deepEqual(Object.keys(statuses(own)), ["201", "429"]);
  assert.equal(await rows("transfer", "state = 'draft'"), draftsPerSender);
});

test("hostile: floods of passwords stop no recipient of another transfer", async () => {
  const rest = await figuresOf(server);
  const watching = witness();
  const guess = (/** @type {string} */ id, /** @type {string} */ network) =>
    send(server.baseUrl, "POST", "/api/v1/retrievals", {
      headers: { "X-Forwarded-For": network },
      json: { transfer_id: id, client: "program", password: "wrong" },
    });
  const known = await inParallel(many(150), () => guess(transferId, "203.0.113.5"));
  const unknown = await inParallel(many(150), () => guess(randomId(), "203.0.113.6"));
  await watching.stop();
  const counted = statuses(known);
  assert.ok((counted[403] ?? 0) <= 5 && (counted[429] ?? 0) > 100, JSON.stringify(counted));
  assert.deepEqual(statuses(unknown), { 404: unknown.length });
  assert.ok((await rows("attempt")) <= 4, "no row for what is not there");
  await expectAtRest(server, rest);
});
