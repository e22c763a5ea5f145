// JSON is read to the letter: one spelling, named fields only, within bounds.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { send } from "./harness/http.mjs";
import { QuickDevice, anyBytes, connected, newPublicKey } from "./harness/quick-device.mjs";

/** @type {Couvertd} */
let server;
before(async () => {
  server = await Couvertd.start({ name: "strict-json" });
});
after(() => server?.stop());

const id = randomId();
const good = `{"transfer_id":"${id}"}`;
const find = "/api/v1/transfers/find";

/** @param {string | Buffer} body @param {string} [type] */
function post(body, type = "application/json") {
  return send(server.baseUrl, "POST", find, { headers: { "Content-Type": type }, body });
}

/** @type {[string, string | Buffer][]} */
const malformed = [
  ["nothing", ""],
  ["blanks", "  "],
  ["an unknown field", `{"transfer_id":"${id}","x":1}`],
  ["a repeated field", `{"transfer_id":"${id}","transfer_id":"${id}"}`],
  ["a repeated field in another spelling", `{"transfer_id":"${id}","transfer\\u005fid":"${id}"}`],
  ["a missing field", "{}"],
  ["null for a text", '{"transfer_id":null}'],
  ["a number for a text", '{"transfer_id":1}'],
  ["a list for a text", `{"transfer_id":["${id}"]}`],
  ["an object for a text", '{"transfer_id":{}}'],
  ["a list at the top", `[${good}]`],
  ["a text at the top", `"${id}"`],
  ["something after the end", `${good}x`],
  ["a second object", `${good}${good}`],
  ["a cut object", good.slice(0, -1)],
  ["a comment", `/**/${good}`],
  ["a comma too many", `{"transfer_id":"${id}",}`],
  ["single quotes", good.replaceAll('"', "'")],
  ["a byte order mark", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(good)])],
  ["UTF-16", Buffer.from(good, "utf16le")],
  ["a byte that is no UTF-8", Buffer.from(good.replace(id, "\xff"), "latin1")],
  ["an overlong UTF-8 form", Buffer.from(good.replace(id, "\xc0\xaf"), "latin1")],
  ["half a surrogate pair", '{"transfer_id":"\\ud800"}'],
  ["a control character", '{"transfer_id":"a\nb"}'],
  ["a text over its bound", `{"transfer_id":"${"a".repeat(65)}"}`],
  ["depth without end", `{"transfer_id":${"[".repeat(10_000)}`],
  ["nine levels", `{"transfer_id":${"[".repeat(9)}${"]".repeat(9)}}`],
];

for (const [what, body] of malformed) {
  test(`the server refuses ${what} as JSON`, async () => {
    const answer = await post(body);
    expectProblem(answer, 400, "invalid");
    assert.ok(answer.json.detail, "it says what is wrong");
  });
}

test("the server takes the same JSON well-formed, with blanks and escapes", async () => {
  const spelt = `\r\n { "transfer_id" : "${id.replace("a", "\\u0061")}" }\t`;
  expectProblem(await post(good), 404, "denied");
  expectProblem(await post(spelt), 404, "denied");
  expectProblem(await post(good, "application/json; charset=utf-8"), 404, "denied");
});

test("the server refuses a body of another type", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    const answer = await post(good, type);
    assert.ok([400, 415].includes(answer.status), `${type}: ${answer.status}`);
  }
});

test("a body may have 16 KiB, or 1 MiB where a list can be long, and not a byte more", async () => {
  expectProblem(await post(good.padEnd(16 * 1024)), 404, "denied");
  expectProblem(await post(good.padEnd(16 * 1024 + 1)), 413, "too_large");
  const client = new ApiClient(server.baseUrl);
  await client.verify("json-carla@example.org");
  const asked = JSON.stringify({ from: "json-carla@example.org", recipients: ["b@example.net"] });
  const ask = (/** @type {number} */ bytes) =>
    client.call("POST", "/api/v1/policy", {
      headers: { "Content-Type": "application/json" },
      body: asked.padEnd(bytes),
    });
  assert.equal((await ask(1024 * 1024)).status, 200);
  expectProblem(await ask(1024 * 1024 + 1), 413, "too_large");
});

test("the server refuses wrong values of every kind in the start of a transfer", async () => {
  const client = new ApiClient(server.baseUrl);
  await client.verify("json-anna@example.org");
  const draft = await client.createDraft("json-anna@example.org");
  const start = draft.startBody([{ address: "bert@example.net" }], { password: "Tr0ub4dor&3 x" });
  const bert = connected("bert@example.net");
  const invitation = { public_key: newPublicKey(), secret: randomSecret() };
  /** @type {[string, unknown][]} */
  const wrong = [
    ["recipients", [{ ...bert, envelope: anyBytes(114) }]],
    ["recipients", [{ ...bert, envelope: `${bert.envelope}=` }]],
    ["recipients", [{ ...bert, secret: anyBytes(31) }]],
    ["recipients", [{ ...bert, sealed: true }]],
    ["invitation", true],
    ["invitation", {}],
    ["invitation", { ...invitation, public_key: anyBytes(64) }],
    ["invitation", { ...invitation, x: 1 }],
    ["recipients", []],
    ["recipients", "bert@example.net"],
    ["recipients", [{ address: "bert@example.net" }]],
    ["recipients", [{ address: "bert@example.net", kind: "from" }]],
    ["recipients", Array(501).fill({ address: "bert@example.net", kind: "to" })],
    ["name", ""],
    ["name", "x".repeat(201)],
    ["name", 7],
    ["phone", "1".repeat(61)],
    ["subject", "s".repeat(501)],
    ["text", "t".repeat(262_145)],
    ["files", [{ no: -1, size: 1 }]],
    ["files", [{ no: 0.5, size: 1 }]],
    ["files", [{ no: 0, size: 1e300 }]],
    ["files", [{ no: "0", size: 1 }]],
    ["expires", "tomorrow"],
    ["expires", "2026-02-30T00:00:00Z"],
    ["expires", "2026-11-22T12:00:00+01:00"],
    ["expires", 1_800_000_000],
    ["language", "fr"],
    ["open_by", "quick"],
    ["slot_id", "short"],
    ["notify_download", "yes"],
    ["notification", { subject: "s", html: "<b>" }],
    ["reply_to", "x"],
  ];
  for (const [field, value] of wrong) {
    const answer = await draft.start({ ...start, [field]: value });
    const seen = `${field}: ${JSON.stringify(value).slice(0, 80)}: ${answer.status}`;
    assert.equal(answer.status, 400, seen);
  }
  assert.equal((await draft.start(start)).status, 201, "and the right one still starts");
});

/** @param {Record<string, unknown>} body @param {Record<string, unknown[]>} wrong
 * @param {(json: unknown) => Promise<import("./harness/http.mjs").Answer>} ask */
async function refuseEach(body, wrong, ask) {
  for (const [field, values] of Object.entries({ ...wrong, x: [1] })) {
    for (const value of [...values, undefined, true, {}]) {
      if (field === "x" && value === undefined) continue;
      const answer = await ask({ ...body, [field]: value });
      const seen = `${field}: ${JSON.stringify(value)?.slice(0, 80)}: ${answer.body}`;
      assert.equal(answer.status, 400, seen);
      assert.equal(answer.json.code, "invalid", seen);
    }
  }
}

test("the server refuses wrong values of every kind in the bodies of QUICK", async () => {
  const client = new ApiClient(server.baseUrl);
  const device = new QuickDevice(client, await client.verify("json-quick@example.org"));
  const sealed = [anyBytes(200), anyBytes(202), `${anyBytes(201)}=`, ""];
  const name = ["", "x".repeat(101), "a\nb"];
  const own = { name: "x", sealed: device.sealed };
  const wrong = {
    public_key: [anyBytes(64), anyBytes(65), "", newPublicKey().replaceAll(/.$/g, "_")],
    recovery: sealed,
    book: [anyBytes(10), "%", anyBytes(72).slice(0, -1)],
    language: ["fr", ""],
    device: [{}, { ...own, x: 1 }, ...name.map((one) => ({ ...own, name: one }))],
  };
  await refuseEach(device.activation(), wrong, (json) => device.callProven("POST", "", json));
  expectStatus(await device.tryActivate(), 204);
  await refuseEach(own, { name, sealed }, (json) => device.callProven("POST", "/devices", json));
  const put = (/** @type {string} */ below) => (/** @type {unknown} */ json) =>
    device.call("PUT", below, json);
  await refuseEach({ sealed: device.sealed }, { sealed }, put("/code"));
  await refuseEach({ sealed: device.sealed }, { sealed }, put("/recovery"));
  const version = [0, -1, 2 ** 53, 1.5, "2", null];
  await refuseEach({ version: 2, sealed: device.book }, { version, sealed: ["%"] }, put("/book"));
  const post = (/** @type {string} */ below) => (/** @type {unknown} */ json) =>
    device.call("POST", below, json);
  const addresses = [["no address"], [1], ["a@example.org", ""], Array(501).fill("a@example.org")];
  await refuseEach({ addresses: [] }, { addresses }, post("/contacts"));
  const address = ["", "no address"];
  await refuseEach({ address: "a@example.org" }, { address }, post("/contacts/end"));
  const answer = { seal_id: randomId(), recipient: "a@example.org" };
  await refuseEach(answer, { seal_id: ["short"], recipient: address }, post("/answers/take"));
  await refuseEach({ transfer_id: randomId() }, { transfer_id: ["x"] }, post("/envelope"));
});

test("a contact book may have what fits into 960,000 characters, in a body of 1 MiB", async () => {
  const client = new ApiClient(server.baseUrl);
  const proof = await client.verify("json-book@example.org");
  const device = await new QuickDevice(client, proof).activate();
  const put = (/** @type {number} */ version, /** @type {string} */ sealed) =>
    device.call("PUT", "/book", { version, sealed });
  const largest = 24 + 32 + 700 * 1024 + 16 * 44; // sealed, in chunks of 16 KiB
  expectStatus(await put(2, anyBytes(largest)), 204);
  expectProblem(await put(3, anyBytes(largest + 1)), 413, "too_large");
  expectProblem(await put(3, "A".repeat(960_004)), 400, "invalid");
});
