// FileLink in Debian's Thunderbird: attachments that become links, each for one recipient alone.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { CommandLine } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import * as inside from "./harness/in-mail-program.mjs";
import { addonId as id, MailProgram } from "./harness/mail-program.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";

const sender = "filelink-anna@example.org";
const recipient = "filelink-bert@example.com";
const other = "filelink-carl@example.net";
const day = 24 * 3600 * 1000;

/** @type {Couvertd} */
let server;
/** @type {MailProgram} */
let program;
/** @type {string} */
let folder;

before(async () => {
  server = await Couvertd.start({ name: "filelink", config: { limits: { client_mail: "true" } } });
  program = await MailProgram.start({
    address: sender,
    more: { "extensions.webextOptionalPermissionPrompts": false },
  });
  folder = await newFolder("filelink-files");
});

after(async () => {
  await program?.stop();
  await server?.stop();
});

/** @param {string} name @param {number} bytes */
async function fileOf(name, bytes) {
  const file = path.join(folder, name);
  await writeFile(file, randomBytes(bytes));
  return file;
}

/** For a new mail. @param {string} to @param {string[]} paths @param {object} [more] */
async function linksIn(to, paths, more = {}) {
  await program.run(inside.compose, { to, subject: "Plan" });
  return program.run(inside.fileLink, { id, paths, ...more });
}

/** That a link opens to these bytes. @param {string} link @param {string} file
 * @param {string[]} [words] */
async function opensTo(link, file, words = []) {
  const out = await newFolder("filelink-out");
  await (await CommandLine.create(server.baseUrl)).json(["retrieve", link, "--out", out, ...words]);
  assert.ok((await readFile(path.join(out, path.basename(file)))).equals(await readFile(file)));
}

/** @param {string} link */
async function opensNoMore(link) {
  const person = await CommandLine.create(server.baseUrl);
  const ended = await person.run(["retrieve", link, "--out", await newFolder("filelink-out")]);
  assert.notEqual(ended.code, 0);
}

test("Thunderbird's settings have a page for it, and it proves the server", async () => {
  await program.open("filelink.html?accountId=account1");
  await program.fill("filelink.html", "#server", server.baseUrl);
  await program.click("filelink.html", "[data-testid=server] button[type=submit]");
  await program.isThere("filelink.html", "[data-testid=server] .notice.good");
  await program.look("filelink.html", "filelink");
  await program.run(inside.compose, { to: recipient, subject: "Plan" });
  const [told] = await program.run(inside.fileLink, { id, paths: [await fileOf("a.bin", 1)] });
  assert.match(told, /verify the address/);
  await program.open("transfers.html");
  await program.isThere("transfers.html", "[data-testid=sent]");
});

test("several files of one mail become links, each opens to its bytes", async () => {
  const files = [await fileOf("Plan.bin", 2_000_000), await fileOf("Größe.bin", 1)];
  const links = await linksIn(recipient, files);
  for (const [at, file] of files.entries()) await opensTo(links[at].url, file);
  assert.match(links[0].url, /\/r\/[a-z2-7]{26}#/);
  assert.notEqual(links[0].url, links[1].url);
});

test("a mail to several people gets none, and says why", async () => {
  const [told] = await linksIn(`${recipient}, ${other}`, [await fileOf("b.bin", 1)]);
  assert.match(told, /exactly one recipient/);
});

test("a link whose attachment is taken out of the mail opens no more", async () => {
  const file = await fileOf("Gone.bin", 1000);
  const [{ id: upload, url }] = await linksIn(recipient, [file]);
  await opensTo(url, file);
  await program.run(inside.unlink, { id, upload });
  await waitUntil("it is revoked", () =>
    opensNoMore(url).then(
      () => true,
      () => false,
    ),
  );
});

/** How many objects the server keeps. */
async function objectCount() {
  const names = await readdir(path.join(server.data, "objects"), { recursive: true });
  return names.length;
}

test("an upload that is stopped leaves nothing at the server", async () => {
  const before = await objectCount();
  const [told] = await linksIn(recipient, [await fileOf("Huge.bin", 400e6)], { abort: true });
  assert.match(told, /cancelled/);
  await waitUntil("nothing is left of it", async () => (await objectCount()) <= before);
});

/** A mail with links does not leave for somebody else; then it is sent to whom they are for.
 * @param {string} state the name of the page's picture */
async function leavesForItsOwn(state) {
  await program.run(inside.readdress, { to: other });
  await program.run(inside.sendPlainly, {});
  await program.isThere("linked.html", "main[data-foreign=true] [data-testid=links] li");
  await program.look("linked.html", state);
  await program.run(inside.close, { page: "linked.html" });
  assert.equal((await (await mailbox(other)).rest()).length, 0);
  await program.run(inside.readdress, { to: recipient });
  await program.run(inside.sendPlainly, {});
}

test("a mail leaves with its links only for whom they are", async () => {
  const theirs = await mailbox(recipient);
  await theirs.rest();
  const file = await fileOf("Right.bin", 1000);
  await linksIn(recipient, [file]);
  await leavesForItsOwn("linked-foreign");
  const { from } = await theirs.next();
  assert.equal(from[0]?.address, sender);
});

test("links expire when it was set, and ask for the password of their mail", async () => {
  await program.open("filelink.html");
  await program.fill("filelink.html", "#days", "two");
  await program.click("filelink.html", "[data-testid=keep]");
  await program.isThere("filelink.html", "[data-testid=filelink] .field-error");
  await program.fill("filelink.html", "#days", "2");
  await program.click("filelink.html", "#with-password");
  await program.click("filelink.html", "[data-testid=keep]");
  await program.isThere("filelink.html", "[data-testid=filelink]:not(:has(.field-error))");
  const files = [await fileOf("one.bin", 1000), await fileOf("two.bin", 1000)];
  const links = await linksIn(recipient, files);
  for (const { downloadPasswordProtected, downloadExpiryDate } of links) {
    assert.equal(downloadPasswordProtected, true);
    const days = (downloadExpiryDate.timestamp - Date.now()) / day;
    assert.ok(days > 1.9 && days < 3.1, String(days));
  }
  await program.isThere("linked.html", "[data-testid=links] li:nth-child(2)");
  await program.look("linked.html", "linked");
  const password = path.join(folder, "password");
  const shown = await program.textOf("linked.html", "[data-testid=password]");
  await writeFile(password, shown, { mode: 0o600 });
  for (const [at, file] of files.entries()) {
    await opensNoMore(links[at].url);
    await opensTo(links[at].url, file, ["--password-file", password]);
  }
});

/** Quits Thunderbird and opens the draft again. @param {string} subject */
async function comeBack(subject) {
  await program.restart({ kill: true });
  await program.run(inside.fetchMails, {});
  await program.run(inside.openDraft, { subject });
  await program.run(inside.written, { subject });
}

test("links are only for whom they are after Thunderbird was quit, too", async () => {
  const theirs = await mailbox(recipient);
  await theirs.rest();
  await program.run(inside.compose, { to: recipient, subject: "Kept", body: "<p>Words</p>" });
  const path = await fileOf("Kept.bin", 1000);
  const link = await program.run(inside.attachLinked, { id, path });
  await program.run(inside.saveDraft, { subject: "Kept" });
  await comeBack("Kept");
  await program.run(inside.hasHeader, { name: "x-couvert-links" });
  await program.run(inside.retitle, { subject: "Kept twice" });
  await program.run(inside.saveDraft, { subject: "Kept twice" });
  await comeBack("Kept twice");
  await leavesForItsOwn("linked-kept");
  const mail = await theirs.next();
  assert.ok(mail.links.includes(link), mail.links.join());
  const own = mail.headers.filter(([name]) => /^x-couvert/i.test(name));
  assert.deepEqual(own, [], "what the draft keeps does not leave");
});
