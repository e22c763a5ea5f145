// Mails that the sender's own mail program sends: Start hands them out, word for word what the
// server would have sent, and the server sends none.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { mailbox } from "./harness/run-context.mjs";

const anna = "client-mail-anna@example.org";
const bert = "client-mail-bert@example.net";
const dora = "client-mail-dora@example.net";
const carl = "client-mail-carl@example.com";
const password = "Ein Pferd, 7 Hufe";
const files = /** @type {[string, Buffer][]} */ ([["Befund.txt", Buffer.from("abc")]]);

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
before(async () => {
  server = await Couvertd.start({ name: "client-mail" });
  const rule = (/** @type {string} */ recipient, client_mail = false) => {
    return { action: "allow", sender: "*", recipient, settings: { client_mail } };
  };
  const rules = [rule("*@example.net", true), rule("*@example.com")];
  const list = path.join(server.folder, "rules.json");
  await writeFile(list, JSON.stringify({ rules }));
  const ended = await server.run(["policy", "import", list]);
  assert.equal(ended.code, 0, ended.stderr.toString());
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
});
after(() => server?.stop());

const texts = { notification: { subject: "Ihr Befund", text: "Guten Tag,\n\nsiehe unten." } };
const shared = { password, language: "de", show_file_names: true, ...texts };

/** A mail without what differs from transfer to transfer. @param {string} text */
const even = (text) =>
  text
    .replaceAll("\r\n", "\n")
    .replaceAll(/[a-z2-7]{26}/g, "ID")
    .replaceAll(/(?:[a-z2-7]{4,5}-){5}[a-z2-7]+/g, "ID")
    .replaceAll(/\d\d:\d\d/g, "TIME")
    .trim();

test("the mail in the answer is the one that the server would have sent", async () => {
  const box = await mailbox(bert);
  await client.provide({ from: anna, to: [{ address: bert }], files, more: shared });
  const sent = await box.next();
  const more = { ...shared, notify: "none" };
  const started = await client.provide({ from: anna, to: [{ address: bert }], files, more });
  const [one] = started.recipients;
  assert.equal(one.mail.language, "de");
  assert.equal(one.mail.subject, sent.subject);
  assert.equal(even(one.mail.text), even(sent.text));
  assert.equal(even(one.mail.html), even(sent.html));
  for (const part of [one.mail.text, one.mail.html]) assert.ok(part.includes(one.link));
  const opened = await new ApiClient(server.baseUrl).open(one.transfer_id, { password });
  assert.equal(opened.opened.files[0].name, "Befund.txt");
});

test("nobody is mailed by the server, and the sender sees in whose hands the mail is", async () => {
  const more = { notify: "none", notify_delivery: true, open_by: "link", password: undefined };
  const draft = await client.createDraft(anna);
  const body = draft.startBody([{ address: bert }, { address: dora, kind: "bcc" }], more);
  for (const each of body.recipients) {
    Object.assign(each, { slot_id: randomId(), secret: randomSecret() });
  }
  const started = expectStatus(await draft.start(body), 201).json;
  const again = expectStatus(await draft.start(body), 200).json;
  assert.deepEqual(again, started, "repeated, it is the same");
  const links = started.recipients.map((/** @type {any} */ one) => one.link);
  assert.equal(new Set(links).size, 2);
  for (const { link, mail } of started.recipients) {
    assert.match(link, /#/);
    const others = links.filter((/** @type {string} */ other) => other !== link);
    assert.ok(mail.text.includes(link) && !mail.text.includes(others[0]));
  }
  const sentPath = `/api/v1/sent/${started.tracking_id}`;
  const { recipients } = expectStatus(await client.call("GET", sentPath), 200).json;
  for (const one of recipients) {
    assert.equal(one.mail, "by_client");
    assert.equal(one.mail_settled, started.created);
  }
  expectProblem(await draft.start({ ...body, notify: "server" }), 409, "conflict");
  // The revocation's mail comes from the server, and is the first of all.
  expectStatus(await client.call("POST", `${sentPath}/revoke`), 204);
  const box = await mailbox(dora);
  const mail = await box.next();
  assert.ok(!mail.text.includes("/r/"), mail.text);
  assert.deepEqual(await box.rest(), []);
});

test("the rules of all recipients have to let a mail program send", async () => {
  const ask = async (/** @type {string[]} */ recipients) => {
    const json = { from: anna, recipients };
    return expectStatus(await client.call("POST", "/api/v1/policy", { json }), 200).json;
  };
  assert.equal((await ask([bert])).client_mail, true);
  assert.equal((await ask([bert, carl])).client_mail, false);
  const draft = await client.createDraft(anna);
  const to = [{ address: bert }, { address: carl }];
  const refused = await draft.start(draft.startBody(to, { password, notify: "none" }));
  expectProblem(refused, 403, "refused", "client_mail_not_allowed");
  const wrong = await draft.start(draft.startBody(to, { password, notify: "nobody" }));
  expectProblem(wrong, 400, "invalid");
});
