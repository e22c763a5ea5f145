// Single requests that mean harm: absurd numbers, strange spellings, bombs. Each gets a clear
// answer and changes nothing; what strict-http and strict-json refuse is not repeated here.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomSecret } from "./harness/api-client.mjs";
import { expectAtRest, figuresOf } from "./harness/attacker.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { send, sendRaw } from "./harness/http.mjs";

const password = "Ein Pferd, 7 Hufe";
const bytes = randomBytes(300_000);

/** @type {Couvertd} */
let server;
/** @type {import("./harness/api-client.mjs").DraftClient} */
let draft;
/** @type {import("./harness/api-client.mjs").RetrievalClient} */
let opened;
before(async () => {
  server = await Couvertd.start({ name: "hostile-requests" });
  const client = new ApiClient(server.baseUrl);
  await client.verify("hostile-anna@example.org");
  const sent = await client.provide({
    from: "hostile-anna@example.org",
    to: [{ address: "hostile-bert@example.net" }],
    files: [["a.bin", bytes]],
    more: { password },
  });
  opened = await client.open(sent.recipients[0].transfer_id, { password });
  draft = await client.createDraft("hostile-anna@example.org");
});
after(() => server?.stop());

const absurd = ["9223372036854775808", "18446744073709551616", "-1", "+1", "01", "0x10", "1e3"];
const strange = [...absurd, "1.0", "1,1", "NaN", "", " ", "١", "9".repeat(400)];

test("hostile: absurd lengths and offsets of uploads are refused and change nothing", async () => {
  const metadata = { "Upload-Metadata": `filename ${Buffer.from("a").toString("base64")}` };
  const no = await draft.createFile("half.bin", 1_000_000);
  for (const number of strange.filter((text) => /^[ -~]*$/.test(text))) {
    const created = await draft.call("POST", "/files", {
      headers: { ...metadata, "Upload-Length": number },
    });
    assert.ok([400, 413].includes(created.status), `length ${number}: ${created.status}`);
    const appended = await draft.call("PATCH", `/files/${no}`, {
      headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": number },
      body: randomBytes(1000),
    });
    assert.ok([400, 409, 413].includes(appended.status), `offset ${number}: ${appended.status}`);
  }
  for (const target of ["/files/4294967296", "/files/-1", "/files/00", "/files/1e3"]) {
    expectStatus(await draft.call("HEAD", target), 404);
  }
  const head = expectStatus(await draft.call("HEAD", `/files/${no}`), 200);
  assert.equal(head.headers["upload-offset"], "0");
});

test("hostile: absurd, many and overlapping ranges give the whole, one range or 416", async () => {
  const size = bytes.length;
  const thousand = Array.from({ length: 1000 }, (_, at) => `${at}-${at + 5000}`).join(",");
  const wholes = [
    `bytes=${thousand}`,
    "bytes=0-0,0-0",
    "bytes=5-2",
    "bytes=--1",
    "bytes=-",
    "bytes=0-1-2",
    "bytes=0x0-1",
    "bytes= 0-1",
    "lines=0-1",
    "bytes",
    ...absurd.slice(2).map((number) => `bytes=${number}z-`),
  ];
  for (const range of wholes) {
    const answer = expectStatus(await opened.call("GET", "/files/0", { Range: range }), 200);
    assert.ok(answer.body.equals(bytes), range.slice(0, 80));
  }
  for (const first of [size, "9223372036854775808", "9".repeat(400)]) {
    const answer = await opened.call("GET", "/files/0", { Range: `bytes=${first}-` });
    expectStatus(answer, 416);
    assert.equal(answer.headers["content-range"], `bytes */${size}`);
  }
  for (const [range, part] of /** @type {[string, Buffer][]} */ ([
    ["bytes=007-0010", bytes.subarray(7, 11)],
    [`bytes=0-${"9".repeat(400)}`, bytes],
    [`bytes=-${"9".repeat(400)}`, bytes],
    ["bytes=299999-9223372036854775808", bytes.subarray(299_999)],
  ])) {
    const answer = expectStatus(await opened.call("GET", "/files/0", { Range: range }), 206);
    assert.ok(answer.body.equals(part), range.slice(0, 80));
  }
});

test("hostile: lists of file numbers for a ZIP have one spelling and a bound", async () => {
  const thousands = Array.from({ length: 10_001 }, (_, at) => at).join(",");
  const wrong = ["0,", ",0", "00", "0,0", "-1", "4294967296", "0%2C1", "0;1", "a", thousands];
  for (const list of wrong) {
    const answer = await opened.call("GET", `/zip?files=${list}`);
    assert.ok([400, 404].includes(answer.status), `${list.slice(0, 40)}: ${answer.status}`);
  }
  const most = Array.from({ length: 10_000 }, (_, at) => at).join(",");
  expectStatus(await opened.call("HEAD", `/zip?files=${most}`), 404);
  expectStatus(await opened.call("HEAD", "/zip?files=0"), 200);
});

test("hostile: paths in other spellings lead nowhere", async () => {
  const tails = [
    "%2e%2e/files/0",
    "files%2f0",
    "files/%30",
    "files/0;x=1",
    "files/0%00",
    "FILES/0",
  ];
  for (const tail of [...tails, "files/0/", "files//0", "files/0.html", "./files/0", "files\\0"]) {
    const answer = await opened.call("GET", `/${tail}`);
    assert.ok([400, 404].includes(answer.status), `${tail}: ${answer.status}`);
  }
  for (const path of ["/caf\xe9", "/\xff\xfe", "/a\tb", "/a\x7fb", "/%c0%ae%c0%ae/", "/%u002e/"]) {
    const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const { status } = await sendRaw(server.baseUrl, Buffer.from(head, "latin1"));
    assert.ok([400, 404].includes(status), `${JSON.stringify(path)}: ${status}`);
  }
});

test("hostile: fields at their bounds are taken, one more or one longer is refused", async () => {
  const send100 = (/** @type {number} */ count) =>
    sendRaw(
      server.baseUrl,
      `GET /healthz HTTP/1.1\r\nHost: x\r\n${"A: b\r\n".repeat(count - 1)}\r\n`,
    );
  assert.equal((await send100(100)).status, 200);
  assert.equal((await send100(101)).status, 431);
  const long = (/** @type {number} */ count) =>
    sendRaw(server.baseUrl, `GET /healthz HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(count)}\r\n\r\n`);
  assert.equal((await long(16_000)).status, 200);
  assert.equal((await long(17_000)).status, 431);
  for (const [name, value] of [
    ["Couvert-Secret", randomSecret() + "A"],
    ["Couvert-Secret", "=".repeat(43)],
    ["Authorization", `Bearer ${"é".repeat(20)}`],
    ["Authorization", `Bearer ${randomSecret()} x`],
  ]) {
    const answer = await draft.call("GET", "", { headers: { [name]: value } });
    assert.ok([400, 401, 404].includes(answer.status), `${name}: ${answer.status}`);
  }
});

test("hostile: JSON bombs cost no memory and are refused", async () => {
  const before = await figuresOf(server);
  const head = { Authorization: `Bearer ${draft.client.token}` };
  const fill = (/** @type {string} */ piece) => piece.repeat(Math.floor(1_000_000 / piece.length));
  const bombs = [
    `[${fill("0,")}0]`,
    `[${fill("[],")}0]`,
    `[${fill('{"a":0},')}0]`,
    `{"recipients":[${fill('"a",')}"b"]}`,
    `{${Array.from({ length: 60_000 }, (_, at) => `"k${at}":0`).join(",")}}`,
    `{"from":"${fill("\\u0000")}"}`,
    `{"from":${"9".repeat(1_000_000)}}`,
    `{"from":1${"0".repeat(400)}}`,
    "[".repeat(1_000_000),
    fill('{"a":'),
    `{"from":"\\udc00\\ud800"}`,
  ];
  for (const round of [1, 2, 3]) {
    const answers = await Promise.all(
      bombs.slice(0, 8).map((body) =>
        send(server.baseUrl, "POST", "/api/v1/policy", {
          headers: { ...head, "Content-Type": "application/json" },
          body,
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    assert.ok(
      statuses.every((status) => status === 400),
      `round ${round}: ${statuses.join()}`,
    );
  }
  for (const body of bombs) {
    const headers = { ...head, "Content-Type": "application/json" };
    expectStatus(await send(server.baseUrl, "POST", "/api/v1/policy", { headers, body }), 400);
  }
  await expectAtRest(server, before);
});
