// Mails that come back: a real Postfix says so by its alias, and the sender hears of it.
import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd, programs } from "./harness/couvertd.mjs";
import { giveToAliases, setAliases } from "./harness/mail-system.mjs";
import { metricsOf, sumOf } from "./harness/metrics.mjs";
import { runProgram, waitUntil } from "./harness/processes.mjs";
import { mailbox, runContext } from "./harness/run-context.mjs";

const anna = "bounces-anna@example.org";
const bert = "bounces-bert@example.net";
const unknown = "nobody-here@bounces.example.org";
const password = "Ein Pferd, 7 Hufe";
const patience = { deadline: 120_000 };

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;

before(async () => {
  const bounces = `bounces = "bounces@bounces.example.org"`;
  const { mail } = await runContext();
  const connection = [
    `smtp = "smtp://127.0.0.1:${mail.smtpPort}"`,
    `user = "${mail.user}"`,
    `password_file = "${mail.passwordFile}"`,
    `ca_file = "${mail.certificate}"`,
  ];
  server = await Couvertd.prepare({
    name: "bounces",
    mail: [...connection, bounces].join("\n"),
    rules: [["*@example.org", "*"]],
  });
  // Where everybody may run it.
  const program = path.join(server.folder, "couvertd");
  await copyFile(path.join(programs, "couvertd"), program);
  await setAliases(mail, `bounces: "|${program} bounce --config ${server.config}"\n`);
  await giveToAliases(server.folder);
  await server.serve();
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
});
after(() => server?.stop());

/** @param {string[]} to */
async function provide(...to) {
  const recipients = to.map((address) => ({ address }));
  return client.provide({ from: anna, to: recipients, more: { password } });
}

/** @param {{ tracking_id: string }} sent */
async function recipientsOf({ tracking_id }) {
  const answer = await client.call("GET", `/api/v1/sent/${tracking_id}`);
  return expectStatus(answer, 200).json.recipients;
}

/** @param {string} messageId @param {string} [action] */
function reportOf(messageId, action = "failed") {
  return `From: MAILER-DAEMON@example.net
To: bounces@bounces.example.org
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.net

Final-Recipient: rfc822; ${bert}
Action: ${action}
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 the mailbox is full

--b
Content-Type: text/rfc822-headers

Message-ID: ${messageId}

--b--
`;
}

/** What the alias does. @param {string} input @param {string} [config] */
async function bounce(input, config = server.config) {
  const command = [path.join(programs, "couvertd"), "bounce", "--config", config];
  const { code, stdout, stderr } = await runProgram(command, { input });
  return { code, stdout: stdout.toString(), stderr: stderr.toString() };
}

test("a mail that Postfix could not deliver is told to its sender, with the reason", async () => {
  const box = await mailbox(anna);
  await box.rest();
  const sent = await provide(unknown, bert);
  const told = await box.next({ ...patience, fits: (mail) => mail.text.includes(unknown) });
  assert.match(told.subject, /did not reach nobody-here@bounces\.example\.org/);
  assert.match(told.text, /unknown user/i);
  const [lost, arrived] = await recipientsOf(sent);
  assert.equal(lost.mail, "failed");
  assert.match(lost.mail_answer, /unknown user/i);
  assert.equal(arrived.mail, "handed_over");
  assert.equal(sumOf(await metricsOf(server), /^couvert_mails_total.*bounced/), 1);
});

test("what is no report of a mail that failed for good changes nothing, and says so", async () => {
  const box = await mailbox(bert);
  await box.rest();
  const sent = await provide(bert);
  const { messageId } = await box.next(patience);
  for (const input of [
    "",
    "Subject: I am away\nAuto-Submitted: auto-replied\n\nuntil Monday\n",
    "\u0000\u00ff".repeat(100_000),
    reportOf(messageId, "delayed"),
    reportOf(messageId.replace(/.{10}@/, "aaaaaaaaaa@")),
    reportOf(messageId) + "x".repeat(4 * 1024 * 1024),
  ]) {
    const ended = await bounce(input);
    assert.deepEqual([ended.code, ended.stderr], [0, ""], input.slice(0, 100));
    assert.match(ended.stdout, /^ignored: [a-z ]+\n$/);
  }
  const [recipient] = await recipientsOf(sent);
  assert.equal(recipient.mail, "handed_over");
});

test("a report that comes while the server is down is told later, and only once", async () => {
  const [box, own] = [await mailbox(bert), await mailbox(anna)];
  await box.rest();
  const sent = await provide(bert);
  const { messageId } = await box.next(patience);
  await waitUntil(
    "the mail is handed over",
    async () => (await recipientsOf(sent))[0].mail === "handed_over",
  );
  await own.rest();
  await server.stop();
  const first = await bounce(reportOf(messageId));
  assert.deepEqual(first, { code: 0, stdout: "noted: the server tells the sender\n", stderr: "" });
  assert.match((await bounce(reportOf(messageId))).stdout, /^ignored: /);
  await server.serve();
  const told = await own.next({ ...patience, fits: (mail) => mail.text.includes(bert) });
  assert.match(told.text, /552 5\.2\.2 the mailbox is full/);
  assert.equal((await recipientsOf(sent))[0].mail, "failed");
  assert.match((await bounce(reportOf(messageId))).stdout, /^ignored: /);
});

test("where the report cannot be noted, the mail server is asked to keep it", async () => {
  const report = reportOf(`<${"a".repeat(26)}@example.org>`);
  const lost = await bounce(report, path.join(server.folder, "nothing.toml"));
  assert.equal(lost.code, 75);
  assert.match(lost.stderr, /^couvertd: error: /);
  const apart = await Couvertd.prepare({ name: "apart", rules: [], data: "/nowhere/at/all" });
  assert.equal((await bounce(report, apart.config)).code, 75);
});
