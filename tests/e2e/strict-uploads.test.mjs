// Names, offsets and lengths of uploads: what is wrong is refused and costs nothing that was safe.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";

/** @typedef {import("./harness/api-client.mjs").DraftClient} DraftClient */

const anna = "uploads-anna@example.org";
const password = "Ein Pferd, 7 Hufe";
const octets = "application/offset+octet-stream";

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {DraftClient} */
let draft;
before(async () => {
  server = await Couvertd.start({ name: "uploads" });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  draft = await client.createDraft(anna);
});
after(() => server?.stop());

/** @param {string | Buffer} name @param {Record<string, string>} [headers] */
function create(name, headers = {}) {
  const metadata = `filename ${Buffer.from(name).toString("base64")}`;
  return draft.call("POST", "/files", {
    headers: { "Upload-Length": "3", "Upload-Metadata": metadata, ...headers },
  });
}

/** @type {[string, string | Buffer][]} */
const hostileNames = [
  ["a way up", "../../etc/passwd"],
  ["a way up in the middle", "a/../../b"],
  ["a way up with backslashes", "..\\..\\windows\\win.ini"],
  ["two dots", ".."],
  ["one dot", "."],
  ["nothing", ""],
  ["slashes only", "///"],
  ["a zero byte", "a\0b"],
  ["a line break", "a\nb"],
  ["a carriage return", "a\rb"],
  ["an escape character", "a\x1b[2Jb"],
  ["a delete character", "a\x7fb"],
  ["a control character of the upper range", "a\u0085b"],
  ["a byte that is no UTF-8", Buffer.from([0x61, 0xff, 0x62])],
  ["half a surrogate pair", Buffer.from([0xed, 0xa0, 0x80])],
  ["an overlong slash", Buffer.from([0x2e, 0x2e, 0xc0, 0xaf])],
  ["1025 bytes", "a".repeat(1025)],
];

for (const [what, name] of hostileNames) {
  test(`a file's name must not be ${what}`, async () => {
    expectProblem(await create(name), 400, "invalid");
  });
}

test("a name from the root loses its slash and stays below the recipient's folder", async () => {
  for (const [name, kept] of [
    ["/etc/passwd", "etc/passwd"],
    ["./a//b", "a/b"],
    ["C:\\a\\b.txt", "C:/a/b.txt"],
  ]) {
    const other = await client.createDraft(anna);
    await other.createFile(name, 3);
    const { files } = expectStatus(await other.call("GET"), 200).json;
    assert.equal(files[0].name, kept);
  }
});

test("a name of 1024 bytes with every kind of character comes back as it was", async () => {
  const odd = `Ordner/'"\`$;&|<>*?:% ${"ü".repeat(400)}🎉`;
  const name = odd + "x".repeat(1024 - Buffer.byteLength(odd));
  const other = await client.createDraft(anna);
  await other.upload(name, Buffer.from("abc"));
  const { files } = expectStatus(await other.call("GET"), 200).json;
  assert.equal(files[0].name, name);
});

test("the length of a file is a plain number within the limit", async () => {
  for (const length of ["-1", "+3", "3.0", "0x3", "1e3", " ", "", "abc", "18446744073709551617"]) {
    const answer = await create("a.txt", { "Upload-Length": length });
    assert.ok([400, 413].includes(answer.status), `${length}: ${answer.status}`);
  }
  expectProblem(await create("a.txt", { "Upload-Length": String(2 ** 52) }), 413, "too_large");
});

test("the metadata of a file is what tus says, and no more", async () => {
  const name = `filename ${Buffer.from("a.txt").toString("base64")}`;
  for (const metadata of [
    "filename",
    "filename !!!",
    "filename YS50eHQ",
    "filename YS50eHR=",
    `${name},${name}`,
    `${name} `.repeat(400),
  ]) {
    const answer = await create("", { "Upload-Metadata": metadata });
    assert.ok(
      [400, 413, 431].includes(answer.status),
      `${metadata.slice(0, 60)}: ${answer.status}`,
    );
  }
});

test("another version of tus is refused and told the right one", async () => {
  for (const version of ["0.2.2", "2.0.0", ""]) {
    const answer = await create("a.txt", { "Tus-Resumable": version });
    expectProblem(answer, 412, "invalid");
    assert.equal(answer.headers["tus-version"], "1.0.0");
  }
});

test("bytes at another offset than the file's are refused, and the offset is told", async () => {
  const no = await draft.createFile("offset.bin", 600_000);
  const bytes = randomBytes(600_000);
  expectProblem(await draft.append(no, 1, bytes.subarray(1)), 409, "conflict");
  expectProblem(await draft.append(no, 600_000, Buffer.alloc(0)), 409, "conflict");
  expectStatus(await draft.append(no, 0, bytes.subarray(0, 300_000)), 204);
  expectProblem(await draft.append(no, 0, bytes.subarray(0, 300_000)), 409, "conflict");
  expectProblem(await draft.append(no, 300_001, bytes.subarray(300_001)), 409, "conflict");
  const head = await draft.call("HEAD", `/files/${no}`);
  assert.equal(head.headers["upload-offset"], "300000");
  assert.equal(head.headers["upload-length"], "600000");
  expectStatus(await draft.append(no, 300_000, bytes.subarray(300_000)), 204);
});

test("bytes past the announced length are refused, and none of them is kept", async () => {
  const no = await draft.createFile("long.bin", 300_000);
  const answer = await draft.append(no, 0, randomBytes(300_001));
  assert.ok([400, 413].includes(answer.status), String(answer.status));
  const head = await draft.call("HEAD", `/files/${no}`);
  assert.equal(head.headers["upload-offset"], "0");
});

test("a piece under 256 KiB that does not end the file is refused", async () => {
  const no = await draft.createFile("pieces.bin", 600_000);
  const answer = await draft.append(no, 0, randomBytes(1000));
  expectProblem(answer, 400, "invalid");
  const head = await draft.call("HEAD", `/files/${no}`);
  assert.equal(head.headers["upload-offset"], "0");
});

test("an upload names its offset as a plain number and its bytes by the type of tus", async () => {
  const no = await draft.createFile("type.bin", 3);
  for (const offset of ["-0", "+0", "0x0", "", "00000000000000000000000", "a"]) {
    const headers = { "Content-Type": octets, "Upload-Offset": offset };
    const answer = await draft.call("PATCH", `/files/${no}`, { headers, body: "abc" });
    expectProblem(answer, 400, "invalid");
  }
  const headers = { "Content-Type": "application/octet-stream", "Upload-Offset": "0" };
  const answer = await draft.call("PATCH", `/files/${no}`, { headers, body: "abc" });
  expectProblem(answer, 415, "invalid");
});

test("the server says in OPTIONS what of tus it speaks", async () => {
  const answer = expectStatus(await draft.call("OPTIONS", "/files"), 204);
  assert.equal(answer.headers["tus-version"], "1.0.0");
  assert.match(String(answer.headers["tus-extension"]), /creation.*termination/);
  assert.ok(Number(answer.headers["tus-max-size"]) >= 2 ** 32);
});

test("a file that was taken out is gone, and its number is not used again", async () => {
  const other = await client.createDraft(anna);
  const first = await other.upload("a.txt", Buffer.from("abc"));
  expectStatus(await other.call("DELETE", `/files/${first}`), 204);
  expectStatus(await other.call("HEAD", `/files/${first}`), 404);
  expectStatus(await other.call("DELETE", `/files/${first}`), 404);
  expectStatus(await other.append(first, 0, Buffer.from("abc")), 404);
  const second = await other.createFile("b.txt", 3);
  assert.notEqual(second, first);
  for (const no of ["-1", "4294967296", "1.0", "x", "00"]) {
    const answer = await other.call("HEAD", `/files/${no}`);
    assert.ok([400, 404].includes(answer.status), `${no}: ${answer.status}`);
  }
});

test("a draft with missing, other or unfinished files does not start, and stays", async () => {
  const other = await client.createDraft(anna);
  await other.upload("a.txt", Buffer.from("abc"));
  await other.createFile("b.bin", 10);
  const right = other.startBody([{ address: "bert@example.net" }], { password });
  expectProblem(await other.start(right), 409, "conflict", "files_differ");
  const [first, second] = other.files;
  for (const files of [[first], [{ ...first, size: 4 }], [first, { no: 77, size: 1 }], []]) {
    const answer = await other.start({ ...right, files });
    expectProblem(answer, 409, "conflict", "files_differ");
  }
  expectStatus(await other.append(second.no, 0, randomBytes(10)), 204);
  expectStatus(await other.start(right), 201);
});

test("repeating the start gives the same transfer, another start is refused", async () => {
  const other = await client.createDraft(anna);
  const body = other.startBody([{ address: "bert@example.net" }], { password, text: "Hallo" });
  const first = expectStatus(await other.start(body), 201).json;
  const again = expectStatus(await other.start(body), 200).json;
  assert.deepEqual(again.tracking_id, first.tracking_id);
  const different = { ...body, recipients: [{ address: "carla@example.com", kind: "to" }] };
  expectProblem(await other.start(different), 409, "conflict", "started_differently");
  // What has started takes no more files, and shows none.
  const headers = { "Upload-Length": "3" };
  expectProblem(await other.call("POST", "/files", { headers }), 409, "conflict");
  expectStatus(await other.call("HEAD", "/files/0"), 409);
});

test("a transfer that the policy does not allow is refused with the reason", async () => {
  const other = await client.createDraft(anna);
  const start = other.startBody([{ address: "bert@example.net" }], { password });
  const far = new Date(Date.now() + 399 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
  /** @type {[Record<string, unknown>, string][]} */
  const refused = [
    [{ recipients: [{ address: "x@elsewhere.example", kind: "to" }] }, "no_rule"],
    [{ password: "short" }, "password_weak"],
    [{ expires: far }, "life"],
  ];
  for (const [change, reason] of refused) {
    const answer = await other.start({ ...start, ...change });
    expectProblem(answer, 403, "refused", reason);
  }
  expectStatus(await other.start(start), 201);
});
