// Bad luck while a mail leaves Debian's Thunderbird by Couvert. On any doubt it does not leave.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { Couvertd } from "./harness/couvertd.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { newFolder } from "./harness/files.mjs";
import * as inside from "./harness/in-mail-program.mjs";
import { MailProgram } from "./harness/mail-program.mjs";
import { mailbox } from "./harness/run-context.mjs";

const sender = "troubles-anna@example.org";
const recipient = "troubles-bert@example.com";
const mebibyte = 1024 * 1024;
const form = "main[data-stage=form]";
const early = `${form} [data-testid=send]`;
const start = `${form}[data-complete=true] [data-testid=send]`;
const kept = "[data-testid=done][data-kept=true]";

/** @type {FakeClock} */
let clock;
/** @type {Couvertd} */
let server;
/** @type {MailProgram} */
let program;
/** @type {import("./harness/mailbox.mjs").Mailbox} */
let box;

before(async () => {
  box = await mailbox(recipient);
  clock = await FakeClock.create();
  const limits = { client_mail: "true", transfer_bytes_max: String(3 * mebibyte) };
  server = await Couvertd.start({ name: "troubles", config: { limits }, env: clock.env });
  program = await MailProgram.start({
    address: sender,
    more: { "extensions.webextOptionalPermissionPrompts": false },
  });
  await program.useServer(server.baseUrl);
});

after(async () => {
  await program?.stop();
  await server?.stop();
});

/** A pane for a new mail; its address. @param {object} mail */
function begin(mail) {
  return program.writeMail({ to: recipient, body: "<p>Words</p>", ...mail });
}

/** @param {number} bytes @param {string} name */
async function fileOf(bytes, name) {
  const file = path.join(await newFolder("troubles-files"), name);
  await writeFile(file, randomBytes(bytes));
  return file;
}

/** Nobody has got anything of a mail. @param {string} pane */
async function leavesNothing(pane) {
  assert.equal((await box.rest()).length, 0);
  await program.isThere(pane, form);
}

test("over the limit: sizes, sum and excess are shown, and a file can be left out", async () => {
  const files = [await fileOf(2 * mebibyte, "one.bin"), await fileOf(2 * mebibyte, "two.bin")];
  const pane = await begin({ subject: "Too much", files });
  const alert = await program.textOf(pane, "[role=alert]");
  assert.match(alert, /4\sMB/);
  assert.match(alert, /3\sMB/);
  assert.match(alert, /1\sMB/);
  const sizes = await program.textOf(pane, "[data-testid=files]");
  assert.equal(sizes.match(/2\sMB/g)?.length, 2);
  await program.look(pane, "too-large");
  await program.click(pane, early);
  await program.isThere(pane, "main[data-lack=files]");
  await leavesNothing(pane);
  await program.click(pane, "[data-testid=files] li:nth-child(2) [data-testid=drop]");
  await program.isThere(pane, "[data-testid=files] li:only-child[data-state=done]");
  await program.click(pane, start);
  await program.isThere(pane, kept);
  const copy = await program.run(inside.mailIn, {
    address: sender,
    flag: "SentMail",
    subject: "Too much",
  });
  assert.doesNotMatch(copy.text, /two\.bin/);
  await program.run(inside.close, { page: pane });
  await box.next();
});

test("a server that is away keeps the mail where it is, until it is back", async () => {
  const pane = await begin({ subject: "Away" });
  await program.isThere(pane, "[data-testid=password]");
  await program.isThere(pane, `${form}[data-complete=true]`);
  await server.stop();
  await program.click(pane, start);
  await program.isThere(pane, "[data-testid=waiting]");
  await program.look(pane, "away");
  assert.deepEqual(await program.run(inside.drafts, {}), ["Away"]);
  assert.equal((await box.rest()).length, 0);
  await server.serve();
  await program.isThere(pane, kept);
  assert.deepEqual(await program.run(inside.drafts, {}), []);
  await box.next();
  assert.equal((await box.rest()).length, 0, "it has left once");
  await program.run(inside.close, { page: pane });
});

test("two mails at once are two transfers, each with its own text", async () => {
  const panes = [];
  for (const subject of ["The first of two", "The second of two"]) {
    panes.push(await begin({ subject, body: `<p>Words of ${subject}</p>` }));
  }
  for (const pane of panes) await program.isThere(pane, form);
  for (const pane of panes) await program.click(pane, start);
  for (const pane of panes) await program.isThere(pane, kept);
  const copies = await Promise.all(
    ["The first of two", "The second of two"].map((subject) =>
      program.run(inside.mailIn, { address: sender, flag: "SentMail", subject }),
    ),
  );
  assert.match(copies[0].text, /Words of The first/);
  assert.match(copies[1].text, /Words of The second/);
  await box.next();
  await box.next();
  for (const page of panes) await program.run(inside.close, { page });
  assert.deepEqual(await program.run(inside.drafts, {}), []);
});

test("of many recipients each gets the notification, from the server", async () => {
  const many = Array.from({ length: 200 }, (_, at) => `many-${at}@example.com`);
  const pane = await begin({ to: many.join(", "), subject: "Many" });
  await program.isThere(pane, "[data-testid=people] li:nth-child(200)");
  await program.click(pane, start);
  await program.isThere(pane, kept);
  await program.run(inside.close, { page: pane });
  for (const address of [many[0], many[199]]) {
    const { from } = await (await mailbox(address)).next();
    assert.notEqual(from[0]?.address, sender);
  }
});

test("whose proof has ended proves the mailbox anew, and the mail leaves then", async () => {
  const files = [await fileOf(1000, "late.bin")];
  const pane = await begin({ subject: "Late", files });
  await program.isThere(pane, "[data-testid=files] li[data-state=done]");
  await clock.pass(40 * 24 * 3600);
  await program.click(pane, start);
  await program.isThere(pane, "[role=alert]");
  await leavesNothing(pane);
  await program.click(pane, "[data-testid=again]");
  await program.isThere(pane, "[data-testid=verify]");
  await program.isThere(pane, `${form} [data-testid=files] li[data-state=done]`);
  await program.click(pane, start);
  await program.isThere(pane, kept);
});
