// The confidential message: shown as the text that it is, and saved as a file that other programs
// open, alone or with everything attached.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { CommandLine, mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { newFolder } from "./harness/files.mjs";
import { RecipientPages, words } from "./harness/portal-pages.mjs";
import { output } from "./harness/processes.mjs";

const anna = "message-anna@example.org";
const bert = "message-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const name = "Dr. Anna Müller, Zähne";
const subject = 'Befund 3/4 für Ångström 🦷 =?utf-8?q?x?= , ; "';
const lines = [
  "Guten Tag <b>Bert</b>,  ",
  "",
  ".",
  "From hier an: https://example.org/a?b=c. [klick](javascript:alert(1))",
  "שלום עולם — 你好 — \u200Fمرحبا\u200E",
  `lang ${"ä".repeat(3000)}`,
  "\ttab = =3D =20 --=_x",
  "kein Zeilenende 👋🏽",
];
const text = lines.join("\n");
/** @type {[string, Buffer, string][]} */
const files = [
  ["Bilder/Röntgen 牙科.png", randomBytes(300_001), "image/png"],
  ["Briefe/Röntgen 牙科.png", randomBytes(57), "image/png"],
  ['brief "eins";x=1.txt', Buffer.from("Zähne\n"), "text/plain"],
  [`${"صورة ".repeat(30)}.pdf`, randomBytes(1000), "application/pdf"],
  ["leer.dat", Buffer.alloc(0), ""],
  ["alt.eml", Buffer.from("Subject: x\r\n\r\ny"), "message/rfc822"],
  ["plain.bin", randomBytes(58), "application/x-ünfug"],
];

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {import("./harness/api-client.mjs").RetrievalClient} */
let opened;
let link = "";
before(async () => {
  server = await Couvertd.start({ name: "message" });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  const draft = await client.createDraft(anna);
  for (const file of files) await draft.upload(...file);
  const body = draft.startBody([{ address: bert }], { name, subject, text, password });
  const [recipient] = expectStatus(await draft.start(body), 201).json.recipients;
  link = recipient.link;
  opened = await client.open(recipient.transfer_id, { password });
});
after(() => server?.stop());

/** @param {Buffer} bytes */
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Read by Python, strictly. @param {string} file */
async function parse(file) {
  const script = path.join(import.meta.dirname, "harness/message-file.py");
  return JSON.parse(await output(["/usr/bin/python3", script, file]));
}

/** @param {any} message */
function expectMessage(message) {
  assert.deepEqual(message.defects, []);
  assert.deepEqual(message.from, [[name, anna]]);
  assert.deepEqual(message.to, [bert]);
  assert.equal(message.subject, subject);
  assert.equal(message.text, text.replaceAll("\n", "\r\n"), "every character survives");
  assert.ok(Math.abs(message.date - Date.now() / 1000) < 600);
  assert.match(message.id, /^<[a-z2-7]{26}@[^>]+>$/);
  assert.ok(message.longest_line <= 998, `${message.longest_line}`);
  assert.equal(message.bare_line_ends, 0);
}

/** @param {string} below @param {string} to */
async function fetched(below, to) {
  const answer = expectStatus(await opened.call("GET", below), 200);
  assert.equal(answer.headers["content-type"], "message/rfc822");
  assert.match(String(answer.headers["content-disposition"]), /^attachment; .*\.eml$/);
  const file = path.join(await newFolder(to), "message.eml");
  await writeFile(file, answer.body);
  return { answer, file };
}

test("the message alone is read by another program, character by character", async () => {
  const { file } = await fetched("/message", "eml");
  const message = await parse(file);
  expectMessage(message);
  assert.deepEqual(message.attached, []);
});

test("with its files it holds their bytes and names, in any script", async () => {
  const { answer, file } = await fetched("/message?files=all", "eml-files");
  assert.equal(Number(answer.headers["content-length"]), answer.body.length);
  const message = await parse(file);
  expectMessage(message);
  assert.deepEqual(
    message.attached.map((/** @type {any} */ one) => one.sha256),
    files.map(([, bytes]) => sha256(bytes)),
  );
  const names = message.attached.map((/** @type {any} */ one) => one.name);
  assert.deepEqual(names.slice(0, 2), ["Röntgen 牙科.png", "Briefe_Röntgen 牙科.png"]);
  assert.ok(names[3].startsWith("صورة صورة") && names[3].endsWith(".pdf"), names[3]);
  assert.equal(new Set(names).size, names.length, "each has a name of its own");
  assert.ok(message.attached.every((/** @type {any} */ one) => one.disposition === "attachment"));
  const types = message.attached.map((/** @type {any} */ one) => one.type);
  const bytes = "application/octet-stream";
  const expected = ["image/png", "image/png", "text/plain", "application/pdf", bytes, bytes, bytes];
  assert.deepEqual(types, expected);
});

test("couvert retrieve --eml writes the message for mail programs", async () => {
  const folder = path.join(await newFolder("retrieve-eml"), "out");
  const secret = path.join(path.dirname(folder), "password");
  await writeFile(secret, `${password}\n`);
  const person = await CommandLine.create(server.baseUrl);
  const options = ["--password-file", secret, "--out", folder, "--eml"];
  const ended = mustEndWell(await person.run(["retrieve", link, ...options]));
  assert.ok(ended.stdout.toString().includes("message.eml"));
  expectMessage(await parse(path.join(folder, "message.eml")));
  await assert.rejects(readFile(path.join(folder, "message.txt")));
});

test("munpack, which knows older rules, unpacks the same bytes", async () => {
  const { file } = await fetched("/message?files=all", "munpack");
  const folder = path.dirname(file);
  await output(["munpack", "-q", "-C", folder, file]);
  const unpacked = await Promise.all(
    (await readdir(folder)).map(async (one) => sha256(await readFile(path.join(folder, one)))),
  );
  for (const [one, bytes] of files) {
    if (bytes.length > 0) assert.ok(unpacked.includes(sha256(bytes)), one);
  }
});

test("its ranges, conditions and bounds are those of every download", async () => {
  for (const below of ["/message", "/message?files=all"]) {
    const whole = expectStatus(await opened.call("GET", below), 200);
    const etag = String(whole.headers.etag);
    const head = expectStatus(await opened.call("HEAD", below), 200);
    assert.equal(head.headers["content-length"], String(whole.body.length));
    for (const method of ["GET", "HEAD"]) {
      expectStatus(await opened.call(method, below, { "If-None-Match": etag }), 304);
      expectStatus(await opened.call(method, below, { "If-Match": '"x"' }), 412);
    }
    for (const first of [1, 500, 1001, whole.body.length - 1]) {
      const Range = `bytes=${first}-`;
      const rest = expectStatus(await opened.call("GET", below, { Range }), 206);
      assert.ok(rest.body.equals(whole.body.subarray(first)), `${below} ${first}`);
    }
    const past = { Range: `bytes=${whole.body.length}-` };
    expectProblem(await opened.call("GET", below, past), 416, "invalid");
  }
  for (const query of ["?files=0", "?files=all&files=all", "?", "?x=1"]) {
    const answer = await opened.call("GET", `/message${query}`);
    if (query === "?") expectStatus(answer, 200);
    else expectProblem(answer, 400, "invalid");
  }
  for (const method of ["GET", "HEAD"]) {
    const foreign = await opened.call(method, "/message", { "Couvert-Retrieval": "A".repeat(43) });
    expectStatus(foreign, 404);
  }
});

test("the page shows the message as text, links lead where they say, and it is saved", async () => {
  const browser = await launchChromium();
  try {
    const page = await (await openProfile(browser, { language: "de" })).newPage();
    page.on("dialog", () => assert.fail("something in the message ran"));
    const recipient = new RecipientPages(page, await words("de"), async () => undefined);
    await page.goto(link);
    await page.locator("#open-password").fill(password);
    await recipient.button("page.next").click();
    const shown = page.getByTestId("message-text");
    assert.equal(await shown.textContent(), text);
    assert.equal(await page.getByTestId("message-subject").textContent(), subject);
    assert.equal(await shown.locator(":not(bdi)").count(), 1, "the one link, no other markup");
    assert.equal(await shown.locator("a").getAttribute("href"), "https://example.org/a?b=c");
    assert.equal(await shown.locator("a").getAttribute("rel"), "noopener noreferrer");
    const alone = await recipient.download(page.getByTestId("save-message"));
    assert.equal(alone.name, "Befund 3_4 für Ångström 🦷 =_utf-8_q_x_= , ; _.eml");
    expectMessage(await parse(alone.file));
    const all = await recipient.download(page.getByTestId("save-message-files"));
    assert.equal((await parse(all.file)).attached.length, files.length);
    await page.locator("details summary").click();
    await page.getByTestId("tracking-id").waitFor();
    assert.equal(await page.getByTestId("save-checksums").count(), 0, "no rule asks for sums");
  } finally {
    await browser.close();
  }
});
