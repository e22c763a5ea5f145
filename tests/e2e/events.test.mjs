// Event streams: what changes in a list of transfers is told as it happens.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { EventStream } from "./harness/event-stream.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { letIn } from "./harness/programs.mjs";

const anna = "events-anna@example.org";
const bert = "events-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const files = /** @type {[string, Buffer][]} */ ([["a.txt", Buffer.from("abc")]]);

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let hers;
/** @type {ApiClient} */
let his;
let sentPath = "";
let receivedPath = "";
let proof = "";
before(async () => {
  server = await Couvertd.start({ name: "events" });
  [hers, his] = [new ApiClient(server.baseUrl), new ApiClient(server.baseUrl)];
  proof = (await hers.verify(anna)).verification_id;
  sentPath = `/api/v1/verifications/${proof}/sent/events`;
  const { verification_id } = await his.verify(bert);
  receivedPath = `/api/v1/verifications/${verification_id}/received/events`;
});
after(() => server?.stop());

const provide = () =>
  hers.provide({ from: anna, to: [{ address: bert }], files, more: { password } });

test("sender and recipient are told of all that happens to a transfer", async () => {
  const sent = await EventStream.open(hers, sentPath);
  const received = await EventStream.open(his, receivedPath);
  assert.equal(sent.message.statusCode, 200);
  assert.equal(sent.message.headers["content-type"], "text/event-stream");
  assert.equal(sent.message.headers["x-accel-buffering"], "no");
  assert.deepEqual((await sent.next("snapshot")).transfers, []);
  assert.deepEqual((await received.next("snapshot")).transfers, []);
  const { tracking_id, recipients } = await provide();
  const versions = new Set([(await sent.next("changed", tracking_id)).version]);
  await received.next("changed", tracking_id);
  const state = async () =>
    expectStatus(await hers.call("GET", `/api/v1/sent/${tracking_id}`), 200).json.recipients[0];
  /** Takes events until the state is there, which must come by one. @param {string} field */
  const told = async (field) => {
    while (!(await state())[field]) versions.add((await sent.next("changed", tracking_id)).version);
  };
  await told("mail_settled");
  const opened = await his.open(recipients[0].transfer_id, { password });
  await sent.next("changed", tracking_id);
  assert.ok((await state()).opened);
  await received.next("changed", tracking_id);
  expectStatus(await opened.call("GET", "/files/0"), 200);
  await sent.next("changed", tracking_id);
  assert.ok((await state()).retrieved);
  expectStatus(await hers.call("POST", `/api/v1/sent/${tracking_id}/revoke`), 204);
  await sent.next("changed", tracking_id);
  await received.next("gone", tracking_id);
  // Who comes again is told where everything stands.
  const again = await EventStream.open(hers, sentPath);
  const { transfers } = await again.next("snapshot");
  assert.deepEqual(Object.keys(transfers[0]), ["tracking_id", "version"]);
  assert.equal(transfers[0].tracking_id, tracking_id);
  assert.ok(!versions.has(transfers[0].version), "another version than before");
  await waitUntil("a sign of life comes", () => sent.comments > 0, { deadline: 30_000 });
  for (const one of [sent, received, again]) one.close();
});

test("nobody else is told anything", async () => {
  const stranger = new ApiClient(server.baseUrl);
  expectProblem(await stranger.call("GET", sentPath), 401, "unproven");
  expectProblem(await stranger.call("GET", receivedPath), 401, "unproven");
  expectProblem(await his.call("GET", sentPath), 404, "denied");
  expectProblem(await hers.call("GET", receivedPath), 404, "denied");
  const made = sentPath.replace(proof, randomId());
  expectProblem(await hers.call("GET", made), 404, "denied");
});

test("a stream ends with the proof that it stands on", async () => {
  const { program, given } = await letIn(hers, proof, ["sent"]);
  const path = `/api/v1/verifications/${given.verification_id}/sent/events`;
  const stream = await EventStream.open(program, path);
  await stream.next("snapshot");
  const programs = `/api/v1/verifications/${proof}/programs`;
  const [one] = expectStatus(await hers.call("GET", programs), 200).json.programs;
  expectStatus(await hers.call("DELETE", `${programs}/${one.program_id}`), 204);
  await waitUntil("the stream ends", () => stream.ended, { deadline: 20_000 });
});

test("a session has four streams at most, and gives back those that it ends", async () => {
  for (const [client, path] of /** @type {[ApiClient, string][]} */ ([
    [hers, sentPath],
    [his, receivedPath],
  ])) {
    const open = () => EventStream.open(client, path);
    const streams = await Promise.all([open(), open(), open(), open()]);
    expectProblem(await client.call("GET", path), 429, "throttled");
    streams[0].close();
    await waitUntil("there is room for one more", async () => {
      const next = await open();
      streams.push(next);
      return next.message.statusCode === 200;
    });
    for (const one of streams) one.close();
  }
});

test("a server that stops does not wait for streams", async () => {
  const second = await Couvertd.start({ name: "events-stop" });
  const client = new ApiClient(second.baseUrl);
  const { verification_id } = await client.verify(anna);
  const path = `/api/v1/verifications/${verification_id}/sent/events`;
  const stream = await EventStream.open(client, path);
  await stream.next("snapshot");
  const begun = Date.now();
  await second.stop();
  assert.ok(Date.now() - begun < 5_000, `${Date.now() - begun} ms`);
  assert.ok(stream.ended);
});
