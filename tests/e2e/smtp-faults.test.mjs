// A mail server that fails at every stage: every recipient gets a mail, twice only where nobody can
// know, never in plain; what will never arrive is told to the sender.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd, mailConfig } from "./harness/couvertd.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { FaultySmtp } from "./harness/faulty-smtp.mjs";
import { newFolder } from "./harness/files.mjs";
import { codeInText } from "./harness/mailbox.mjs";
import { output, waitUntil } from "./harness/processes.mjs";
import { runContext } from "./harness/run-context.mjs";

const anna = "smtp-anna@example.org";
const more = { password: "Ein Pferd, 7 Hufe" };
const hours = 3600;

/** @type {FaultySmtp} */
let smtp;
/** @type {FakeClock} */
let clock;
/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {{ key: string, certificate: string }} */
let trusted;

before(async () => {
  const { mail } = await runContext();
  const key = path.join(path.dirname(mail.certificate), "key.pem");
  trusted = { key, certificate: mail.certificate };
  smtp = await FaultySmtp.start(trusted);
  clock = await FakeClock.create();
  const options = { env: clock.env, mail: await mailConfig(smtp.port) };
  server = await Couvertd.start({ name: "smtp-faults", ...options });
  client = new ApiClient(server.baseUrl);
  await client.requestCode(anna);
  await waitUntil("the code's mail is there", () => smtp.taken.length === 1);
  const json = { address: anna, code: codeInText(smtp.taken[0].data) };
  expectStatus(await client.call("POST", "/api/v1/verifications/confirm", { json }), 200);
});
after(async () => {
  await server?.stop();
  smtp?.stop();
});

/** @param {string} to */
function mailsTo(to) {
  return smtp.taken.filter((mail) => mail.to === to);
}

/** @param {string} data */
function messageId(data) {
  return data.match(/^Message-I[dD]: *(?:\r\n )?(.*)$/m)?.[1];
}

let pokes = 0;

/** Lets a round begin at once: a new mail wakes the outbox. Its address gets that mail, or not. */
async function poke() {
  const other = new ApiClient(server.baseUrl);
  await other.requestCode(`smtp-poke-${pokes++}@example.org`);
}

/** A figure of the mails that wait, of those to an address. @param {string} figure
 * @param {string} to a pattern of SQL */
async function ofWaiting(figure, to) {
  const database = path.join(server.data, "couvert.db");
  const sql = `SELECT ${figure} FROM outbox WHERE address LIKE '${to}'`;
  return Number(await output(["sqlite3", "-readonly", "-cmd", ".timeout 5000", database, sql]));
}

/** Where the server is held in vain, its patience passes; libcurl looks once a second.
 * @param {() => boolean} isHeld */
async function losePatience(isHeld) {
  await waitUntil("the server is held", isHeld);
  await clock.pass(61);
}

/** A fault, and a round that meets it: the mail to this address is tried and stays.
 * @param {string} to @param {() => void} set @param {() => boolean} [isHeld] */
async function meet(to, set, isHeld) {
  const tries = await ofWaiting("tries", to);
  set();
  await clock.pass(4 * hours);
  await poke();
  if (isHeld) await losePatience(isHeld);
  await waitUntil("the round met it", async () => (await ofWaiting("tries", to)) > tries);
}

test("a server that fails, or without good TLS, gets no mail and no password", async () => {
  const to = "smtp-bert@example.net";
  smtp.fault = (stage) => (stage === "connect" ? "421 busy" : undefined);
  const sent = await client.provide({
    from: anna,
    to: [{ address: to }],
    more,
  });
  const faults = [
    ["connect", "554 go away"],
    ["connect", "close"],
    ["connect", "reset"],
    ["connect", "rubbish"],
    ["EHLO", "close"],
    ["STARTTLS", "454 not now"],
    ["STARTTLS", "reset"],
    ["AUTH", "535 wrong"],
    ["MAIL", "550 not you"],
    ["MAIL", "close"],
    ["DATA", "451 later"],
    ["RCPT", `450 ${"x".repeat(200_000)}`],
  ];
  await waitUntil("it was tried", async () => (await ofWaiting("tries", to)) > 0);
  for (const [stage, what] of faults) {
    let met = false;
    const fault = (/** @type {string} */ at) => {
      if (at !== stage) return undefined;
      met = true;
      return what;
    };
    await meet(to, () => (smtp.fault = fault), what === "rubbish" ? () => met : undefined);
    assert.ok(met, `${stage} ${what}`);
  }
  smtp.fault = () => undefined;

  smtp.plainLines = [];
  await meet(to, () => (smtp.offersTls = false));
  smtp.offersTls = true;
  const folder = await newFolder("stranger");
  const stranger = {
    key: `${folder}/key.pem`,
    certificate: `${folder}/cert.pem`,
  };
  const kind = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost";
  const files = ["-keyout", stranger.key, "-out", stranger.certificate];
  const names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  await output(["openssl", "req", "-x509", ...kind.split(" "), ...names, ...files]);
  await smtp.useCertificate(stranger);
  await meet(to, () => undefined);
  await smtp.useCertificate(trusted);
  for (const line of smtp.plainLines) assert.match(line, /^(EHLO|HELO|STARTTLS|QUIT)\b/);

  const state = () => client.call("GET", `/api/v1/sent/${sent.tracking_id}`);
  assert.equal(expectStatus(await state(), 200).json.recipients[0].mail, "waiting");
  assert.equal(mailsTo(to).length, 0);
  await clock.pass(4 * hours);
  await poke();
  await waitUntil("the mail is there", () => mailsTo(to).length > 0);
  await waitUntil(
    "the sender sees it",
    async () => (await state()).json.recipients[0].mail === "handed_over",
  );
  assert.equal(mailsTo(to).length, 1);
});

/** What happens to the first try of each recipient's mail, and how many mails it may then get.
 * @type {[string, string, string, number, number][]} */
const fates = [
  ["greylisted", "RCPT", "450 4.2.0 later", 1, 1],
  ["rubbish", "RCPT", "rubbish", 1, 1],
  ["closed", "RCPT", "close", 1, 1],
  ["cut", "content", "close", 1, 1],
  ["reset", "content", "reset", 1, 1],
  ["full", ".", "452 4.3.1 no room", 1, 1],
  ["dropped", ".", "close", 1, 2],
  ["vanished", ".", "reset", 1, 2],
  ["parted", "taken", "close", 1, 2],
  ["torn", "taken", "reset", 1, 2],
  ["unknown", "RCPT", "550 5.1.1 no such mailbox", 0, 0],
  ["spam", ".", "554 5.7.1 looks like spam", 0, 0],
];

test("whatever befalls one mail, all get theirs, and the sender hears of the rest", async () => {
  const address = (/** @type {string} */ name) => `smtp-${name}@example.com`;
  /** @type {Set<string>} */
  const met = new Set();
  smtp.fault = (stage, to) => {
    const fate = fates.find(([name]) => address(name) === to);
    if (!fate || fate[1] !== stage) return undefined;
    if (met.has(to) && fate[3] > 0) return undefined; // only the first time
    met.add(to);
    return fate[2];
  };
  const to = fates.map(([name]) => ({ address: address(name) }));
  const sent = await client.provide({ from: anna, to, more });
  await losePatience(() => met.has(address("rubbish")));
  await waitUntil("every fault was met", () => met.size === fates.length);
  const states = async () => {
    const answer = await client.call("GET", `/api/v1/sent/${sent.tracking_id}`);
    return expectStatus(answer, 200).json.recipients.map((/** @type {any} */ one) => one.mail);
  };
  await waitUntil("the refused ones are told", async () => {
    return (await states()).filter((/** @type {string} */ one) => one === "failed").length === 2;
  });
  await waitUntil("each was tried", async () => {
    return (await ofWaiting("COUNT(*) - SUM(tries > 0)", "smtp-%@example.com")) === 0;
  });
  await clock.pass(4 * hours);
  await poke();
  await waitUntil("the others are there", async () => {
    return (await states()).every((/** @type {string} */ one) => one !== "waiting");
  });
  for (const [name, , , least, most] of fates) {
    const mails = mailsTo(address(name));
    assert.ok(mails.length >= least && mails.length <= most, `${name}: ${mails.length} mails`);
    assert.ok(new Set(mails.map(({ data }) => messageId(data))).size <= 1, `${name}: one ID`);
  }
  for (const answer of ["550 5.1.1 no such mailbox", "554 5.7.1 looks like spam"]) {
    await waitUntil(`anna is told: ${answer}`, () =>
      mailsTo(anna).some(({ data }) => data.replace(/=\r\n/g, "").includes(answer)),
    );
  }
});
