// Somebody guesses at a transfer's password: strangers get nowhere, its recipient always gets in.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { desktop, launchChromium, openProfile, phone, Visits } from "./harness/browser.mjs";
import { CommandLine, mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { newFolder } from "./harness/files.mjs";
import { headerOf, readable } from "./harness/mailbox.mjs";
import { RecipientPages, words } from "./harness/portal-pages.mjs";
import { mailbox } from "./harness/run-context.mjs";

const anna = "attack-anna@example.org";
const bert = "attack-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const wrong = "Anders, 8 Hufe";
const most = 20;

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {any} the transfer under attack */
let sent;
let id = "";
before(async () => {
  // Each request says through which network it came.
  const config = { "": { proxies: '["127.0.0.0/8"]' } };
  server = await Couvertd.start({ name: "attack", config });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  sent = await client.provide({
    from: anna,
    to: [{ address: bert }],
    files: [["a.txt", Buffer.from("abc")]],
    more: { password, text: "Geheim", sender_language: "nl" },
  });
  id = sent.recipients[0].transfer_id;
});
after(() => server?.stop());

let networks = 0;
/** A network that nobody came from before. */
const fresh = () => ({ "X-Forwarded-For": `198.51.100.${++networks}` });

/** @param {string} below @param {Record<string, unknown>} json
 * @param {Record<string, string>} headers */
function post(below, json, headers = fresh()) {
  return client.call("POST", `/api/v1/${below}`, { json, headers });
}

/** @param {string} by @param {Record<string, string>} [headers] */
function tryOpen(by, headers) {
  return post("retrievals", { transfer_id: id, client: "program", password: by }, headers);
}

/** @param {string} transfer_id @param {Record<string, string>} [headers] */
function askCode(transfer_id, headers) {
  return post("transfers/code", { transfer_id, language: "en", client: "program" }, headers);
}

test("after twenty wrong passwords from anywhere not even the right one opens", async () => {
  client.token = "";
  for (let i = 0; i < most; i++) {
    expectProblem(await tryOpen(wrong), 403, "refused", "wrong_password");
  }
  expectProblem(await tryOpen(wrong), 403, "refused", "code_needed");
  expectProblem(await tryOpen(password), 403, "refused", "code_needed");
});

/** The subject of the mail to the sender. */
async function warning() {
  return (await words("nl"))["mail.wrong_passwords.subject"].replace("{recipient}", bert);
}

test("the sender is told in her language", async () => {
  const box = await mailbox(anna);
  const subject = await warning();
  const mail = await box.next({ fits: (one) => one.subject === subject });
  assert.deepEqual(mail.defects, []);
  assert.deepEqual(headerOf(mail, "Content-Language"), ["nl"]);
  assert.equal(mail.parts.map((part) => part.type).join(), "text/plain,text/html");
  for (const text of [mail.text, mail.html]) {
    assert.ok(readable(text).includes(bert), text);
    assert.ok(readable(text).includes(String(most)), text);
    for (const secret of [password, wrong, id, "Geheim"]) assert.ok(!text.includes(secret), secret);
  }
  const visits = new Visits();
  const browser = await launchChromium();
  const context = await openProfile(browser, { language: "nl", viewport: phone });
  const page = await context.newPage();
  await page.setContent(mail.html);
  await visits.look(page, "mail-wrong-passwords-nl");
  await browser.close();
});

test("a server that was killed remembers", async () => {
  await server.kill();
  await server.serve();
  expectProblem(await tryOpen(password), 403, "refused", "code_needed");
});

test("a code goes to the recipient's own mailbox, five times an hour for one network", async () => {
  const unknown = randomId();
  expectProblem(await askCode(unknown), 404, "denied");
  const confirm = { transfer_id: id, code: "aaaaaaaaaa" };
  expectProblem(await post("transfers/code/confirm", confirm), 401, "unproven");
  const link = await anothersLink();
  expectProblem(await askCode(link), 409, "conflict");

  const own = fresh();
  const box = await mailbox(bert);
  await box.rest();
  const asked = expectStatus(await askCode(id, own), 202);
  assert.deepEqual(Object.keys(asked.json), ["expires", "token"], "the address is not told");
  client.token = asked.json.token;
  await box.next();
  expectProblem(await post("transfers/code/confirm", confirm), 403, "refused", "wrong_code");
  const gone = { ...confirm, transfer_id: unknown };
  expectProblem(await post("transfers/code/confirm", gone), 404, "denied");
  for (let i = 1; i < 5; i++) expectStatus(await askCode(id, own), 202);
  const refused = await askCode(id, own);
  expectProblem(refused, 429, "throttled");
  assert.ok(refused.json.retry_after <= 3600);
  client.token = "";
  for (let i = 1; i < 5; i++) await box.next();
});

/** The ID of a transfer without password. */
async function anothersLink() {
  const other = new ApiClient(server.baseUrl);
  await other.verify(anna);
  const to = { address: bert, kind: "to", slot_id: randomId(), secret: randomSecret() };
  const more = { open_by: "link", recipients: [to] };
  return (await other.provide({ from: anna, to: [], more })).recipients[0].transfer_id;
}

test("who reads the recipient's mailbox gets in by a browser, strangers do not", async () => {
  const visits = new Visits();
  const browser = await launchChromium();
  const profile = { language: "de", viewport: desktop };
  const context = await openProfile(browser, profile);
  const page = await context.newPage();
  const look = (/** @type {string} */ state) => visits.look(page, `attack-de-${state}`);
  const pages = new RecipientPages(page, await words("de"), look);
  const box = await mailbox(bert);
  await box.rest();
  await page.goto(`${server.baseUrl}/r/${id}`);
  const code = await pages.proveMailbox(password, async () => await box.nextCode());
  assert.match(code, /^[a-z0-9]{10}$/);
  assert.equal(await page.getByTestId("message-text").textContent(), "Geheim");
  expectProblem(await tryOpen(password), 403, "refused", "code_needed");

  const dark = await openProfile(browser, { language: "nl", viewport: phone, scheme: "dark" });
  const small = await dark.newPage();
  const dutch = (/** @type {string} */ state) => visits.look(small, `attack-nl-${state}`);
  const his = new RecipientPages(small, await words("nl"), dutch);
  await small.goto(`${server.baseUrl}/r/${id}`);
  await his.proveMailbox(password, async () => await box.nextCode());
  await browser.close();
  assert.deepEqual(visits.findings, []);
});

test("who reads the recipient's mailbox gets in by the command line, in two calls", async () => {
  const his = await CommandLine.create(server.baseUrl);
  const folder = await newFolder("attack");
  const passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, `${password}\n`);
  const out = ["--out", path.join(folder, "out"), "--password-file", passwordFile];
  const refused = await his.run(["retrieve", id, ...out]);
  assert.equal(refused.code, 5);
  assert.match(refused.stderr.toString(), /--request-code/);
  const box = await mailbox(bert);
  await box.rest();
  mustEndWell(await his.run(["retrieve", id, "--request-code"]));
  const code = await box.nextCode();
  const mistyped = await his.run(["retrieve", id, ...out, "--code", "aaaaaaaaaa"]);
  assert.equal(mistyped.code, 5);
  assert.match(mistyped.stderr.toString(), /code is wrong/);
  const done = await his.json(["retrieve", id, ...out, "--code", code]);
  assert.equal(done.text, "Geheim");
  // The proof holds for an hour, without another code.
  const again = ["--out", path.join(folder, "again"), "--password-file", passwordFile];
  mustEndWell(await his.run(["retrieve", id, ...again]));
});

test("the sender was told once, however often it was tried since", async () => {
  const subject = await warning();
  const all = await (await mailbox(anna)).rest();
  assert.equal(all.filter((mail) => mail.subject === subject).length, 1);
});
