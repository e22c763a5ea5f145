// QUICK in Debian's Thunderbird: between contacts a mail leaves and opens without a password.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import * as inside from "./harness/in-mail-program.mjs";
import { MailProgram } from "./harness/mail-program.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { connectPrograms, must, QuickProgram } from "./harness/quick-program.mjs";
import {
  askForQuick,
  isConnected,
  isInvited,
  isLetIn,
  isOpen,
  isPure,
} from "./harness/quick-steps.mjs";
import { mailbox } from "./harness/run-context.mjs";

const anna = "tbquick-anna@example.org";
const office = "tbquick-office@example.net";
const bert = "tbquick-bert@example.com";
const eva = "tbquick-eva@example.com";
const text = "Nur für Sie 🦷";
const form = "main[data-stage=form]";
const start = `${form}[data-complete=true] [data-testid=send]`;
const kept = "[data-testid=done][data-kept=true]";
const passwordChoice = "input[name=mode]";

/** @type {Couvertd} */
let server;
/** @type {MailProgram} */
let program;
/** Her other device. @type {QuickProgram} */
let annas;
/** @type {QuickProgram} */
let berts;
/** Bert's. @type {import("./harness/mailbox.mjs").Mailbox} */
let box;

before(async () => {
  server = await Couvertd.start({ name: "tbquick", config: { limits: { client_mail: "true" } } });
  annas = await QuickProgram.active(server.baseUrl, anna);
  berts = await QuickProgram.active(server.baseUrl, bert);
  await connectPrograms(annas, berts);
  box = await mailbox(bert);
  program = await MailProgram.start({
    address: anna,
    account: office,
    more: { "extensions.webextOptionalPermissionPrompts": false },
  });
  await program.useServer(server.baseUrl);
});

after(async () => {
  await program?.stop();
  await server?.stop();
});

/** A pane for a new mail, after which only what it sends comes to Bert; its address.
 * @param {object} mail */
async function begin(mail) {
  await box.rest();
  return program.writeMail({ to: bert, body: `<p>${text}</p>`, ...mail });
}

/** @param {string} page @returns {import("./harness/quick-steps.mjs").Pane} */
const paneOf = (page) => ({
  isThere: (selector) => program.isThere(page, selector),
  click: (selector) => program.click(page, selector),
  fill: (selector, typed) => program.fill(page, selector, typed),
  textOf: (selector) => program.textOf(page, selector),
  look: (state) => program.look(page, state),
});
const message = paneOf("message.html");

/** A mail of the inbox in a pane. @param {string} subject part of it: the sender's name */
async function read(subject) {
  await program.run(inside.show, { subject });
  await program.press("mail:3pane", "messageDisplayAction");
}

/** The transfer of the next notification to Bert. */
async function nextTransfer() {
  const fits = (/** @type {{ links: string[] }} */ { links }) =>
    links.some((one) => one.includes("/r/"));
  const id = /\/r\/([a-z2-7]{26})/.exec(transferLinkIn(await box.next({ fits })))?.[1];
  return id ?? assert.fail("no transfer");
}

test("what came by QUICK stays shut until another device lets this mail program in", async () => {
  const { transfer_id } = (await berts.sendByQuick(anna, { name: "Bert One", text })).recipients[0];
  assert.ok(transfer_id);
  await read("Bert One");
  await askForQuick(message);
  await isLetIn(message, (code) => must(annas.client.letIn(code)));
  await isOpen(message, text);
  await program.look("message.html", "quick-opened");
  const names = (await must(annas.client.devices())).map(({ name }) => name);
  assert.ok(names.includes("Thunderbird on Linux"), names.join());
  await program.run(inside.close, { page: "message.html" });
});

test("between contacts a mail leaves without a password, and opens for that contact", async () => {
  const file = path.join(await newFolder("tbquick-files"), "Befund.bin");
  await writeFile(file, randomBytes(500_000));
  const pane = await begin({ subject: "By QUICK", files: [file] });
  await isPure(paneOf(pane));
  await program.look(pane, "quick-pure");
  await program.click(pane, start);
  await program.isThere(pane, kept);
  await program.isThere(pane, "main:not(:has([data-testid=password]))");
  await program.look(pane, "quick-done");
  await program.run(inside.close, { page: pane });
  const opened = await berts.openByQuick(await nextTransfer());
  assert.match(opened.text, /Nur für Sie/);
  assert.deepEqual(
    opened.files.map((/** @type {{ name: string }} */ { name }) => name),
    ["Befund.bin"],
  );
});

test("what came by QUICK opens by itself from then on, and its attachments are saved", async () => {
  await berts.sendByQuick(anna, { name: "Bert Two", text });
  await read("Bert Two");
  await isOpen(message, text);
  await program.run(inside.close, { page: "message.html" });
});

test("who activates QUICK while writing keeps a code, and invites others", async () => {
  const pane = await begin({ subject: "Invited", identity: office });
  await program.isThere(pane, "[data-testid=quick]:not([data-here=unknown])");
  await program.click(pane, "#quick-switch");
  await program.isThere(pane, "[data-testid=connect-quick][data-step=activate]");
  await program.click(pane, start);
  await program.isThere(pane, "main[data-lack=quick]");
  await program.click(pane, "[data-testid=activate]");
  await program.isThere(pane, "[data-testid=recovery-code]");
  await program.look(pane, "quick-recovery");
  await program.click(pane, "[data-testid=save-recovery]");
  await program.textOf(pane, "[data-testid=recovery-kept]");
  const saved = await readFile(path.join(program.folder, "QUICK recovery code.txt"), "utf8");
  const code = await program.textOf(pane, "[data-testid=recovery-code]");
  assert.ok(saved.replace(/ /g, "").includes(code), "the file has the code");
  assert.ok(saved.includes(office) && saved.includes(`${server.baseUrl}/quick`), saved);
  await program.click(pane, start);
  await program.isThere(pane, "main[data-lack=quick]");
  await program.click(pane, "[data-testid=kept]");
  assert.equal(await program.textOf(pane, "[data-testid=quick-needing]"), bert);
  await program.look(pane, "quick-needing");
  const password = await program.textOf(pane, "[data-testid=password]");
  await program.click(pane, start);
  await program.isThere(pane, kept);
  await program.run(inside.close, { page: pane });
  await berts.accept({ transferId: await nextTransfer(), password });

  const next = await begin({ subject: "No password any more", identity: office });
  await program.isThere(next, "[data-testid=quick][data-pure=true]");
  await program.click(next, start);
  await program.isThere(next, kept);
  await program.run(inside.close, { page: next });
  assert.match((await berts.openByQuick(await nextTransfer())).text, /Nur für Sie/);
});

test("where a contact has ended it, nothing leaves in another way than shown", async () => {
  const pane = await begin({ subject: "Ended" });
  await program.isThere(pane, "[data-testid=quick][data-pure=true]");
  await must(berts.client.endContact(anna));
  await box.rest();
  await program.click(pane, start);
  await program.isThere(pane, `main[data-lack=other_ways][data-stage=form]:has(${passwordChoice})`);
  await program.look(pane, "quick-other-ways");
  assert.equal((await box.rest()).length, 0);
  assert.deepEqual(await program.run(inside.drafts, {}), ["Ended"]);
  await program.click(pane, start);
  await program.isThere(pane, kept);
  await program.run(inside.close, { page: pane });
  await nextTransfer();
});

test("what a stranger to this mail program's contacts sends stays shut, and says why", async () => {
  await must(annas.client.endContact(bert));
  await connectPrograms(annas, berts);
  await berts.sendByQuick(anna, { name: "Bert Three", text });
  await must(annas.client.endContact(bert));
  await read("Bert Three");
  await program.isThere("message.html", "[data-testid=shut][data-reason=not_connected]");
  await program.look("message.html", "quick-not-connected");
  await program.run(inside.close, { page: "message.html" });
});

test("an invitation that was declined stays so, and is accepted later all the same", async () => {
  const evas = await QuickProgram.active(server.baseUrl, eva);
  const { password } = await evas.invite(anna);
  await read("Anna Muster");
  await isInvited(message, password);
  await program.click("message.html", "[data-testid=not-now]");
  await program.isThere("message.html", "[data-testid=invitation][data-stage=declined]");
  await program.run(inside.close, { page: "message.html" });

  await program.press("mail:3pane", "messageDisplayAction");
  await program.fill("message.html", "#password", password);
  await program.click("message.html", "[data-testid=open]");
  await program.isThere("message.html", "[data-testid=invitation][data-stage=declined]");
  await program.look("message.html", "quick-declined");
  await program.click("message.html", "#quick-undo");
  await program.click("message.html", "[data-testid=accept]");
  await isConnected(message);
  await must(evas.client.takeAnswers());
  const states = await must(evas.client.shownStates([anna]));
  assert.equal(states.get(anna), "connected");
});
