// A request that is named by Idempotency-Key does nothing twice, whatever happened to its answer.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { mailbox } from "./harness/run-context.mjs";

const anna = "repeats-anna@example.org";
const bert = "repeats-bert@example.net";
const dora = "repeats-dora@example.net";
const password = "Ein Pferd, 7 Hufe";

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
before(async () => {
  server = await Couvertd.start({ name: "repeats" });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
});
after(() => server?.stop());

const named = (/** @type {string} */ name) => ({ "Idempotency-Key": `"${name}"` });

test("a file that is announced again by the same name is there once", async () => {
  const draft = await client.createDraft(anna);
  const announce = (/** @type {string} */ name) =>
    draft.call("POST", "/files", { headers: { "Upload-Length": "3", ...named(name) } });
  const first = expectStatus(await announce("a"), 201);
  expectStatus(await draft.append(0, 0, Buffer.from("abc")), 204);
  const again = expectStatus(await announce("a"), 201);
  assert.equal(again.headers.location, first.headers.location);
  assert.equal(again.headers["upload-offset"], "3", "what it has is told");
  const second = expectStatus(await announce("b"), 201);
  assert.notEqual(second.headers.location, first.headers.location);
  const { files } = expectStatus(await draft.call("GET"), 200).json;
  assert.equal(files.length, 2);
  const other = await client.createDraft(anna);
  const headers = { "Upload-Length": "3", ...named("a") };
  expectStatus(await other.call("POST", "/files", { headers }), 201);
  const there = expectStatus(await other.call("GET"), 200).json;
  assert.equal(there.files.length, 1, "a name belongs to one draft");
});

test("a mail asked for again by the same name goes out once; one is replaced once", async () => {
  const sent = await client.provide({ from: anna, to: [{ address: bert }], more: { password } });
  const recipient = `/api/v1/sent/${sent.tracking_id}/recipients/0`;
  const boxes = [await mailbox(bert), await mailbox(dora)];
  await boxes[0]?.next();
  const mail = (/** @type {string} */ name) =>
    client.call("POST", `${recipient}/mail`, { json: {}, headers: named(name) });
  expectStatus(await mail("first"), 204);
  await boxes[0]?.next();
  expectStatus(await mail("first"), 204);
  const json = { address: dora };
  const replace = (/** @type {string} */ name) =>
    client.call("POST", `${recipient}/replace`, { json, headers: named(name) });
  expectStatus(await replace("one"), 204);
  expectStatus(await replace("one"), 204);
  expectProblem(await replace("two"), 409, "conflict", "revoked");
  await boxes[1]?.next();
  const { recipients } = expectStatus(
    await client.call("GET", `/api/v1/sent/${sent.tracking_id}`),
    200,
  ).json;
  assert.equal(recipients.length, 2);
  // The notice that it was taken back, and no third mail of the transfer.
  const rest = (await boxes[0]?.rest()) ?? [];
  assert.equal(rest.filter((one) => one.text.includes("/r/")).length, 0);
});

test("a malformed name is refused, and nothing is done", async () => {
  const draft = await client.createDraft(anna);
  for (const name of ["a", '""', '"a', `"${"x".repeat(65)}"`, '"a"b"', '"a\\"']) {
    const headers = { "Upload-Length": "3", "Idempotency-Key": name };
    expectProblem(await draft.call("POST", "/files", { headers }), 400, "invalid");
  }
  assert.deepEqual(expectStatus(await draft.call("GET"), 200).json.files, []);
});

test("who is over a limit is told how long it lasts, in both fields", async () => {
  const sent = await client.provide({ from: anna, to: [{ address: bert }], more: { password } });
  const mail = () =>
    client.call("POST", `/api/v1/sent/${sent.tracking_id}/recipients/0/mail`, { json: {} });
  let answer = await mail();
  for (let i = 0; i < 5 && answer.status === 204; i++) answer = await mail();
  expectProblem(answer, 429, "throttled");
  const seconds = String(answer.headers["retry-after"]);
  assert.match(seconds, /^\d+$/);
  assert.equal(answer.headers["ratelimit"], `"default";r=0;t=${seconds}`);
});
