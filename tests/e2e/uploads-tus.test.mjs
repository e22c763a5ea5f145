// tus 1.0.0 as its text says it: core, creation, creation with upload, expiration, checksum,
// termination. What a client gets to see, word by word.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { send, sendRaw } from "./harness/http.mjs";

/** @typedef {import("./harness/api-client.mjs").DraftClient} DraftClient */
/** @typedef {import("./harness/http.mjs").Answer} Answer */

const anna = "tus-anna@example.org";
const octets = "application/offset+octet-stream";
const week = 7 * 86_400_000;

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {DraftClient} */
let draft;
before(async () => {
  server = await Couvertd.start({
    name: "tus",
    config: { limits: { transfer_bytes_max: "100_000_000", unsent_bytes_max: "150_000_000" } },
  });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  draft = await client.createDraft(anna);
});
after(() => server?.stop());

/** @param {Record<string, string>} headers @param {Buffer | string} [body] */
function create(headers, body) {
  return draft.call("POST", "/files", { headers, ...(body !== undefined && { body }) });
}

/** The path below the draft of what was created. @param {Answer} answer */
const placeOf = (answer) => String(answer.headers.location).replace(draft.path, "");

/** @param {number} size */
async function begin(size) {
  return placeOf(expectStatus(await create({ "Upload-Length": String(size) }), 201));
}

/** @param {string} place @param {number} offset @param {Buffer | string} body
 * @param {Record<string, string>} [more] */
function append(place, offset, body, more = {}) {
  const headers = { "Content-Type": octets, "Upload-Offset": String(offset), ...more };
  return draft.call("PATCH", place, { headers, body });
}

/** @param {string} place */
async function offsetOf(place) {
  return expectStatus(await draft.call("HEAD", place), 200).headers["upload-offset"];
}

/** @param {string} kind @param {Buffer | string} bytes */
const checksum = (kind, bytes) => `${kind} ${createHash(kind).update(bytes).digest("base64")}`;

/** @param {Answer} answer */
function expectExpiry(answer) {
  const expires = Date.parse(String(answer.headers["upload-expires"]));
  assert.match(String(answer.headers["upload-expires"]), /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/);
  assert.ok(Math.abs(expires - Date.now() - week) < 3_600_000, answer.headers.date);
}

test("OPTIONS names version, extensions, algorithms and the largest size, to anybody", async () => {
  for (const below of ["/files", "/files/0"]) {
    // A version in the request means nothing here.
    const headers = { "Tus-Resumable": "0.2.2" };
    const answer = await send(server.baseUrl, "OPTIONS", draft.path + below, { headers });
    expectStatus(answer, 204);
    assert.equal(answer.headers["tus-resumable"], "1.0.0");
    assert.equal(answer.headers["tus-version"], "1.0.0");
    assert.deepEqual(String(answer.headers["tus-extension"]).split(",").sort(), [
      "checksum",
      "creation",
      "creation-with-upload",
      "expiration",
      "termination",
    ]);
    assert.equal(answer.headers["tus-checksum-algorithm"], "sha1,sha256");
    assert.equal(answer.headers["tus-max-size"], "100000000");
  }
});

test("every answer names the version, those of refused requests, too", async () => {
  const place = await begin(10);
  const missing = `/files/${2 ** 32 - 1}`;
  const stranger = { "Couvert-Secret": "x" };
  /** @type {[number, () => Promise<Answer>][]} */
  const cases = [
    [200, () => draft.call("HEAD", place)],
    [204, () => append(place, 0, "")],
    [400, () => draft.call("PATCH", place, { headers: { "Content-Type": octets } })],
    [400, () => draft.call("HEAD", place, { headers: stranger })],
    [401, () => send(server.baseUrl, "HEAD", draft.path + place, { headers: tus })],
    [404, () => draft.call("HEAD", missing)],
    [404, () => append(missing, 0, "abc")],
    [404, () => draft.call("DELETE", missing)],
    [404, () => draft.call("HEAD", "/files/no-number")],
    [404, () => client.call("HEAD", `/api/v1/drafts/${randomId()}/files/0`, asSender())],
    [405, () => draft.call("GET", place)],
    [405, () => draft.call("PUT", place, { body: "abc" })],
    [409, () => append(place, 5, "abcde")],
    [411, () => withoutLength(place)],
    [412, () => draft.call("HEAD", place, { headers: { "Tus-Resumable": "0.2.2" } })],
    [412, () => draft.call("DELETE", place, { headers: { "Tus-Resumable": "1.0" } })],
    [412, () => append(place, 0, "abc", { "Tus-Resumable": "2.0.0" })],
    [413, () => append(place, 0, "more than ten bytes")],
    [415, () => append(place, 0, "abc", { "Content-Type": "application/octet-stream" })],
  ];
  for (const [status, ask] of cases) {
    const answer = expectStatus(await ask(), status);
    assert.equal(answer.headers["tus-resumable"], "1.0.0", `${answer.method} ${status}`);
    if (status === 412) assert.equal(answer.headers["tus-version"], "1.0.0");
    if (status >= 400) assert.equal(answer.headers["upload-offset"], undefined);
  }
  assert.equal(await offsetOf(place), "0");
});

const tus = { "Tus-Resumable": "1.0.0" };
const asSender = () => ({ headers: { "Couvert-Secret": draft.secret, ...tus } });

/** A PATCH that does not say how long it is. @param {string} place @returns {Promise<Answer>} */
async function withoutLength(place) {
  const head = [
    `PATCH ${draft.path}${place} HTTP/1.1`,
    "Host: localhost",
    "Connection: close",
    `Content-Type: ${octets}`,
    "Tus-Resumable: 1.0.0",
    "Upload-Offset: 0",
  ].join("\r\n");
  const { text } = await sendRaw(server.baseUrl, `${head}\r\n\r\n`);
  const headers = { "tus-resumable": /tus-resumable: (.*)\r/i.exec(text)?.[1] };
  const status = Number(text.split(" ")[1]);
  return /** @type {any} */ ({ method: "PATCH", status, headers, body: Buffer.alloc(0) });
}

test("a request without a version is not looked at", async () => {
  const place = await begin(3);
  const headers = { "Tus-Resumable": "", "Content-Type": octets, "Upload-Offset": "0" };
  expectProblem(await draft.call("PATCH", place, { headers, body: "abc" }), 412, "invalid");
  assert.equal(await offsetOf(place), "0");
});

test("creation answers with the place, the end and nothing taken yet", async () => {
  const metadata = "filename Zm90by5qcGc=,is_confidential,checksum /w==";
  const answer = expectStatus(
    await create({ "Upload-Length": "7", "Upload-Metadata": metadata }),
    201,
  );
  assert.match(placeOf(answer), /^\/files\/\d+$/);
  assert.equal(answer.headers["upload-offset"], "0");
  expectExpiry(answer);
  const head = expectStatus(await draft.call("HEAD", placeOf(answer)), 200);
  assert.equal(head.headers["upload-length"], "7");
  assert.equal(head.headers["upload-metadata"], metadata);
  assert.match(String(head.headers["cache-control"]), /no-store/);
  expectExpiry(head);
});

test("a file needs neither metadata nor a name", async () => {
  const own = await client.createDraft(anna);
  for (const metadata of [undefined, "", "type Zm90bw=="]) {
    /** @type {Record<string, string>} */
    const headers = { "Upload-Length": "0" };
    if (metadata !== undefined) headers["Upload-Metadata"] = metadata;
    const { location } = expectStatus(await own.call("POST", "/files", { headers }), 201).headers;
    const head = await own.call("HEAD", String(location).replace(own.path, ""));
    assert.equal(head.headers["upload-metadata"] ?? "", metadata ?? "");
  }
  const { files } = expectStatus(await own.call("GET"), 200).json;
  assert.deepEqual(
    files.map((/** @type {any} */ file) => file.name),
    ["file-1", "file-2", "file-3"],
  );
});

test("a length must be announced, and extensions that are not offered are refused", async () => {
  expectProblem(await create({}), 400, "invalid");
  /** @type {Record<string, string>[]} */
  const others = [
    { "Upload-Defer-Length": "1" },
    { "Upload-Concat": "partial", "Upload-Length": "5" },
    { "Upload-Concat": `final;${draft.path}/files/0` },
  ];
  for (const headers of others) {
    expectProblem(await create(headers), 400, "invalid", "tus_extension");
  }
});

test("more than a transfer may hold is 413, more than a sender may hold 507", async () => {
  for (const size of ["100000001", String(2 ** 50), "18446744073709551616", "9".repeat(30)]) {
    expectProblem(await create({ "Upload-Length": size }), 413, "too_large", "size");
  }
  const one = await client.createDraft(anna);
  await one.createFile("a", 60_000_000);
  const headers = { "Upload-Length": "40000001" };
  const sum = await one.call("POST", "/files", { headers });
  expectProblem(sum, 413, "too_large", "size");
  const other = await client.createDraft(anna);
  const over = { headers: { "Upload-Length": "90000000" } };
  expectProblem(await other.call("POST", "/files", over), 507, "full", "quota");
  expectStatus(await one.call("DELETE"), 204);
  expectStatus(await other.call("POST", "/files", over), 201);
  expectStatus(await other.call("DELETE"), 204);
});

test("a file may come with its creation, whole or in part", async () => {
  const bytes = randomBytes(600_000);
  const type = { "Content-Type": octets };
  const whole = await create({ "Upload-Length": "5", ...type }, "hello");
  expectStatus(whole, 201);
  assert.equal(whole.headers["upload-offset"], "5");
  expectExpiry(whole);
  assert.equal(await offsetOf(placeOf(whole)), "5");

  const part = await create({ "Upload-Length": "600000", ...type }, bytes.subarray(0, 300_000));
  expectStatus(part, 201);
  assert.equal(part.headers["upload-offset"], "300000");
  expectStatus(await append(placeOf(part), 300_000, bytes.subarray(300_000)), 204);

  // Too few to make a part of: the file is there, and waits for them.
  const few = await create({ "Upload-Length": "600000", ...type }, bytes.subarray(0, 1000));
  expectStatus(few, 201);
  assert.equal(few.headers["upload-offset"], "0");
  expectStatus(await append(placeOf(few), 0, bytes), 204);

  const empty = await create({ "Upload-Length": "0", ...type }, "");
  assert.equal(expectStatus(empty, 201).headers["upload-offset"], "0");
});

test("a creation that is refused leaves no file behind", async () => {
  const { files } = expectStatus(await draft.call("GET"), 200).json;
  const type = { "Content-Type": octets };
  const wrong = { "Upload-Checksum": checksum("sha1", "other"), ...type };
  expectProblem(await create({ "Upload-Length": "5" }, "hello"), 415, "invalid");
  expectProblem(await create({ "Upload-Length": "4", ...type }, "hello"), 413, "too_large");
  expectProblem(
    await create({ "Upload-Length": "5", ...wrong }, "hello"),
    460,
    "invalid",
    "wrong_checksum",
  );
  const after = expectStatus(await draft.call("GET"), 200).json.files;
  assert.deepEqual(after, files);
});

test("every PATCH is answered with the new offset and the end of the upload", async () => {
  const bytes = randomBytes(700_000);
  const place = await begin(bytes.length);
  const first = expectStatus(await append(place, 0, bytes.subarray(0, 300_000)), 204);
  assert.equal(first.headers["upload-offset"], "300000");
  expectExpiry(first);
  const nothing = expectStatus(await append(place, 300_000, ""), 204);
  assert.equal(nothing.headers["upload-offset"], "300000");
  const small = await append(place, 300_000, bytes.subarray(300_000, 300_005));
  expectProblem(small, 400, "invalid", "piece_too_small");
  expectExpiry(small);
  const wrong = await append(place, 0, bytes);
  expectProblem(wrong, 409, "conflict");
  expectExpiry(wrong);
  const last = expectStatus(await append(place, 300_000, bytes.subarray(300_000)), 204);
  assert.equal(last.headers["upload-offset"], "700000");
  expectStatus(await append(place, 700_000, ""), 204);
});

test("a right checksum of either kind is taken, a wrong one keeps nothing at all", async () => {
  const bytes = randomBytes(9 * 1024 * 1024); // more than one part
  for (const kind of ["sha1", "sha256"]) {
    const place = await begin(bytes.length);
    expectStatus(await append(place, 0, bytes.subarray(0, 300_000)), 204);
    const rest = bytes.subarray(300_000);
    const damaged = Buffer.from(rest);
    damaged[damaged.length - 1] ^= 1;
    const fields = { "Upload-Checksum": checksum(kind, rest) };
    const refused = await append(place, 300_000, damaged, fields);
    expectProblem(refused, 460, "invalid", "wrong_checksum");
    assert.equal(await offsetOf(place), "300000");
    const taken = expectStatus(await append(place, 300_000, rest, fields), 204);
    assert.equal(taken.headers["upload-offset"], String(bytes.length));
    expectStatus(await draft.call("DELETE", place), 204);
  }
});

test("a checksum that is not understood is refused before its bytes", async () => {
  const place = await begin(11);
  const hello = "hello world";
  const known = { "Upload-Checksum": "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=" };
  for (const field of [
    "md5 XrY7u+Ae7tCTyyK7j1rNww==",
    "crc32 DUoRhQ==",
    "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
    "sha1",
    "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0",
    "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
    "",
  ]) {
    const answer = await append(place, 0, hello, { "Upload-Checksum": field });
    expectProblem(answer, 400, "invalid");
  }
  assert.equal(await offsetOf(place), "0");
  expectStatus(await append(place, 0, hello, known), 204);
});

test("what was terminated is gone, a finished upload too", async () => {
  for (const bytes of ["", "abc"]) {
    const place = await begin(3);
    if (bytes) expectStatus(await append(place, 0, bytes), 204);
    expectStatus(await draft.call("DELETE", place), 204);
    for (const answer of [
      await draft.call("HEAD", place),
      await append(place, 0, "abc"),
      await draft.call("DELETE", place),
    ]) {
      expectStatus(answer, 404);
    }
  }
});

test("POST may stand for PATCH, DELETE and HEAD, nothing may make a reader write", async () => {
  const place = await begin(3);
  const as = (/** @type {string} */ method) => ({ "X-HTTP-Method-Override": method });
  const post = (/** @type {string} */ method, /** @type {any} */ more = {}) =>
    draft.call("POST", place, { ...more, headers: { ...as(method), ...more.headers } });
  const patch = { headers: { "Content-Type": octets, "Upload-Offset": "0" }, body: "abc" };
  const taken = expectStatus(await post("PATCH", patch), 204);
  assert.equal(taken.headers["upload-offset"], "3");
  const head = expectStatus(await post("HEAD"), 200);
  assert.equal(head.headers["upload-offset"], "3");
  for (const reader of ["GET", "HEAD"]) {
    expectStatus(await draft.call(reader, place, { headers: as("DELETE") }), 400);
  }
  expectStatus(await post("PUT"), 405);
  expectStatus(await post("BREW"), 405);
  expectStatus(await post("DELETE"), 204);
  expectStatus(await draft.call("HEAD", place), 404);
  // Elsewhere the field means nothing.
  expectStatus(await draft.call("GET", "", { headers: as("DELETE") }), 200);
});
