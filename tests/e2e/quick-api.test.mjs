// QUICK as programs use its operations: what the server keeps, and to whom it gives it.
// Sealed bytes are random here: the server opens none of them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { waitUntil } from "./harness/processes.mjs";
import {
  QuickDevice,
  answerOf,
  anyBytes,
  connect,
  connected,
  newEnvelope,
  newPublicKey,
  sealedPerson,
} from "./harness/quick-device.mjs";

const anna = "quick-anna@example.org";
const bert = "quick-bert@example.net";
const carl = "quick-carl@example.net";
const password = "Ein Pferd, 7 Hufe";

/** @type {Couvertd} */
let server;
/** @type {QuickDevice} */
let annas;
/** @type {QuickDevice} */
let berts;
/** @type {QuickDevice} */
let carls;
/** @type {Awaited<ReturnType<typeof connect>>} */
let first;

/** @param {string} address */
async function newDevice(address) {
  const client = new ApiClient(server.baseUrl);
  return new QuickDevice(client, await client.verify(address));
}

before(async () => {
  server = await Couvertd.start({ name: "quick-api" });
  annas = await (await newDevice(anna)).activate();
  berts = await (await newDevice(bert)).activate();
  carls = await (await newDevice(carl)).activate();
  first = await connect(annas, berts, password);
});
after(() => server?.stop());

/** @param {any[]} recipients @param {Record<string, unknown>} [more] */
async function provideByQuick(recipients, more = {}) {
  const draft = await annas.client.createDraft(anna);
  const body = { ...draft.startBody([], { open_by: "quick", ...more }), recipients };
  return { draft, body, ...expectStatus(await draft.start(body), 201).json };
}

test("a proven address is told whether QUICK is active, and no other", async () => {
  const stranger = await newDevice("quick-dora@example.net");
  const before = expectStatus(await stranger.callProven("GET"), 200).json;
  assert.deepEqual(before, { active: false, code_waiting: false });
  const after = expectStatus(await annas.callProven("GET"), 200).json;
  assert.deepEqual(after, { active: true, code_waiting: false });
  const foreign = new QuickDevice(stranger.client, {
    verification_id: annas.path.split("/")[4],
    address: anna,
  });
  expectProblem(await foreign.callProven("GET"), 404, "denied");
  expectProblem(await foreign.tryActivate(), 404, "denied");
  expectProblem(await foreign.tryJoin(), 404, "denied");
  expectProblem(await foreign.callProven("POST", "/code/take"), 404, "denied");
  expectProblem(await foreign.callProven("GET", "/recovery"), 404, "denied");
});

test("activating again is no error, with other keys it is one unless all begins anew", async () => {
  expectStatus(await annas.tryActivate(), 204);
  const eva = await (await newDevice("quick-eva@example.net")).activate();
  const other = await newDevice("quick-eva@example.net");
  expectProblem(await other.tryActivate(), 409, "conflict", "active");
  expectStatus(await other.tryActivate({ start_anew: true }), 204);
  expectProblem(await eva.call("GET"), 401, "unproven");
  assert.equal(expectStatus(await other.call("GET"), 200).json.public_key, other.publicKey);
});

test("a device is told of its person, its book and its like", async () => {
  const own = expectStatus(await annas.call("GET"), 200).json;
  const { address, publicKey: public_key, sealed } = annas;
  assert.deepEqual(own, { address, public_key, sealed, book_version: 1 });
  const book = expectStatus(await annas.call("GET", "/book"), 200).json;
  assert.deepEqual(book, { version: 1, sealed: annas.book });
  const next = { version: 2, sealed: anyBytes(300) };
  expectStatus(await annas.call("PUT", "/book", next), 204);
  expectProblem(await annas.call("PUT", "/book", next), 409, "conflict", "book_version");
  assert.deepEqual(expectStatus(await annas.call("GET", "/book"), 200).json, next);
  const { devices } = expectStatus(await annas.call("GET", "/devices"), 200).json;
  assert.equal(devices.length, 1);
  assert.equal(devices[0].device_id, annas.id);
  assert.equal(devices[0].name, "Firefox on Windows");
});

test("a device comes in by a code, sees the same, and gets nothing once revoked", async () => {
  const more = new QuickDevice(annas.client, { verification_id: "", address: anna }, annas);
  more.path = annas.path;
  expectProblem(await more.callProven("POST", "/code/take"), 404, "denied");
  const left = { sealed: sealedPerson() };
  expectStatus(await annas.call("PUT", "/code", left), 204);
  const waiting = expectStatus(await more.callProven("GET"), 200).json;
  assert.deepEqual(waiting, { active: true, code_waiting: true });
  const taken = expectStatus(await more.callProven("POST", "/code/take"), 200).json;
  assert.deepEqual(taken, left);
  expectProblem(await more.callProven("POST", "/code/take"), 404, "denied");

  more.member = randomSecret();
  expectProblem(await more.tryJoin(), 403, "refused", "member");
  more.member = annas.member;
  expectStatus(await more.tryJoin(), 204);
  expectProblem(await more.tryJoin(), 409, "conflict");
  assert.equal(expectStatus(await more.call("GET"), 200).json.sealed, more.sealed);
  expectStatus(await more.call("DELETE", `/devices/${more.id}`), 204);
  /** @type {[string, string, unknown?][]} */
  const everything = [
    ["GET", ""],
    ["GET", "/book"],
    ["PUT", "/book", { version: 3, sealed: anyBytes(100) }],
    ["GET", "/devices"],
    ["DELETE", `/devices/${annas.id}`],
    ["PUT", "/code", left],
    ["PUT", "/recovery", left],
    ["POST", "/contacts", { addresses: [bert] }],
    ["POST", "/contacts/end", { address: bert }],
    ["GET", "/answers"],
    ["POST", "/answers/take", { seal_id: randomId(), recipient: bert }],
    ["POST", "/envelope", { transfer_id: randomId() }],
  ];
  for (const [method, below, json] of everything) {
    expectProblem(await more.call(method, below, json), 401, "unproven");
  }
  expectProblem(await annas.call("DELETE", `/devices/${more.id}`), 404, "denied");
});

test("the recovery code's keys go to the proven mailbox, until they are renewed", async () => {
  const kept = expectStatus(await annas.callProven("GET", "/recovery"), 200).json;
  assert.deepEqual(kept, { sealed: annas.recovery });
  const renewed = { sealed: sealedPerson() };
  expectStatus(await annas.call("PUT", "/recovery", renewed), 204);
  assert.deepEqual(expectStatus(await annas.callProven("GET", "/recovery"), 200).json, renewed);
  const dora = await newDevice("quick-dora@example.net");
  expectProblem(await dora.callProven("GET", "/recovery"), 404, "denied");
});

test("an invitation is read and answered once, and its answer waits for the sender", async () => {
  const { draft, recipients } = first.sent;
  const seal_id = draft.sealId;
  const read = expectStatus(await first.opened.call("GET", "/invitation"), 200).json;
  assert.deepEqual(read, { seal_id, from: anna, to: bert, ...first.invitation });
  assert.equal(first.opened.opened.invites, true);
  const { answers } = expectStatus(await annas.call("GET", "/answers"), 200).json;
  const [{ answer }] = answers;
  assert.deepEqual(answers, [{ seal_id, recipient: bert, answer }]);

  const post = (/** @type {QuickDevice} */ by, /** @type {string} */ text) =>
    first.opened.call("POST", "/answer", by.header, { answer: text });
  expectStatus(await post(berts, answer), 204);
  const another = answerOf(berts.publicKey);
  expectProblem(await post(berts, another), 409, "conflict", "answered");
  expectProblem(await post(berts, answerOf(carls.publicKey)), 403, "refused", "key");
  expectProblem(await post(carls, answerOf(carls.publicKey)), 403, "refused", "recipient");
  const nobody = new QuickDevice(berts.client, { verification_id: "", address: bert });
  expectProblem(await post(nobody, another), 401, "unproven");
  expectProblem(await first.opened.call("POST", "/answer", {}, { answer }), 401, "unproven");

  const name = { seal_id, recipient: bert };
  expectStatus(await annas.call("POST", "/answers/take", name), 204);
  assert.deepEqual(expectStatus(await annas.call("GET", "/answers"), 200).json, { answers: [] });
  expectProblem(
    await annas.call("POST", "/answers/take", { seal_id: randomId(), recipient: bert }),
    404,
    "denied",
  );
  assert.equal(recipients.length, 1);

  const plain = await annas.client.provide({
    from: anna,
    to: [{ address: bert }],
    more: { password },
  });
  const opened = await berts.client.open(plain.recipients[0].transfer_id, { password });
  expectProblem(await opened.call("GET", "/invitation"), 409, "conflict", "no_invitation");
  assert.equal(opened.opened.invites, false);
  const refused = await opened.call("POST", "/answer", berts.header, { answer: another });
  expectProblem(refused, 409, "conflict", "no_invitation");
  expectStatus(await opened.call("DELETE"), 204);
  expectProblem(await opened.call("GET", "/invitation"), 404, "denied");
  const late = await opened.call("POST", "/answer", berts.header, { answer: another });
  expectProblem(late, 404, "denied");
});

test("a key is shown to those who are connected, until one of them ends it", async () => {
  const shown = async (/** @type {QuickDevice} */ by, /** @type {string[]} */ ...addresses) =>
    expectStatus(await by.call("POST", "/contacts", { addresses }), 200).json.contacts;
  assert.deepEqual(await shown(annas, carl, bert), [
    { address: bert, public_key: berts.publicKey },
  ]);
  assert.deepEqual(await shown(berts, anna), [{ address: anna, public_key: annas.publicKey }]);
  assert.deepEqual(await shown(carls, anna, bert), []);
  await connect(annas, carls, password);
  assert.deepEqual(await shown(carls, anna, bert), [
    { address: anna, public_key: annas.publicKey },
  ]);
  expectStatus(await carls.call("POST", "/contacts/end", { address: anna }), 204);
  expectStatus(await carls.call("POST", "/contacts/end", { address: anna }), 204);
  assert.deepEqual(await shown(annas, carl), []);
});

test("a transfer by QUICK is opened by its recipient's device, without a password", async () => {
  const to = connected(bert);
  const sent = await provideByQuick([to]);
  const [{ transfer_id, link }] = sent.recipients;
  assert.equal(link, `${server.baseUrl}/r/${transfer_id}`);
  const found = await berts.client.call("POST", "/api/v1/transfers/find", {
    json: { transfer_id },
  });
  assert.equal(expectStatus(found, 200).json.open_by, "quick");

  const envelope = expectStatus(await berts.findEnvelope(transfer_id), 200).json;
  const seal_id = sent.draft.sealId;
  const { slot_id } = to;
  assert.deepEqual(envelope, {
    seal_id,
    slot_id,
    mode: 1,
    from: anna,
    to: bert,
    envelope: to.envelope,
  });
  const wrong = await berts.client.tryOpen(transfer_id, { secret: randomSecret() });
  expectProblem(wrong, 403, "refused", "wrong_password");
  expectProblem(
    await berts.client.tryOpen(transfer_id, { password }),
    403,
    "refused",
    "wrong_password",
  );
  const asked = await berts.client.call("POST", "/api/v1/transfers/code", {
    json: { transfer_id, language: "en", client: "program" },
  });
  expectProblem(asked, 409, "conflict");
  const opened = await berts.client.open(transfer_id, { secret: to.secret });
  assert.equal(opened.opened.text, "Guten Tag");

  const page = await annas.client.call("GET", `/api/v1/sent/${sent.tracking_id}`);
  const seen = expectStatus(page, 200).json;
  assert.equal(seen.open_by, "quick");
  assert.ok(seen.recipients[0].opened, "opening by a device counts");
  const again = expectStatus(await sent.draft.start(sent.body), 200).json;
  assert.equal(again.recipients[0].link, link);
});

test("an envelope is given to its own person's devices, while the transfer lives", async () => {
  const sent = await provideByQuick([connected(bert), connected(carl)]);
  const [forBert, forCarl] = sent.recipients.map((/** @type {any} */ one) => one.transfer_id);
  expectStatus(await berts.findEnvelope(forBert), 200);
  expectStatus(await carls.findEnvelope(forCarl), 200);
  expectProblem(await berts.findEnvelope(forCarl), 409, "conflict", "no_envelope");
  expectProblem(await annas.findEnvelope(forBert), 409, "conflict", "no_envelope");
  expectProblem(await berts.findEnvelope(randomId()), 404, "denied");
  const byPassword = first.sent.recipients[0].transfer_id;
  expectProblem(await berts.findEnvelope(byPassword), 409, "conflict", "no_envelope");
  const page = `/api/v1/sent/${sent.tracking_id}`;
  const seen = expectStatus(await annas.client.call("GET", page), 200).json;
  for (const one of seen.recipients) assert.equal(one.opened, undefined, "asking is not opening");
  expectStatus(await annas.client.call("POST", `${page}/revoke`), 204);
  expectProblem(await berts.findEnvelope(forBert), 404, "denied");
});

test("who is not connected opens the same transfer by its password", async () => {
  const his = connected(bert);
  const recipients = [his, { address: carl, kind: "to" }];
  const sent = await provideByQuick(recipients, { open_by: "password", password });
  const [forBert, forCarl] = sent.recipients.map((/** @type {any} */ one) => one.transfer_id);
  const way = async (/** @type {string} */ transfer_id) => {
    const found = await carls.client.call("POST", "/api/v1/transfers/find", {
      json: { transfer_id },
    });
    return expectStatus(found, 200).json.open_by;
  };
  assert.deepEqual([await way(forBert), await way(forCarl)], ["quick", "password"]);
  await carls.client.open(forCarl, { password });
  expectProblem(
    await berts.client.tryOpen(forBert, { password }),
    403,
    "refused",
    "wrong_password",
  );
  await berts.client.open(forBert, { secret: his.secret });
  expectProblem(await carls.findEnvelope(forCarl), 409, "conflict", "no_envelope");
  const received = await berts.client.call("GET", `${berts.path.replace("/quick", "")}/received`);
  const { transfers } = expectStatus(received, 200).json;
  const line = transfers.find((/** @type {any} */ one) => one.tracking_id === sent.tracking_id);
  assert.equal(line.open_by, "quick");
  assert.equal(line.transfer_id, forBert);

  const replace = `/api/v1/sent/${sent.tracking_id}/recipients/0/replace`;
  const dora = { address: "quick-dora@example.net" };
  expectStatus(await annas.client.call("POST", replace, { json: dora }), 204);
  const list = expectStatus(
    await annas.client.call("GET", `/api/v1/sent/${sent.tracking_id}`),
    200,
  );
  assert.equal(list.json.recipients[2].address, dora.address);
  expectProblem(await berts.findEnvelope(forBert), 404, "denied");
});

test("a mistyped address of a QUICK transfer is replaced by one who is connected", async () => {
  const sent = await provideByQuick([connected(bert)]);
  const page = `/api/v1/sent/${sent.tracking_id}/recipients/0`;
  const headers = { "Couvert-Secret": sent.draft.secret };
  expectStatus(await annas.client.call("POST", `${page}/mail`, { json: {} }), 204);
  const json = { address: carl, ...newEnvelope() };
  const lacking = await annas.client.call("POST", `${page}/replace`, { json });
  expectProblem(lacking, 400, "invalid");
  const bare = { ...json, envelope: undefined };
  const cut = await annas.client.call("POST", `${page}/replace`, { headers, json: bare });
  expectProblem(cut, 400, "invalid");
  expectStatus(await annas.client.call("POST", `${page}/replace`, { headers, json }), 204);
  const received = await carls.client.call("GET", `${carls.path.replace("/quick", "")}/received`);
  const { transfers } = expectStatus(received, 200).json;
  const line = transfers.find((/** @type {any} */ one) => one.tracking_id === sent.tracking_id);
  const found = expectStatus(await carls.findEnvelope(line.transfer_id), 200).json;
  assert.equal(found.envelope, json.envelope);
  await carls.client.open(line.transfer_id, { secret: json.secret });
});

test("Start takes QUICK of those who have activated it, whole and in order", async () => {
  const draft = await annas.client.createDraft(anna);
  const refused = async (/** @type {Record<string, unknown>} */ more) =>
    expectProblem(await draft.start(draft.startBody([{ address: bert }], more)), 400, "invalid");
  const whole = connected(bert);
  await refused({ open_by: "quick" });
  await refused({ open_by: "quick", recipients: [{ ...whole, envelope: anyBytes(112) }] });
  for (const name of ["slot_id", "secret", "envelope"]) {
    const cut = { ...whole, [name]: undefined };
    await refused({ open_by: "quick", recipients: [cut] });
    await refused({ password, recipients: [cut, { address: carl, kind: "to" }] });
  }
  await refused({ open_by: "quick", recipients: [whole, { ...whole, address: carl }] });
  await refused({ open_by: "quick", recipients: [whole], password });
  await refused({ password, recipients: [whole] }); // nobody needs it
  await refused({ open_by: "link", recipients: [whole] });
  const invitation = { public_key: annas.publicKey, secret: randomSecret() };
  await refused({ open_by: "quick", recipients: [whole], invitation });
  await refused({ password, invitation: { ...invitation, public_key: newPublicKey() } });
  await refused({ password, invitation: { ...invitation, secret: undefined } });

  const client = new ApiClient(server.baseUrl);
  await client.verify("quick-fritz@example.org");
  const other = await client.createDraft("quick-fritz@example.org");
  const body = { ...other.startBody([], { open_by: "quick" }), recipients: [whole] };
  expectProblem(await other.start(body), 400, "invalid");
});

test("a device names itself in one spelling, and only from the portal's own pages", async () => {
  const ask = (/** @type {Record<string, string>} */ headers) =>
    annas.client.call("GET", "/api/v1/quick", { headers });
  expectProblem(await ask({}), 401, "unproven");
  for (const text of [
    annas.id,
    `${annas.id}.`,
    `${annas.id}.${annas.token}x`,
    `${annas.id}.${annas.token}.`,
    `${annas.id.toUpperCase()}.${annas.token}`,
    `.${annas.token}`,
  ]) {
    expectProblem(await ask({ "Couvert-Device": text }), 400, "invalid");
  }
  expectProblem(await ask({ "Couvert-Device": `${annas.id}.${randomSecret()}` }), 401, "unproven");
  const body = { name: "x", sealed: sealedPerson() };
  const foreign = await new ApiClient(server.baseUrl).call("POST", `${annas.path}/devices`, {
    headers: { ...annas.header, "Sec-Fetch-Site": "cross-site" },
    json: body,
  });
  expectProblem(foreign, 403, "refused");
  const member = { ...annas.header, "Couvert-Member": "short" };
  for (const wrong of [member, annas.header]) {
    const answer = await annas.client.call("POST", `${annas.path}/devices`, {
      headers: wrong,
      json: body,
    });
    expectProblem(answer, 400, "invalid");
  }
});

test("no token, no sealed byte and no address of QUICK stands in the log", async () => {
  const last = await annas.call("GET");
  const log = await waitUntil("the last line is there", async () => {
    const text = await readFile(server.log, "utf8");
    return text.includes(String(last.headers["request-id"])) ? text : undefined;
  });
  for (const { id, token, member, publicKey, sealed, address } of [annas, berts, carls]) {
    for (const word of [id, token, member, publicKey, sealed, address]) {
      assert.ok(!log.includes(word), word);
    }
  }
  assert.ok(log.includes("/api/v1/quick/devices/{device_id}"), "routes, not paths");
});
