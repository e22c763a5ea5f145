// Debian's Thunderbird is quit while a mail is on its way by Couvert: draft and transfer are both
// still there, what was uploaded is not uploaded again, and on any doubt nothing leaves.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { CommandLine } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder, sha256 } from "./harness/files.mjs";
import * as inside from "./harness/in-mail-program.mjs";
import { MailProgram } from "./harness/mail-program.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { freePorts } from "./harness/ports.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox, runContext } from "./harness/run-context.mjs";
import { SlowLine } from "./harness/slow-line.mjs";

const sender = "goingon-anna@example.org";
const recipient = "goingon-bert@example.com";
/** Nobody may write there, but for answers. */
const partner = "goingon-pia@example.net";
const mebibyte = 1024 * 1024;
const start = "main[data-stage=form][data-complete=true] [data-testid=send]";
const kept = "[data-testid=done][data-kept=true]";
const unsent = "[data-testid=done] [role=alert]";

/** @type {Couvertd} */
let server;
/** @type {SlowLine} */
let line;
/** @type {MailProgram} */
let program;
/** @type {import("./harness/mailbox.mjs").Mailbox} */
let box;
/** @type {string} */
let folder;

before(async () => {
  box = await mailbox(recipient);
  folder = await newFolder("going-on");
  server = await Couvertd.start({
    name: "goingon",
    config: { limits: { client_mail: "true" } },
    rules: [
      ["*@example.org", "*@example.com"],
      ["*@example.net", "*@example.org"],
    ],
  });
  line = await SlowLine.start(server.port, 100 * mebibyte);
  program = await MailProgram.start({
    address: sender,
    more: { "extensions.webextOptionalPermissionPrompts": false },
  });
  await program.useServer(`http://localhost:${line.port}`);
});

after(async () => {
  await program?.stop();
  await line?.stop();
  await server?.stop();
});

/** A pane for a new mail, whose draft is saved then. @param {string} subject
 * @param {string[]} [files] */
async function begin(subject, files = []) {
  const opened = await program.writeMail({ to: recipient, body: "<p>Words</p>", subject, files });
  await program.isThere(opened, "main[data-stage=form]");
  await program.run(inside.saveDraft, { subject });
  return opened;
}

/** The same mail after a restart. @param {string} subject */
async function comeBack(subject) {
  await program.run(inside.fetchMails, {});
  await program.run(inside.openDraft, { subject });
  await program.run(inside.written, { subject });
  return program.openPane();
}

/** What the recipient gets. @param {string} password */
async function retrieve(password) {
  const file = path.join(folder, "password");
  await writeFile(file, password, { mode: 0o600 });
  const out = await newFolder("going-on-out");
  const person = await CommandLine.create(server.baseUrl);
  const link = transferLinkIn(await box.next());
  await person.json(["retrieve", link, "--password-file", file, "--out", out]);
  return out;
}

test("an upload goes on after Thunderbird was quit, to the same bytes", async () => {
  const file = path.join(folder, "Größe.bin");
  await writeFile(file, randomBytes(18 * mebibyte));
  line.rate = mebibyte;
  const [before, size] = [line.up, 18 * mebibyte];
  const first = await begin("Half of it", [file]);
  await program.isThere(first, "[data-testid=files] li[data-state=running]");
  await waitUntil("half of it is there", async () => line.up - before > size / 2);
  await program.restart({ kill: true });
  line.rate = 100 * mebibyte;
  const sent = line.up;
  const second = await comeBack("Half of it");
  await program.isThere(second, "[data-testid=recovered]");
  await program.look(second, "going-on");
  await program.isThere(second, start);
  assert.ok(line.up - sent < size * 0.75, `${line.up - sent} bytes were sent again`);
  const password = await program.textOf(second, "[data-testid=password]");
  await program.click(second, start);
  await program.isThere(second, kept);
  const out = await retrieve(password);
  assert.equal(await sha256(path.join(out, "Größe.bin")), await sha256(file));
  await program.run(inside.close, { page: second });
  const copy = await program.run(inside.mailIn, {
    address: sender,
    flag: "SentMail",
    subject: "Half of it",
  });
  assert.match(copy.text, /Größe\.bin/);
});

/** Starts the transfer of a mail that Thunderbird then cannot send, and quits.
 * @param {string} subject */
async function quitAfterStart(subject) {
  const { smtpPort } = (await runContext()).mail;
  const [nobody] = await freePorts(1);
  const port = "mail.smtpserver.smtp1.port";
  await program.restart({ more: { [port]: nobody ?? 0 } });
  const first = await begin(subject);
  await program.click(first, start);
  await program.isThere(first, "[data-testid=done][data-kept=false]");
  const password = await program.textOf(first, "[data-testid=password]");
  await program.restart({ more: { [port]: smtpPort } });
  assert.equal((await box.rest()).length, 0);
  return password;
}

/** @param {string} state */
async function newestSentIs(state) {
  await program.open("transfers.html");
  await program.isThere("transfers.html", `[data-testid=sent] li:first-child[data-state=${state}]`);
}

test("what was started and has not left leaves in the next session, once", async () => {
  const password = await quitAfterStart("Started");
  const second = await comeBack("Started");
  await program.isThere(second, unsent);
  assert.equal(await program.textOf(second, "[data-testid=password]"), password);
  assert.equal((await box.rest()).length, 0, "not by itself");
  await program.click(second, `${unsent} button`);
  await program.isThere(second, kept);
  await retrieve(password);
  assert.equal((await box.rest()).length, 0);
  await program.run(inside.close, { page: second });
});

test("a mail that says something else by then does not leave by what was started", async () => {
  await quitAfterStart("Before");
  await program.run(inside.fetchMails, {});
  await program.run(inside.openDraft, { subject: "Before" });
  await program.run(inside.written, { subject: "Before" });
  await program.run(inside.retitle, { subject: "After" });
  const second = await program.openPane();
  await program.isThere(second, "main[data-stage=form] [data-testid=recovered]");
  await program.look(second, "taken-back");
  const links = (await box.rest()).flatMap((mail) => mail.links);
  assert.ok(!links.some((one) => one.includes("/r/")), "at most that it was revoked");
  await newestSentIs("revoked");
});

test("what was chosen in the form comes back after Thunderbird was quit", async () => {
  const subject = "Chosen";
  const first = await program.writeMail({ to: recipient, body: "<p>Words</p>", subject });
  await program.isThere(first, "main[data-stage=form] [data-testid=password]");
  const day = new Date(Date.now() + 3 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await program.fill(first, "#day", day);
  await program.fill(first, "#language", "nl");
  const told = ".options > fieldset:last-child input";
  const password = await program.textOf(first, "[data-testid=password]");
  const chosen = (/** @type {Window} */ w, /** @type {string} */ boxes) => {
    const values = [...w.document.querySelectorAll("#day, #language, input[name=mode]:checked")];
    const checks = [...w.document.querySelectorAll(boxes)];
    const inputs = /** @type {HTMLInputElement[]} */ ([...values, ...checks]);
    return inputs.map(({ type, value, checked }) => (type === "checkbox" ? checked : value));
  };
  const preset = await program.inPage(first, chosen, told);
  for (const no of [1, 2, 3])
    await program.click(first, `${told.replace(" input", "")} > :nth-child(${no + 1}) input`);
  await program.click(first, "input[name=mode][value=own]");
  const before = await program.inPage(first, chosen, told);
  assert.ok(before.includes("own") && before.includes("nl") && before.includes(day), before.join());
  assert.notDeepEqual(before.slice(-3), preset.slice(-3));
  await program.run(inside.saveDraft, { subject });
  await program.restart({ kill: true });
  const second = await comeBack(subject);
  await program.isThere(second, `${start}`);
  assert.deepEqual(await program.inPage(second, chosen, told), before);
  await program.click(second, "input[name=mode][value=generated]");
  assert.equal(await program.textOf(second, "[data-testid=password]"), password);
  await program.run(inside.close, { page: second });
});

test("an answer is still one after Thunderbird was quit", async () => {
  const pia = await CommandLine.create(server.baseUrl);
  await pia.verify(partner);
  const file = path.join(folder, "password");
  await writeFile(file, "Anders, 8 Hufe im Wind", { mode: 0o600 });
  const who = ["--from", partner, "--name", "Pia Pott", "--to", sender, "--language", "en"];
  await pia.json(["provide", file, ...who, "--password-file", file, "--subject", "Asked"]);
  await program.useServer(server.baseUrl); // whose links stand in its notifications
  await program.run(inside.show, { subject: "Pia Pott" });
  await program.press("mail:3pane", "messageDisplayAction");
  await program.fill("message.html", "#password", "Anders, 8 Hufe im Wind");
  await program.click("message.html", "[data-testid=open]");
  await program.isThere("message.html", "[data-testid=content]");
  await program.click("message.html", "[data-testid=reply]");
  await program.run(inside.written, { subject: "Re: Asked" });
  await program.run(inside.hasHeader, { name: "x-couvert-reply" });
  await program.run(inside.retitle, { subject: "Answered" });
  await program.run(inside.saveDraft, { subject: "Answered" });
  await program.restart({ kill: true });
  // Once Thunderbird has the answered mail it names that one where the draft is opened.
  await waitUntil("the answered mail is there", async () => {
    const subjects = /** @type {string[]} */ (await program.run(inside.mailsIn, { flag: "Inbox" }));
    return subjects.some((one) => one.includes("Pia Pott"));
  });
  const pane = await comeBack("Answered");
  await program.isThere(pane, "[data-testid=people]:not(:has(.warn))");
  await program.click(pane, start);
  await program.isThere(pane, kept);
  const fits = (/** @type {{ links: string[] }} */ { links }) =>
    links.some((one) => one.includes("/r/"));
  assert.ok(transferLinkIn(await (await mailbox(partner)).next({ fits })));
});
