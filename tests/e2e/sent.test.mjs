// Sent transfers by the API and by the command line: what a sender sees, and what it changes.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import {
  ApiClient,
  expectStatus,
  inSeconds,
  randomId,
  randomSecret,
} from "./harness/api-client.mjs";
import { CommandLine, mustEndWell } from "./harness/command-line.mjs";
import { Couvertd, mailConfig } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { FaultySmtp } from "./harness/faulty-smtp.mjs";
import { codeInText, transferLinkIn } from "./harness/mailbox.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox, runContext } from "./harness/run-context.mjs";

const anna = "sent-anna@example.org";
const carl = "sent-carl@example.org";
const bert = "sent-bert@example.net";
const dora = "sent-dora@example.net";
const password = "Ein Pferd, 7 Hufe";
const files = /** @type {[string, Buffer][]} */ ([
  ["Befund.txt", Buffer.from("abc")],
  ["Bild.png", Buffer.from("defgh")],
]);

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {string} */
let proof;
before(async () => {
  server = await Couvertd.start({ name: "sent" });
  client = new ApiClient(server.baseUrl);
  proof = (await client.verify(anna)).verification_id;
});
after(() => server?.stop());

/** To two people. @param {string} [first] */
async function provide(first = bert) {
  const to = [{ address: first }, { address: dora }];
  const sent = await client.provide({ from: anna, to, files, more: { password } });
  return { ...sent, path: `/api/v1/sent/${sent.tracking_id}` };
}

/** @param {{ path: string }} sent */
const look = async ({ path }) => expectStatus(await client.call("GET", path), 200).json;

/** Asks again with the tag of an answer. @param {string} path */
async function expectKnown(path) {
  const { etag } = expectStatus(await client.call("GET", path), 200).headers;
  assert.match(String(etag), /^"[\w-]{22}"$/);
  const headers = { "If-None-Match": String(etag) };
  const again = expectStatus(await client.call("GET", path, { headers }), 304);
  assert.equal(again.body.length, 0);
}

test("the sender sees who opened and downloaded what, and is sent changes alone", async () => {
  const sent = await provide();
  await waitUntil("both mails are handed over", async () =>
    (await look(sent)).recipients.every((/** @type {any} */ one) => one.mail === "handed_over"),
  );
  await expectKnown(sent.path);
  const recipient = new ApiClient(server.baseUrl);
  const opened = await recipient.open(sent.recipients[0].transfer_id, { password });
  const { no } = opened.opened.files[1];
  expectStatus(await opened.call("GET", `/files/${no}`), 200);
  await waitUntil(
    "the download is noted",
    async () => (await look(sent)).recipients[0].downloaded_count === 1,
  );
  const { recipients, ...facts } = await look(sent);
  assert.equal(facts.state, "sealed");
  assert.deepEqual([facts.file_count, facts.bytes], [2, 8]);
  assert.ok(recipients[0].opened && recipients[0].retrieved && recipients[0].mail_settled);
  assert.equal(recipients[1].opened, undefined);
  const had = `${sent.path}/recipients/0`;
  const { files: fetched } = expectStatus(await client.call("GET", had), 200).json;
  assert.equal(fetched.length, 1);
  assert.ok(fetched[0].no === no && fetched[0].downloaded && !fetched[0].viewed);
  await expectKnown(had);
  expectProblem(await client.call("GET", `${sent.path}/recipients/2`), 404, "denied");
});

test("the names of the files are told by the sender's secret, sizes without it", async () => {
  const sent = await provide();
  const path = `${sent.path}/files`;
  const plain = expectStatus(await client.call("GET", path), 200).json;
  assert.deepEqual(
    plain.files.map((/** @type {any} */ file) => [file.size, file.name]),
    [
      [3, undefined],
      [5, undefined],
    ],
  );
  const headers = { "Couvert-Secret": sent.draft.secret };
  const named = expectStatus(await client.call("GET", path, { headers }), 200).json;
  assert.deepEqual(
    named.files.map((/** @type {any} */ file) => file.name),
    files.map(([name]) => name),
  );
  const wrong = { "Couvert-Secret": randomSecret() };
  expectProblem(await client.call("GET", path, { headers: wrong }), 403, "refused", "wrong_secret");
});

test("the list shows what an address has sent, the latest first", async () => {
  const [older, newer] = [await provide(), await provide()];
  const path = `/api/v1/verifications/${proof}/sent`;
  const page = expectStatus(await client.call("GET", path), 200).json;
  const ids = page.transfers.map((/** @type {any} */ one) => one.tracking_id);
  assert.equal(page.from, anna);
  assert.ok(ids.includes(older.tracking_id) && ids.includes(newer.tracking_id));
  assert.deepEqual(page.transfers[0].recipients, [bert, dora]);
  const rest = await client.call("GET", `${path}?before=${ids[0]}`);
  assert.equal(expectStatus(rest, 200).json.transfers[0].tracking_id, ids[1]);
  await expectKnown(path);
  expectProblem(await client.call("GET", `${path}?after=${ids[0]}`), 400, "invalid");
  expectProblem(await client.call("GET", `${path}?before=${randomId()}`), 404, "denied");
  const other = new ApiClient(server.baseUrl);
  const { verification_id } = await other.verify(carl);
  const others = await other.call("GET", `/api/v1/verifications/${verification_id}/sent`);
  assert.deepEqual(expectStatus(others, 200).json.transfers, []);
  expectProblem(await other.call("GET", path), 404, "denied");
});

test("a list comes in pages as small as asked for, and another number is refused", async () => {
  await provide();
  await provide();
  const path = `/api/v1/verifications/${proof}/sent`;
  const get = async (/** @type {string} */ query) =>
    expectStatus(await client.call("GET", path + query), 200).json;
  const idsOf = (/** @type {any} */ page) =>
    page.transfers.map((/** @type {any} */ one) => one.tracking_id);
  const ids = idsOf(await get(""));
  /** @type {string[]} */
  const walked = [];
  for (let page = await get("?limit=1"); ;) {
    assert.equal(page.transfers.length, 1);
    walked.push(...idsOf(page));
    assert.equal(page.more, walked.length < ids.length);
    if (!page.more) break;
    page = await get(`?limit=1&before=${walked.at(-1)}`);
  }
  assert.deepEqual(walked, ids);
  assert.deepEqual(idsOf(await get("?limit=50")), ids);
  assert.deepEqual(idsOf(await get(`?before=${ids[0]}&limit=2`)), ids.slice(1, 3));
  for (const wrong of [
    ...[
      "limit=0",
      "limit=51",
      "limit=",
      "limit=01",
      "limit=+1",
      "limit=-1",
      "limit=1.0",
      "limit=x",
    ],
    ...["limit=1&limit=1", "limit=1&", "&limit=1", "limit=1&&before=x", "Limit=1", "limit=%31"],
    `before=${ids[0]}&before=${ids[0]}`,
  ]) {
    expectProblem(await client.call("GET", `${path}?${wrong}`), 400, "invalid");
  }
});

test("taken back from one recipient, a transfer stays with the other", async () => {
  const sent = await provide();
  const path = `${sent.path}/recipients/0/revoke`;
  const [hers, his] = sent.recipients.map((/** @type {any} */ one) => one.transfer_id);
  expectStatus(await client.call("POST", path), 204);
  expectStatus(await client.call("POST", path), 204);
  expectProblem(await client.tryOpen(hers, { password }), 404, "denied");
  expectStatus(await client.tryOpen(his, { password }), 201);
  assert.ok((await look(sent)).recipients[0].revoked);
  expectProblem(await client.call("POST", `${sent.path}/recipients/2/revoke`), 404, "denied");
});

test("a mistyped address is replaced, and the new one gets a mail of its own", async () => {
  const sent = await provide();
  const path = `${sent.path}/recipients/0/replace`;
  const right = "sent-berta@example.net";
  const replace = (/** @type {string} */ address) =>
    client.call("POST", path, { json: { address } });
  expectProblem(await replace("x@elsewhere.example"), 403, "refused", "no_rule");
  expectProblem(await replace("falsch"), 403, "refused", "invalid_address");
  expectProblem(await replace(dora), 409, "conflict", "already_recipient");
  const box = await mailbox(right);
  expectStatus(await replace(right), 204);
  const id = /\/r\/([a-z2-7]{26})/.exec(transferLinkIn(await box.next()))?.[1];
  expectStatus(await client.tryOpen(String(id), { password }), 201);
  expectProblem(await client.tryOpen(sent.recipients[0].transfer_id, { password }), 404, "denied");
  expectProblem(await replace("sent-bertha@example.net"), 409, "conflict", "revoked");
  const json = { address: right };
  const nobody = `${sent.path}/recipients/7/replace`;
  expectProblem(await client.call("POST", nobody, { json }), 404, "denied");
});

test("a mail goes again, five times a day at most", async () => {
  const box = await mailbox("sent-again@example.net");
  const sent = await provide("sent-again@example.net");
  const first = transferLinkIn(await box.next());
  const path = `${sent.path}/recipients/0/mail`;
  const again = () => client.call("POST", path, { json: {} });
  expectStatus(await again(), 204);
  assert.equal(transferLinkIn(await box.next()), first);
  for (let i = 1; i < 5; i++) expectStatus(await again(), 204);
  const late = await again();
  expectProblem(late, 429, "throttled");
  assert.ok(Number(late.headers["retry-after"]) > 0);
  const nobody = `${sent.path}/recipients/7/mail`;
  expectProblem(await client.call("POST", nobody, { json: {} }), 404, "denied");
});

test("a link is made anew by the sender's secret, and the old one opens nothing", async () => {
  const to = [{ address: bert }];
  const draft = await client.createDraft(anna);
  const first = { slot_id: randomId(), secret: randomSecret() };
  const body = draft.startBody(to, { open_by: "link", text: "Guten Tag" });
  Object.assign(body.recipients[0], first);
  const sent = expectStatus(await draft.start(body), 201).json;
  const path = `/api/v1/sent/${sent.tracking_id}/recipients/0`;
  const id = sent.recipients[0].transfer_id;
  const json = { slot_id: randomId(), secret: randomSecret() };
  const held = { "Couvert-Secret": draft.secret };
  const wrong = { "Couvert-Secret": randomSecret() };
  for (const [below, more] of /** @type {const} */ ([
    ["/mail", {}],
    ["/replace", { address: dora }],
  ])) {
    const all = { ...json, ...more };
    const call = (/** @type {object} */ body, /** @type {Record<string, string>} */ headers) =>
      client.call("POST", path + below, { json: body, headers });
    expectProblem(await call(all, wrong), 403, "refused", "wrong_secret");
    expectProblem(await call(all, {}), 400, "invalid");
    expectProblem(await call(more, held), 400, "invalid");
    expectProblem(await call({ ...more, slot_id: json.slot_id }, held), 400, "invalid");
  }
  expectStatus(await client.call("POST", `${path}/mail`, { json, headers: held }), 204);
  expectProblem(await client.tryOpen(id, { secret: first.secret }), 403, "refused");
  expectStatus(await client.tryOpen(id, { secret: json.secret }), 201);
});

test("the expiry changes within the policy, until the transfer is over", async () => {
  const sent = await provide();
  const change = (/** @type {string} */ expires) =>
    client.call("POST", `${sent.path}/expiry`, { json: { expires } });
  const { expires_max } = await look(sent);
  expectStatus(await change(expires_max), 204);
  assert.equal((await look(sent)).expires, expires_max);
  expectStatus(await client.tryOpen(sent.recipients[0].transfer_id, { password }), 201);
  for (const wrong of [inSeconds(20 * 86_400), inSeconds(30), inSeconds(-60)]) {
    expectProblem(await change(wrong), 403, "refused", "life");
  }
  expectStatus(await client.call("POST", `${sent.path}/revoke`), 204);
  assert.equal((await look(sent)).state, "revoked");
  /** @type {[string, object | undefined][]} */
  const changes = [
    ["expiry", { expires: inSeconds(86_400) }],
    ["recipients/0/revoke", undefined],
    ["recipients/0/replace", { address: "sent-late@example.net" }],
    ["recipients/0/mail", {}],
  ];
  for (const [below, json] of changes) {
    const answer = await client.call("POST", `${sent.path}/${below}`, json ? { json } : {});
    expectProblem(answer, 409, "conflict", "ended");
  }
});

test("nothing of a sent transfer is there for another sender", async () => {
  const sent = await provide();
  const other = new ApiClient(server.baseUrl);
  await other.verify(carl);
  /** @type {[string, string, object | undefined][]} */
  const calls = [
    ["GET", "", undefined],
    ["GET", "/files", undefined],
    ["GET", "/recipients/0", undefined],
    ["POST", "/revoke", undefined],
    ["POST", "/expiry", { expires: inSeconds(86_400) }],
    ["POST", "/recipients/0/revoke", undefined],
    ["POST", "/recipients/0/replace", { address: "sent-eve@example.net" }],
    ["POST", "/recipients/0/mail", {}],
  ];
  for (const [method, below, json] of calls) {
    const headers = { "Couvert-Secret": sent.draft.secret };
    const more = { headers, ...(json && { json }) };
    expectProblem(await other.call(method, sent.path + below, more), 404, "denied");
    const stranger = new ApiClient(server.baseUrl);
    expectProblem(await stranger.call(method, sent.path + below, more), 401, "unproven");
  }
  assert.equal((await look(sent)).state, "sealed");
});

test("couvert sent lists and shows, couvert revoke takes back from one and from all", async () => {
  const cli = await CommandLine.create(server.baseUrl);
  const early = await cli.run(["sent"]);
  assert.equal(early.code, 4);
  await cli.verify(carl);
  const words = ["--from", carl, "--name", "Carl", "--to", bert, dora, "--generate-password"];
  const provided = await cli.json(["provide", "--message-file", "-", ...words], {
    input: "Guten Tag",
  });
  const id = provided.tracking_id;
  const { transfers } = await cli.json(["sent"]);
  assert.equal(transfers[0].tracking_id, id);
  assert.equal(transfers[0].from, carl);
  const listed = mustEndWell(await cli.run(["sent"])).stdout.toString();
  assert.match(listed, new RegExp(`^${id}\tsealed\t\\S+\t0/2\t${bert} ${dora}$`, "m"));
  mustEndWell(await cli.run(["revoke", id, "--recipient", bert]));
  const one = await cli.json(["sent", id]);
  assert.ok(one.recipients[0].revoked && !one.recipients[1].revoked);
  const nobody = await cli.run(["revoke", id, "--recipient", "nobody@example.net"]);
  assert.equal(nobody.code, 6);
  assert.equal((await cli.json(["revoke", id])).state, "revoked");
  assert.equal((await cli.json(["sent", id])).state, "revoked");
  assert.equal((await cli.run(["sent", "x"])).code, 3);
  assert.equal((await cli.run(["sent", randomId()])).code, 6);
  assert.equal((await cli.run(["revoke"])).code, 2);
  assert.equal((await cli.run(["sent", "--from", anna])).code, 4);
});

test("500 recipients are started, each with a link, and nobody comes on top", async () => {
  const { mail } = await runContext();
  const key = path.join(path.dirname(mail.certificate), "key.pem");
  const smtp = await FaultySmtp.start({ key, certificate: mail.certificate });
  const own = await Couvertd.start({ name: "sent-many", mail: await mailConfig(smtp.port) });
  try {
    const sender = new ApiClient(own.baseUrl);
    await sender.requestCode(anna);
    await waitUntil("the code's mail is there", () => smtp.taken.length === 1);
    const json = { address: anna, code: codeInText(String(smtp.taken[0]?.data)) };
    expectStatus(await sender.call("POST", "/api/v1/verifications/confirm", { json }), 200);
    smtp.stop(); // nobody has to take all these mails
    const to = Array.from({ length: 500 }, (_, at) => ({ address: `many-${at}@example.net` }));
    const sent = await sender.provide({ from: anna, to, more: { password } });
    const ids = new Set(sent.recipients.map((/** @type {any} */ one) => one.transfer_id));
    assert.equal(ids.size, 500);
    const last = sent.recipients[499];
    assert.equal(last.address, to[499]?.address);
    expectStatus(await sender.tryOpen(last.transfer_id, { password }), 201);
    const at = `/api/v1/sent/${sent.tracking_id}`;
    assert.equal(expectStatus(await sender.call("GET", at), 200).json.recipients.length, 500);
    const more = await sender.call("POST", `${at}/recipients/0/replace`, {
      json: { address: "many-more@example.net" },
    });
    expectProblem(more, 413, "too_large");
    expectStatus(await sender.tryOpen(sent.recipients[0].transfer_id, { password }), 201);
  } finally {
    await own.stop();
    smtp.stop();
  }
});
