// Uploads that go on: after broken lines, seen and unseen, a killed server, another day; and two
// who write to one file.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { waitUntil } from "./harness/processes.mjs";

/** @typedef {import("./harness/api-client.mjs").DraftClient} DraftClient */

const anna = "resume-anna@example.org";
const mebi = 1024 * 1024;
const part = 8 * mebi;

/** @type {Couvertd} */
let server;
/** @type {FakeClock} */
let clock;
/** @type {ApiClient} */
let client;
/** @type {DraftClient} */
let draft;
before(async () => {
  clock = await FakeClock.create();
  server = await Couvertd.start({ name: "resume", env: clock.env });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  draft = await client.createDraft(anna);
});
after(() => server?.stop());

/** A PATCH whose bytes the test hands over piece by piece. */
class OpenPatch {
  /** @param {number} no @param {number} offset @param {number} length
   * @param {Record<string, string>} [more] */
  static async begin(no, offset, length, more = {}) {
    const patch = new OpenPatch();
    patch.socket = net.connect(server.port, "127.0.0.1");
    patch.socket.on("error", () => undefined);
    patch.text = "";
    patch.socket.on("data", (chunk) => (patch.text += chunk.toString("latin1")));
    await once(patch.socket, "connect");
    const fields = {
      Host: `localhost:${server.port}`,
      Authorization: `Bearer ${client.token}`,
      "Couvert-Secret": draft.secret,
      "Tus-Resumable": "1.0.0",
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
      "Content-Length": String(length),
      Expect: "100-continue",
      ...more,
    };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
    patch.socket.write(`PATCH ${draft.path}/files/${no} HTTP/1.1\r\n${lines.join("")}\r\n`);
    // From here on the server has looked at the file.
    await waitUntil("the server wants the bytes", () => patch.text.includes("\r\n\r\n"));
    patch.text = "";
    return patch;
  }

  /** @param {Buffer} bytes */
  async send(bytes) {
    await new Promise((resolve) => this.socket.write(bytes, resolve));
  }

  /** The status of its answer. */
  async status() {
    await waitUntil("it is answered", () => this.text.includes("\r\n\r\n"));
    return Number(this.text.split(" ")[1]);
  }

  break() {
    this.socket.destroy();
  }

  text = "";
  socket = new net.Socket();
}

/** @param {number} no */
async function offsetOf(no) {
  const { headers } = expectStatus(await draft.call("HEAD", `/files/${no}`), 200);
  return Number(headers["upload-offset"]);
}

/** The CRC-32 of the server's answer to Start tells whether it has the very bytes.
 * @param {DraftClient} of @param {Buffer} bytes */
async function expectContent(of, bytes) {
  const password = "Ein Pferd, 7 Hufe";
  const expires = new Date(clock.now().getTime() + 86_400_000).toISOString().slice(0, 19) + "Z";
  const body = of.startBody([{ address: "resume-bert@example.net" }], { password, expires });
  const started = expectStatus(await of.start(body), 201).json;
  const opened = await client.open(started.recipients[0].transfer_id, { password });
  const got = expectStatus(await opened.call("GET", `/files/${of.files[0].no}`), 200);
  const sum = (/** @type {Buffer} */ of_) => createHash("sha256").update(of_).digest("hex");
  assert.equal(sum(got.body), sum(bytes));
}

test("a client whose line broke unseen goes on, its dead request takes nothing", async () => {
  draft = await client.createDraft(anna);
  const bytes = randomBytes(part + 3 * mebi);
  const no = await draft.createFile("unseen.bin", bytes.length);
  const dead = await OpenPatch.begin(no, 0, bytes.length);
  await dead.send(bytes.subarray(0, part + 2 * mebi));
  await waitUntil("a part is durable", async () => (await offsetOf(no)) === part);
  // The server still waits for the rest of the first request.
  const live = await OpenPatch.begin(no, part, 3 * mebi);
  await live.send(bytes.subarray(part, part + mebi));
  dead.break(); // now it hears of it, with a torn part that is large enough to be kept
  await waitUntil("the torn part is given up", async () =>
    (await server.logLines()).some((line) => line.event === "whole parts were not kept"),
  );
  assert.equal(await offsetOf(no), part);
  await live.send(bytes.subarray(part + mebi));
  assert.equal(await live.status(), 204);
  live.break();
  await expectContent(draft, bytes);
});

test("of two who write to one file the later one has it, the earlier one hears 409", async () => {
  draft = await client.createDraft(anna);
  const bytes = randomBytes(2 * mebi);
  const no = await draft.createFile("two.bin", bytes.length);
  const earlier = await OpenPatch.begin(no, 0, bytes.length);
  await earlier.send(randomBytes(mebi));
  const later = await OpenPatch.begin(no, 0, bytes.length);
  await later.send(bytes.subarray(0, mebi));
  await earlier.send(randomBytes(mebi));
  assert.equal(await earlier.status(), 409);
  assert.equal(await offsetOf(no), 0);
  await later.send(bytes.subarray(mebi));
  assert.equal(await later.status(), 204);
  earlier.break();
  later.break();
  await expectContent(draft, bytes);
});

test("what a PATCH leaves when it breaks: whole parts, a torn one from 1 MiB on", async () => {
  draft = await client.createDraft(anna);
  const bytes = randomBytes(part + 5 * mebi);
  const no = await draft.createFile("torn.bin", bytes.length);
  const patches = async () =>
    (await server.logLines()).filter((line) => line.method === "PATCH").length;
  const before = await patches();
  /** @param {number} count */
  const ended = (count) =>
    waitUntil("the server has seen it break", async () => (await patches()) === before + count);
  /** @type {[number, number][]} from where, how many; then where it stands */
  const steps = [
    [mebi - 1, 0],
    [mebi, mebi],
    [part, mebi + part],
  ];
  let offset = 0;
  for (const [index, [count, stands]] of steps.entries()) {
    const patch = await OpenPatch.begin(no, offset, bytes.length - offset);
    await patch.send(bytes.subarray(offset, offset + count));
    if (count === part) await waitUntil("it is there", async () => (await offsetOf(no)) === stands);
    patch.break();
    await ended(index + 1);
    assert.equal(await offsetOf(no), stands);
    offset = stands;
  }
  // Under a checksum all is kept or nothing.
  const rest = bytes.subarray(offset);
  const sum = `sha256 ${createHash("sha256").update(rest).digest("base64")}`;
  const checked = await OpenPatch.begin(no, offset, rest.length, { "Upload-Checksum": sum });
  await checked.send(rest.subarray(0, 2 * mebi));
  checked.break();
  await ended(steps.length + 1);
  assert.equal(await offsetOf(no), offset);
  expectStatus(await draft.append(no, offset, rest), 204);
  await expectContent(draft, bytes);
});

test("an upload goes on after the server was killed amid it, and on another day", async () => {
  draft = await client.createDraft(anna);
  const bytes = randomBytes(2 * part + mebi);
  const no = await draft.createFile("killed.bin", bytes.length);
  const patch = await OpenPatch.begin(no, 0, bytes.length);
  await patch.send(bytes.subarray(0, part + mebi));
  await waitUntil("a part is durable", async () => (await offsetOf(no)) === part);
  await server.kill();
  patch.break();
  await server.serve();
  assert.equal(await offsetOf(no), part);
  expectStatus(await draft.append(no, part, bytes.subarray(part, part + mebi)), 204);
  await clock.advance(6 * 86_400);
  assert.equal(await offsetOf(no), part + mebi);
  const last = await draft.append(no, part + mebi, bytes.subarray(part + mebi));
  expectStatus(last, 204);
  assert.ok(Date.parse(String(last.headers["upload-expires"])) > clock.now().getTime());
  await expectContent(draft, bytes);
});

test("after its end an upload is gone", async () => {
  draft = await client.createDraft(anna);
  const no = await draft.createFile("late.bin", 3);
  await clock.advance(7 * 86_400 + 1);
  expectProblem(await draft.append(no, 0, Buffer.from("abc")), 404, "denied");
  expectProblem(await draft.call("DELETE", `/files/${no}`), 404, "denied");
  expectStatus(await draft.call("HEAD", `/files/${no}`), 404);
});
