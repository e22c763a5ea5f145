// SIGTERM in the middle of everything: what can end ends, the rest is parked, within 30 s.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import net from "node:net";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd, mailConfig } from "./harness/couvertd.mjs";
import { metricsOf } from "./harness/metrics.mjs";
import { endProgram, waitUntil } from "./harness/processes.mjs";
import { mailbox, runContext } from "./harness/run-context.mjs";

const anna = "stop-anna@example.org";
const carla = "stop-carla@example.org";
const password = "Ein Pferd, 7 Hufe";
const mebibyte = 1024 * 1024;
const content = randomBytes(24 * mebibyte);

/** The way to the mail server; once it is silent, it takes connections and says nothing. */
class MailWay {
  constructor() {
    this.silent = false;
    this.held = 0;
    /** @type {net.Socket[]} */
    this.sockets = [];
    this.listener = net.createServer((socket) => this.#take(socket));
  }

  /** @param {net.Socket} socket */
  async #take(socket) {
    this.sockets.push(socket.on("error", () => undefined));
    if (this.silent) return void this.held++;
    const { mail } = await runContext();
    const server = net.connect(mail.smtpPort, "127.0.0.1").on("error", () => socket.destroy());
    this.sockets.push(server);
    socket.pipe(server).pipe(socket);
  }

  async start() {
    await once(this.listener.listen(0, "127.0.0.1"), "listening");
    return /** @type {net.AddressInfo} */ (this.listener.address()).port;
  }

  stop() {
    this.listener.close();
    this.sockets.forEach((socket) => socket.destroy());
  }
}

const way = new MailWay();
/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {Awaited<ReturnType<ApiClient["provide"]>>} */
let made;
before(async () => {
  const port = await way.start();
  server = await Couvertd.start({ name: "transport-stop", mail: await mailConfig(port) });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  const to = [{ address: "bert@example.net" }];
  made = await client.provide({ from: anna, to, files: [["a.bin", content]], more: { password } });
  await waitUntil("the mail has gone", async () => {
    return (await metricsOf(server)).get("couvert_outbox_waiting") === 0;
  });
});
after(async () => {
  await server?.stop();
  way.stop();
});

/** A request that goes out as far as `bytes`, and whose answer nobody reads until the end.
 * @param {string} line @param {Record<string, string>} headers @param {Buffer} [bytes] */
async function begin(line, headers, bytes = Buffer.alloc(0)) {
  const socket = net.connect(server.port, "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  const fields = Object.entries({ Host: `localhost:${server.port}`, ...headers });
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`${line} HTTP/1.1\r\n${head}\r\n`);
  socket.write(bytes);
  return socket;
}

/** All that comes until the connection ends. @param {net.Socket} socket */
async function readToEnd(socket) {
  /** @type {Buffer[]} */
  const chunks = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  // A cut download ends by a reset: for once() that would be an error.
  if (!socket.closed) await new Promise((done) => socket.once("close", done));
  return Buffer.concat(chunks);
}

/** An upload of which 10 of 24 MiB have come, and nothing follows. */
async function beginUpload() {
  const draft = await client.createDraft(anna);
  const no = await draft.createFile("b.bin", content.length);
  const headers = {
    Authorization: `Bearer ${client.token}`,
    "Couvert-Secret": draft.secret,
    "Tus-Resumable": "1.0.0",
    "Content-Type": "application/offset+octet-stream",
    "Upload-Offset": "0",
    "Content-Length": String(content.length),
  };
  const bytes = content.subarray(0, 10 * mebibyte);
  const socket = await begin(`PATCH ${draft.path}/files/${no}`, headers, bytes);
  await waitUntil("the upload has come so far", async () => {
    const metrics = await metricsOf(server);
    return Number(metrics.get("couvert_received_bytes_total")) > 9.9 * mebibyte + received;
  });
  return { draft, no, socket };
}

let received = 0;

test("SIGTERM ends or parks an upload, a download, a password and a mail within 30 s", async () => {
  const opened = await client.open(made.recipients[0].transfer_id, { password });
  received = Number((await metricsOf(server)).get("couvert_received_bytes_total"));
  const upload = await beginUpload();
  const token = { "Couvert-Retrieval": String(opened.opened.token) };
  const download = await begin(`GET ${opened.path}/files/${made.draft.files[0].no}`, token);
  way.silent = true;
  await client.requestCode(carla);
  await waitUntil("everything is under way", async () => {
    const metrics = await metricsOf(server);
    const running = ["couvert_uploads_running", "couvert_downloads_running"];
    return running.every((name) => metrics.get(name) === 1) && way.held === 1;
  });
  const json = { transfer_id: made.recipients[0].transfer_id, client: "program", password };
  const body = Buffer.from(JSON.stringify(json));
  const headers = { "Content-Type": "application/json", "Content-Length": String(body.length) };
  const attempt = await begin("POST /api/v1/retrievals", headers, body);
  await waitUntil("the password is being stretched", async () => {
    const metrics = await metricsOf(server);
    return metrics.get('couvert_queue_running{queue="argon2"}') === 1 || attempt.readableLength > 0;
  });

  const begun = Date.now();
  const answer = readToEnd(attempt);
  const ended = await endProgram(/** @type {any} */ (server.child));
  const seconds = (Date.now() - begun) / 1000;
  console.log(`ended after ${seconds.toFixed(1)} s`);
  server.child = undefined;
  assert.deepEqual(ended, { code: 0, signal: null });
  assert.ok(seconds < 30, `${seconds} s`);
  assert.match((await answer).toString("latin1"), /^HTTP\/1\.1 201 /, "the password's answer came");
  const part = await readToEnd(download);
  assert.match(part.toString("latin1", 0, 200), /^HTTP\/1\.1 200 /);
  assert.ok(part.length < content.length, "the download was cut, not ended");
  upload.socket.destroy();

  way.silent = false;
  await server.serve();
  const { draft, no } = upload;
  const head = expectStatus(await draft.call("HEAD", `/files/${no}`), 200);
  const offset = Number(head.headers["upload-offset"]);
  assert.equal(offset, 10 * mebibyte, "all that came was parked");
  expectStatus(await draft.append(no, offset, content.subarray(offset)), 204);
  await (await mailbox(carla)).nextCode(); // the mail was parked, too
});

test("a second SIGTERM parks everything at once", async () => {
  received = Number((await metricsOf(server)).get("couvert_received_bytes_total"));
  const { draft, no, socket } = await beginUpload();
  const begun = Date.now();
  process.kill(server.pid, "SIGTERM");
  await waitUntil("it stops", async () => {
    return (await server.logLines()).filter((line) => line.event === "stopping").length === 2;
  });
  const ended = await endProgram(/** @type {any} */ (server.child));
  assert.deepEqual(ended, { code: 0, signal: null });
  assert.ok(Date.now() - begun < 15_000, "the upload was not waited for");
  socket.destroy();
  server.child = undefined;
  await server.serve();
  const head = expectStatus(await draft.call("HEAD", `/files/${no}`), 200);
  assert.equal(head.headers["upload-offset"], String(10 * mebibyte));
});
