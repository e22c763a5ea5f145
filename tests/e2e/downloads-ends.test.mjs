// Downloads that must not come to their end: the transfer expires or is revoked meanwhile, or what
// is stored was spoiled. The line breaks then, so that nobody takes what came for the whole.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import http from "node:http";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { once } from "node:events";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { newFolder } from "./harness/files.mjs";
import { asRoot } from "./harness/mail-system.mjs";
import { output, waitUntil } from "./harness/processes.mjs";

const anna = "ends-anna@example.org";
const bert = "ends-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const mebibyte = 1024 * 1024;
const bytes = randomBytes(40 * mebibyte); // more than sockets and pieces under way take

/** @type {FakeClock} */
let clock;
/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
before(async () => {
  clock = await FakeClock.create();
  server = await Couvertd.start({ name: "ends", env: clock.env });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
});
after(() => server?.stop());

/** A day from now by the server's clock. */
const inADay = () =>
  new Date(clock.now().getTime() + 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");

async function provide() {
  const sent = await client.provide({
    from: anna,
    to: [{ address: bert }],
    files: [["big.bin", bytes]],
    more: { password, expires: inADay() },
  });
  const opened = await client.open(sent.recipients[0].transfer_id, { password });
  return { sent, opened };
}

/** A download whose reader waits after the first bytes.
 * @param {import("./harness/api-client.mjs").RetrievalClient} opened @param {string} below */
async function beginDownload(opened, below) {
  const headers = { "Couvert-Retrieval": String(opened.opened.token) };
  const target = { host: "127.0.0.1", port: server.port, path: opened.path + below };
  const request = http.get({ ...target, headers, agent: false });
  request.on("error", () => undefined); // the answer tells how it ended
  const [answer] = /** @type {[http.IncomingMessage]} */ (await once(request, "response"));
  assert.equal(answer.statusCode, 200);
  answer.pause();
  let came = 0;
  /** Reads on; how much came, and whether the answer was whole. */
  const rest = async () => {
    await new Promise((resolve) => {
      answer.on("data", (chunk) => (came += chunk.length));
      answer.once("error", resolve).once("close", resolve);
      answer.resume();
    });
    return { came, whole: answer.complete };
  };
  return { rest, length: Number(answer.headers["content-length"]) };
}

for (const below of ["/files/0", "/zip"]) {
  test(`expiry ends a download of ${below} that is under way`, async () => {
    const { opened } = await provide();
    const download = await beginDownload(opened, below);
    await clock.advance(86_400);
    const { came, whole } = await download.rest();
    assert.ok(came < download.length, `${came} of ${download.length}`);
    assert.equal(whole, false);
    expectStatus(await opened.call("GET", below), 404);
  });

  test(`revocation ends a download of ${below} that is under way`, async () => {
    const { sent, opened } = await provide();
    const download = await beginDownload(opened, below);
    expectStatus(await client.call("POST", `/api/v1/sent/${sent.tracking_id}/revoke`), 204);
    const { came, whole } = await download.rest();
    assert.ok(came < download.length, `${came} of ${download.length}`);
    assert.equal(whole, false);
    expectStatus(await opened.call("GET", below), 404);
  });
}

/** The stored object of a part of 8 MiB that was written last. */
async function newestPart() {
  const objects = path.join(server.data, "objects");
  const parts = [];
  for (const entry of await readdir(objects, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(file);
    if (entry.isFile() && size > 8 * mebibyte) parts.push({ file, mtimeMs });
  }
  return parts.sort((a, b) => b.mtimeMs - a.mtimeMs)[0].file;
}

test("a spoiled part breaks the line, counts as nothing; what is whole still comes", async () => {
  const { sent, opened } = await provide();
  const handle = await open(await newestPart(), "r+");
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, 3 * mebibyte);
  await handle.write(Buffer.from([buffer[0] ^ 1]), 0, 1, 3 * mebibyte);
  await handle.close();
  for (const below of ["/files/0", "/zip"]) {
    const { rest, length } = await beginDownload(opened, below);
    const { came, whole } = await rest();
    assert.ok(came < length && came > 8 * mebibyte, `${came} of ${length}`);
    assert.equal(whole, false);
  }
  const part = expectStatus(await opened.call("GET", "/files/0", { Range: "bytes=0-99" }), 206);
  assert.ok(part.body.equals(bytes.subarray(0, 100)));
  const state = expectStatus(await client.call("GET", `/api/v1/sent/${sent.tracking_id}`), 200);
  assert.equal(state.json.recipients[0].retrieved, undefined);
});

test("a full disk spoils no download", async () => {
  const data = path.join(await newFolder("full"), "data");
  await mkdir(data);
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()},mode=0700`;
  await output(asRoot(["mount", "-t", "tmpfs", "-o", `size=24m,${owner}`, "tmpfs", data]));
  const wholeDisk = { store: { free_bytes_min: "0" } };
  await clock.set(0); // the mail system's certificate holds for two days
  const own = await Couvertd.start({
    name: "full-download",
    data,
    env: clock.env,
    config: wholeDisk,
  });
  try {
    const sender = new ApiClient(own.baseUrl);
    await sender.verify(anna);
    const small = bytes.subarray(0, 5 * mebibyte);
    const sent = await sender.provide({
      from: anna,
      to: [{ address: bert }],
      files: [["a.bin", small]],
      more: { password, expires: inADay() },
    });
    const opened = await sender.open(sent.recipients[0].transfer_id, { password });
    const filler = await open(path.join(data, "filler"), "w");
    while (await filler.write(Buffer.alloc(4096)).catch(() => undefined));
    await filler.close();
    await clock.advance(300); // the session's use should be noted again, and cannot
    for (let again = 0; again < 3; again++) {
      const got = expectStatus(await opened.call("GET", "/files/0"), 200);
      assert.ok(got.body.equals(small));
    }
    await rm(path.join(data, "filler"));
    expectStatus(await opened.call("GET", "/zip"), 200);
    const state = () => sender.call("GET", `/api/v1/sent/${sent.tracking_id}`);
    await waitUntil("it is noted", async () => (await state()).json.recipients[0].retrieved);
  } finally {
    await own.stop();
    await output(asRoot(["umount", data]));
  }
});
