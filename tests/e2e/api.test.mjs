// The API as a program uses it: what the other files do not touch on their way.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, inSeconds } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { newFolder } from "./harness/files.mjs";
import { send } from "./harness/http.mjs";
import { readable } from "./harness/mailbox.mjs";
import { output } from "./harness/processes.mjs";
import { root } from "./harness/run-context.mjs";

const anna = "api-anna@example.org";
const bert = "api-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const files = /** @type {[string, Buffer][]} */ ([
  ["Ordner/Größe & Maß.txt", Buffer.from("Grüße 🎉\n")],
  ["leer", Buffer.alloc(0)],
  ["groß.bin", randomBytes(3_000_000)],
]);

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {any} */
let sent;
/** @type {import("./harness/api-client.mjs").RetrievalClient} */
let opened;
before(async () => {
  server = await Couvertd.start({ name: "api" });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  const to = [{ address: bert }];
  sent = await client.provide({ from: anna, to, files, more: { password, text: "Grüße 🎉" } });
  opened = await client.open(sent.recipients[0].transfer_id, { password });
});
after(() => server?.stop());

test("the server says what it is, that it lives and works, and how it is spoken to", async () => {
  const facts = expectStatus(await client.call("GET", "/api/v1/server"), 200).json;
  assert.equal(facts.name, "Couvert");
  assert.deepEqual([...facts.languages].sort(), ["de", "en", "nl"]);
  for (const path of ["/healthz", "/readyz"]) expectStatus(await client.call("GET", path), 200);
  const description = expectStatus(await client.call("GET", "/api/openapi.yaml"), 200);
  const file = await readFile(path.join(root, "spec/api.yaml"));
  assert.ok(description.body.equals(file), "the description is spec/api.yaml");
});

test("an API path that is not there is a problem, and so is a method that is not", async () => {
  expectProblem(await client.call("GET", "/api/v1/nowhere"), 404, "denied");
  expectProblem(await client.call("GET", "/api/"), 404, "denied");
  for (const [method, path] of [
    ["DELETE", "/api/v1/server"],
    ["GET", "/api/v1/drafts"],
    ["POST", "/healthz"],
  ]) {
    const answer = await client.call(method, path);
    assert.equal(answer.status, 405, `${method} ${path}`);
    assert.ok(answer.headers.allow, "it says what is allowed");
  }
});

test("a policy answer names each recipient, whether it may receive, and the limits", async () => {
  const recipients = ["Bert@Example.NET", "x@elsewhere.example", "no address", ""];
  const json = { from: anna, recipients };
  const answer = expectStatus(await client.call("POST", "/api/v1/policy", { json }), 200).json;
  assert.deepEqual(
    answer.recipients.map((/** @type {any} */ one) => [one.address, one.allowed, one.reason]),
    [
      ["bert@example.net", true, undefined],
      ["x@elsewhere.example", false, "no_rule"],
      ["no address", false, "invalid_address"],
      ["", false, "invalid_address"],
    ],
  );
  assert.ok(answer.transfer_bytes_max > 0 && answer.days_max >= answer.days_default);
});

test("a password is judged with German, Dutch and English words, and nothing is kept", async () => {
  const judge = async (/** @type {string} */ text) => {
    const json = { password: text };
    const answer = await client.call("POST", "/api/v1/passwords/check", { json });
    return expectStatus(answer, 200).json;
  };
  for (const weak of ["", "Passw0rd!", "@ut0f13ts", "abc", "Kühlschrank1!", "Fietsenmaker1!"]) {
    assert.equal((await judge(weak)).acceptable, false, weak);
  }
  const strong = await judge("xK9#vQ2mLp!u");
  assert.ok(strong.acceptable && strong.strength >= 3, JSON.stringify(strong));
  const stranger = new ApiClient(server.baseUrl);
  const json = { password };
  expectProblem(await stranger.call("POST", "/api/v1/passwords/check", { json }), 401, "unproven");
});

test("the preview of a notification is the mail, with an example ID in its links", async () => {
  const json = {
    from: anna,
    name: "Anna",
    language: "de",
    expires: inSeconds(86_400),
    open_by: "password",
    file_names: ["Befund.pdf"],
    notification: { subject: "Mein Betreff", text: "Mein Text" },
  };
  const answer = await client.call("POST", "/api/v1/notification", { json });
  const preview = expectStatus(answer, 200).json;
  assert.equal(preview.subject, "Mein Betreff");
  for (const wanted of ["Mein Text", "Befund.pdf", server.baseUrl]) {
    assert.ok(readable(preview.text).includes(wanted), wanted);
  }
  const { transfer_id } = sent.recipients[0];
  assert.ok(!preview.text.includes(transfer_id));
});

test("an opened transfer shows message and files, and again after a reload", async () => {
  const again = expectStatus(await opened.call("GET"), 200).json;
  const { token, ...first } = opened.opened;
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(again, first);
  assert.equal(again.text, "Grüße 🎉");
  assert.equal(again.from, anna);
  assert.deepEqual(
    again.files.map((/** @type {any} */ one) => [one.name, one.size]),
    files.map(([name, bytes]) => [name, bytes.length]),
  );
});

test("a file comes whole, as an attachment with its name, and by ranges", async () => {
  const [, , [, big]] = files;
  const path = "/files/2";
  const whole = expectStatus(await opened.call("GET", path), 200);
  assert.ok(whole.body.equals(big));
  assert.match(String(whole.headers["content-disposition"]), /^attachment; .*gro%C3%9F\.bin/);
  assert.equal(whole.headers["accept-ranges"], "bytes");
  const head = expectStatus(await opened.call("HEAD", path), 200);
  assert.equal(head.headers["content-length"], String(big.length));
  assert.equal(head.headers.etag, whole.headers.etag);
  /** @type {[string, number, number][]} */
  const ranges = [
    ["bytes=0-0", 0, 1],
    ["bytes=16383-16400", 16383, 16401],
    ["bytes=2999999-", 2_999_999, 3_000_000],
    ["bytes=-5", 2_999_995, 3_000_000],
    ["bytes=1000-99999999", 1000, 3_000_000],
  ];
  for (const [Range, from, to] of ranges) {
    const part = expectStatus(await opened.call("GET", path, { Range }), 206);
    assert.ok(part.body.equals(big.subarray(from, to)), Range);
    assert.equal(part.headers["content-range"], `bytes ${from}-${to - 1}/${big.length}`);
  }
  const past = await opened.call("GET", path, { Range: "bytes=3000000-" });
  expectProblem(past, 416, "invalid");
  assert.equal(past.headers["content-range"], `bytes */${big.length}`);
  const old = { Range: "bytes=5-", "If-Range": '"another"' };
  assert.equal(expectStatus(await opened.call("GET", path, old), 200).body.length, big.length);
  const same = { Range: "bytes=5-", "If-Range": String(whole.headers.etag) };
  expectStatus(await opened.call("GET", path, same), 206);
});

test("a ZIP of all and of some has a known length and opens by unzip, 7z and Python", async () => {
  const folder = await newFolder("zip");
  for (const [query, numbers] of /** @type {[string, number[]][]} */ ([
    ["", [0, 1, 2]],
    ["?files=2,0", [0, 2]],
  ])) {
    const answer = expectStatus(await opened.call("GET", `/zip${query}`), 200);
    assert.equal(answer.headers["content-length"], String(answer.body.length));
    const file = path.join(folder, `transfer${numbers.length}.zip`);
    await writeFile(file, answer.body);
    await output(["unzip", "-tqq", file]);
    await output(["7z", "t", file]);
    const module = "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]);";
    const script = `${module} print(z.testzip(), *z.namelist(), sep="\\n")`;
    const [bad, ...names] = (await output(["/usr/bin/python3", "-c", script, file]))
      .trim()
      .split("\n");
    assert.equal(bad, "None");
    assert.deepEqual(names.sort(), numbers.map((no) => files[no][0]).sort());
    const head = expectStatus(await opened.call("HEAD", `/zip${query}`), 200);
    assert.equal(head.headers["content-length"], String(answer.body.length));
    const part = await opened.call("GET", `/zip${query}`, { Range: "bytes=100-1999" });
    assert.ok(expectStatus(part, 206).body.equals(answer.body.subarray(100, 2000)));
  }
  for (const query of [
    "?files=",
    "?files=a",
    "?files=0,,1",
    "?files=-1",
    "?files=0&files=1",
    "?x=1",
  ]) {
    const answer = await opened.call("GET", `/zip${query}`);
    assert.ok([400, 404].includes(answer.status), `${query}: ${answer.status}`);
  }
  expectStatus(await opened.call("HEAD", "/zip?files=9"), 404);
  expectStatus(await opened.call("HEAD", "/files/9"), 404);
});

test("an ID may be typed in capitals, in groups and with hyphens", async () => {
  const { transfer_id } = sent.recipients[0];
  const typed = transfer_id.toUpperCase().replace(/(.{5})/g, "$1- ");
  const json = { transfer_id: typed };
  const answer = await client.call("POST", "/api/v1/transfers/find", { json });
  assert.equal(expectStatus(answer, 200).json.transfer_id, transfer_id);
});

test("a draft can be thrown away, and is gone then", async () => {
  const draft = await client.createDraft(anna);
  await draft.upload("a.txt", Buffer.from("abc"));
  expectStatus(await draft.call("DELETE"), 204);
  expectStatus(await draft.call("GET"), 404);
  expectStatus(await draft.call("DELETE"), 404);
  const start = draft.startBody([{ address: bert }], { password });
  expectProblem(await draft.start(start), 404, "denied");
});

test("who was written to may answer without a rule, while the transfer lives", async () => {
  const own = await Couvertd.start({ name: "reply", rules: [["*@example.org", "*@example.net"]] });
  try {
    const [hers, his] = [new ApiClient(own.baseUrl), new ApiClient(own.baseUrl)];
    await hers.verify(anna);
    await his.verify(bert);
    const first = await hers.provide({ from: anna, to: [{ address: bert }], more: { password } });
    const reply_to = first.recipients[0].transfer_id;
    const ask = async (/** @type {object} */ more) => {
      const json = { from: bert, recipients: [anna], ...more };
      const answer = expectStatus(await his.call("POST", "/api/v1/policy", { json }), 200);
      return answer.json.recipients[0].allowed;
    };
    assert.equal(await ask({}), false);
    assert.equal(await ask({ reply_to }), true);
    const to = [{ address: anna }];
    const draft = await his.createDraft(bert);
    const start = draft.startBody(to, { password });
    expectProblem(await draft.start(start), 403, "refused", "no_rule");
    expectStatus(await draft.start({ ...start, reply_to }), 201);
    expectStatus(await hers.call("POST", `/api/v1/sent/${first.tracking_id}/revoke`), 204);
    assert.equal(await ask({ reply_to }), false);
  } finally {
    await own.stop();
  }
});

test("codes are limited for a network, and the answer says how long to wait", async () => {
  const own = await Couvertd.start({ name: "limits" });
  try {
    const stranger = new ApiClient(own.baseUrl);
    let last = 202;
    for (let count = 0; count < 80 && last === 202; count++) {
      const json = { address: `api-${count}@nowhere.example`, language: "en", client: "program" };
      const answer = await stranger.call("POST", "/api/v1/verifications", { json });
      last = answer.status;
      if (last === 429) {
        expectProblem(answer, 429, "throttled");
        assert.ok(Number(answer.headers["retry-after"]) > 0);
      }
    }
    assert.equal(last, 429);
  } finally {
    await own.stop();
  }
});

test("the answer to a wish for a code is the same for every address", async () => {
  const own = new ApiClient(server.baseUrl);
  await own.requestCode("api-known@example.org");
  const answers = [];
  for (const address of ["api-known@example.org", "nobody@nowhere.example", "büro@example.net"]) {
    const json = { address, language: "en", client: "program" };
    const answer = expectStatus(await own.call("POST", "/api/v1/verifications", { json }), 202);
    answers.push(Object.keys(answer.json).join());
  }
  assert.equal(new Set(answers).size, 1, answers.join(" "));
  for (const address of [
    "",
    "x",
    "a@",
    "@b",
    "a b@example.org",
    "a@b@c",
    "a@example.org\r\nx: y",
  ]) {
    const json = { address, language: "en", client: "program" };
    expectProblem(await own.call("POST", "/api/v1/verifications", { json }), 400, "invalid");
  }
});

test("the portal's pages and files come with their types, and unknown ones with 404", async () => {
  const page = expectStatus(await send(server.baseUrl, "GET", "/"), 200);
  assert.match(String(page.headers["content-type"]), /^text\/html/);
  const html = page.body.toString();
  assert.doesNotMatch(html, /<script>|<style|\son[a-z]+=|style="/, "nothing inline");
  const assets = [...html.matchAll(/<(?:script|link)\b[^>]*(?:src|href)="(\/[^"]+)"/g)].map(
    (found) => found[1],
  );
  assert.ok(assets.length > 0);
  for (const asset of assets) {
    const answer = expectStatus(await send(server.baseUrl, "GET", asset), 200);
    assert.doesNotMatch(String(answer.headers["content-type"]), /^text\/html/, asset);
  }
  for (const target of ["/provide", "/retrieve", `/r/${"a".repeat(26)}`]) {
    expectStatus(await send(server.baseUrl, "GET", target), 200);
    assert.equal(expectStatus(await send(server.baseUrl, "HEAD", target), 200).body.length, 0);
  }
  const unknown = await send(server.baseUrl, "GET", "/nowhere");
  assert.equal(unknown.status, 404);
  assert.match(String(unknown.headers["content-type"]), /^text\/html/);
});

test("a server whose address is https asks browsers to stay there", async () => {
  const config = { "": { base_url: '"https://localhost"' } };
  const own = await Couvertd.start({ name: "https", config });
  try {
    const answer = await send(own.baseUrl, "GET", "/api/v1/server");
    assert.match(String(answer.headers["strict-transport-security"]), /max-age=\d{8}/);
    const plain = await send(server.baseUrl, "GET", "/api/v1/server");
    assert.equal(plain.headers["strict-transport-security"], undefined);
  } finally {
    await own.stop();
  }
});
