// What a stranger learns, and when access ends: by a clock that the test sets.
import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { filesBelow } from "./harness/files.mjs";
import { send } from "./harness/http.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { QuickDevice, connected } from "./harness/quick-device.mjs";

/** @typedef {import("./harness/http.mjs").Answer} Answer */

const anna = "answers-anna@example.org";
const bert = "answers-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const day = 86_400;

/** @type {Couvertd} */
let server;
/** @type {FakeClock} */
let clock;
/** @type {ApiClient} */
let client;
/** Anna's. @type {QuickDevice} */
let device;
before(async () => {
  clock = await FakeClock.create();
  server = await Couvertd.start({ name: "answers", env: clock.env });
  client = new ApiClient(server.baseUrl);
  device = await new QuickDevice(client, await client.verify(anna)).activate();
});
after(() => server?.stop());

/** A time of the API by the server's clock. @param {number} seconds from now on */
function soon(seconds) {
  return new Date(clock.now().getTime() + seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** @param {number} seconds its life @param {Record<string, unknown>} [more] */
async function provide(seconds, more = { password }) {
  const transfer = { to: [{ address: bert }], more: { expires: soon(seconds), ...more } };
  return client.provide({ from: anna, files: [["a.txt", Buffer.from("abc")]], ...transfer });
}

/** What of an answer a stranger could tell apart. @param {Answer} answer */
function visible(answer) {
  const headers = answer.rawHeaders.filter(([name]) => !/^(date|.*request-id)$/i.test(name));
  const text = answer.body.toString().replace(/"request_id":"[^"]*"/, '"request_id":"?"');
  return { status: answer.status, headers, text };
}

/** @param {string} transfer_id */
function find(transfer_id) {
  return client.call("POST", "/api/v1/transfers/find", { json: { transfer_id } });
}

/** @param {string} transfer_id */
function askCode(transfer_id) {
  const json = { transfer_id, language: "en", client: "program" };
  return client.call("POST", "/api/v1/transfers/code", { json });
}

test("unknown, expired and revoked transfers give one and the same answer", async () => {
  const expired = await provide(2 * 3600);
  const revoked = await provide(5 * day);
  const unknown = randomId();
  expectStatus(await client.call("POST", `/api/v1/sent/${revoked.tracking_id}/revoke`), 204);
  expectStatus(await client.call("POST", `/api/v1/sent/${revoked.tracking_id}/revoke`), 204);
  await clock.advance(2 * 3600 + 1);
  const ids = [unknown, expired.recipients[0].transfer_id, revoked.recipients[0].transfer_id];
  const secret = randomSecret();
  const confirm = "/api/v1/transfers/code/confirm";
  /** @type {[string, (id: string) => Promise<Answer>][]} */
  const questions = [
    ["find", (id) => find(id)],
    ["password", (id) => client.tryOpen(id, { password })],
    ["wrong password", (id) => client.tryOpen(id, { password: "Anders, 8 Hufe" })],
    ["secret", (id) => client.tryOpen(id, { secret })],
    ["envelope", (id) => device.findEnvelope(id)],
    ["ask for a code", (id) => askCode(id)],
    ["code", (id) => client.call("POST", confirm, { json: { transfer_id: id, code: "x" } })],
    ["page", (id) => send(server.baseUrl, "GET", `/r/${id}`)],
  ];
  for (const [what, ask] of questions) {
    const answers = [];
    for (const id of ids) answers.push(visible(await ask(id)));
    assert.deepEqual(answers[1], answers[0], `${what}: expired`);
    assert.deepEqual(answers[2], answers[0], `${what}: revoked`);
    if (what !== "page") assert.equal(answers[0].status, 404, what);
  }
});

test("wrong passwords are said to be wrong, and after three one waits, ever longer", async () => {
  const sent = await provide(5 * day);
  const { transfer_id } = sent.recipients[0];
  const open = (/** @type {string} */ by) => client.tryOpen(transfer_id, { password: by });
  /** Tries a wrong one until it has to wait. On a busy machine a try may outlast the pause behind
   * the one before, so some more may pass: the pauses double. */
  async function wait() {
    for (let passed = 0; passed < 8; passed++) {
      const answer = await open("Anders, 8 Hufe");
      if (answer.status === 403) {
        expectProblem(answer, 403, "refused", "wrong_password");
        continue;
      }
      expectProblem(answer, 429, "throttled");
      const seconds = Number(answer.headers["retry-after"]);
      assert.equal(answer.json.retry_after, seconds);
      return { passed, seconds };
    }
    return assert.fail("the pauses do not grow");
  }
  const first = await wait();
  assert.ok(first.passed >= 3, `after ${first.passed} tries`);
  let last = first;
  for (let pauses = 0; pauses < 4; pauses++) {
    await clock.advance(last.seconds);
    last = await wait();
    assert.ok(last.passed >= 1, "the pause did not end");
  }
  assert.ok(last.seconds > 2 * first.seconds, `${last.seconds} s after ${first.seconds} s`);
  expectProblem(await open(password), 429, "throttled");
  await clock.advance(3600);
  expectStatus(await open(password), 201);
});

test("wrong link secrets are refused, and those of another transfer, too", async () => {
  const secrets = [randomSecret(), randomSecret()];
  const transfers = [];
  for (const secret of secrets) {
    const to = [{ address: bert, kind: "to", slot_id: randomId(), secret }];
    transfers.push(await provide(5 * day, { open_by: "link", recipients: to }));
  }
  const [first] = transfers[0].recipients;
  const fragment = first.link.split("#")[1];
  assert.equal(fragment.length, 44);
  const refused = await client.tryOpen(first.transfer_id, { secret: secrets[1] });
  expectProblem(refused, 403, "refused", "wrong_password");
  for (const secret of ["", "x", fragment.slice(0, -1), `${fragment}A`, "A".repeat(44)]) {
    const answer = await client.tryOpen(first.transfer_id, { secret });
    assert.ok([400, 403, 429].includes(answer.status), `${secret}: ${answer.status}`);
  }
  await clock.advance(3600);
  expectStatus(await client.tryOpen(first.transfer_id, { secret: fragment }), 201);
});

test("access ends at the second of expiry, also for who has opened before", async () => {
  const sent = await provide(20 * 60); // within the time that an open transfer may idle
  const { transfer_id } = sent.recipients[0];
  const opened = await client.open(transfer_id, { password });
  const end = new Date(sent.expires).getTime();
  await clock.set(Math.round((end - Date.now()) / 1000) - 30);
  expectStatus(await opened.call("GET", "/files/0"), 200);
  expectStatus(await client.tryOpen(transfer_id, { password }), 201);
  await clock.set(Math.ceil((end - Date.now()) / 1000));
  expectProblem(await opened.call("GET", "/files/0"), 404, "denied");
  expectProblem(await opened.call("GET", ""), 404, "denied");
  expectProblem(await opened.call("GET", "/zip"), 404, "denied");
  expectProblem(await client.tryOpen(transfer_id, { password }), 404, "denied");
  const state = await client.call("GET", `/api/v1/sent/${sent.tracking_id}`);
  assert.equal(expectStatus(state, 200).json.state, "expired");
});

test("the envelope of a transfer is given until its last second, and not after it", async () => {
  const draft = await client.createDraft(anna);
  const more = { open_by: "quick", expires: soon(2 * 3600) };
  const body = { ...draft.startBody([], more), recipients: [connected(anna)] };
  const { transfer_id } = expectStatus(await draft.start(body), 201).json.recipients[0];
  const end = new Date(more.expires).getTime();
  await clock.set(Math.round((end - Date.now()) / 1000) - 30);
  expectStatus(await device.findEnvelope(transfer_id), 200);
  await clock.set(Math.ceil((end - Date.now()) / 1000));
  expectProblem(await device.findEnvelope(transfer_id), 404, "denied");
});

/** The objects of the server's store. */
async function objects() {
  const names = await filesBelow(path.join(server.data, "objects"));
  return names.filter((name) => !/lock/i.test(name));
}

/** Provides and says which objects that made. @param {number} seconds */
async function provideObjects(seconds) {
  const earlier = await objects();
  const sent = await provide(seconds);
  const made = (await objects()).filter((name) => !earlier.includes(name));
  assert.equal(made.length, 2, "a part and a manifest");
  const gone = async () => !(await objects()).some((name) => made.includes(name));
  return { sent, gone };
}

test("after its end a transfer's objects go, and a clock set back revives nothing", async () => {
  const { sent, gone } = await provideObjects(2 * 3600);
  await clock.advance(2 * 3600 + 1);
  await waitUntil("the objects are gone", gone, { deadline: 30_000 });
  await clock.advance(-2 * 3600 - 1);
  const { transfer_id } = sent.recipients[0];
  expectProblem(await client.tryOpen(transfer_id, { password }), 404, "denied");
  await clock.advance(2 * 3600 + 1); // right again: the server believes none that was set back
});

test("a revoked transfer's objects go, too, and nobody opens it again", async () => {
  const { sent, gone } = await provideObjects(5 * day);
  const { transfer_id } = sent.recipients[0];
  const opened = await client.open(transfer_id, { password });
  expectStatus(await client.call("POST", `/api/v1/sent/${sent.tracking_id}/revoke`), 204);
  expectProblem(await opened.call("GET", "/files/0"), 404, "denied");
  expectProblem(await client.tryOpen(transfer_id, { password }), 404, "denied");
  await waitUntil("the objects are gone", gone, { deadline: 30_000 });
});

test("a code ends after 30 minutes, a retrieval after 30 without use", async () => {
  const path = "/api/v1/verifications/confirm";
  const other = new ApiClient(server.baseUrl);
  await other.verify("answers-dora@example.org");
  await other.requestCode("answers-eva@example.org");
  const sent = await provide(5 * day);
  const opened = await client.open(sent.recipients[0].transfer_id, { password });
  await clock.advance(29 * 60);
  expectStatus(await opened.call("GET", ""), 200);
  await clock.advance(31 * 60);
  expectProblem(await opened.call("GET", ""), 404, "denied");
  const json = { address: "answers-eva@example.org", code: "aaaaaaaaaa" };
  expectProblem(await other.call("POST", path, { json }), 403, "refused", "no_code");
});

/** The files of the day keys. */
function keyFiles() {
  return readdir(path.join(server.data, "day-keys"));
}

/** The day of the server's clock as a file's name. */
function today() {
  return clock.now().toISOString().slice(0, 10);
}

test("a day key is marked a day after its day; a clock that jumps destroys none", async () => {
  const [key, mark] = [`${today()}.key`, `${today()}.mark`];
  assert.ok((await keyFiles()).includes(key));
  await clock.advance(3 * day);
  await waitUntil("the day's key is marked", async () => (await keyFiles()).includes(mark));
  assert.ok((await keyFiles()).includes(key), "the jump alone destroys nothing");
  await clock.advance(-3 * day);
  await waitUntil("the mark is gone", async () => !(await keyFiles()).includes(mark));
  assert.ok((await keyFiles()).includes(key));
});

test("a day key is destroyed after a day of running with its mark", async () => {
  const [key, mark] = [`${today()}.key`, `${today()}.mark`];
  await clock.advance(3 * day);
  await waitUntil("the day's key is marked", async () => (await keyFiles()).includes(mark));
  await server.stop();
  const bytes = Buffer.alloc(16); // running time and the clock at that time, in milliseconds
  bytes.writeBigUInt64BE(BigInt(day * 1000 - 10_000), 0);
  bytes.writeBigUInt64BE(BigInt(clock.now().getTime()), 8);
  await writeFile(path.join(server.data, "day-keys", mark), bytes);
  await server.serve();
  assert.ok((await keyFiles()).includes(key));
  await waitUntil("the key is gone", async () => !(await keyFiles()).includes(key));
});

test("verifications end after 14 days without use, and sessions with them", async () => {
  const path = "/api/v1/verifications";
  const list = async () => expectStatus(await client.call("GET", path), 200).json.verifications;
  assert.equal((await list()).length, 1);
  await clock.advance(15 * day);
  assert.equal((await list()).length, 0);
  const answer = await client.call("POST", "/api/v1/policy", {
    json: { from: anna, recipients: [bert] },
  });
  expectProblem(answer, 401, "unproven");
});
