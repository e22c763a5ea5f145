// The add-on in Debian's Thunderbird: a mail that somebody writes there leaves by Couvert.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { CommandLine } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import * as inside from "./harness/in-mail-program.mjs";
import { MailProgram } from "./harness/mail-program.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { patience } from "./harness/processes.mjs";
import { roundTrip } from "./harness/round-trip.mjs";
import { mailbox } from "./harness/run-context.mjs";

const sender = "thunder-anna@example.org";
const recipient = "thunder-bert@example.com";
const other = "thunder-carl@example.net";
const third = "thunder-carla@example.com";
const subject = "Vertraulich: Prüfung";

/** @type {Couvertd} */
let server;
/** @type {MailProgram} */
let program;

before(async () => {
  const config = { limits: { client_mail: "true" } };
  server = await Couvertd.start({ name: "thunderbird", config });
  program = await MailProgram.start({
    address: sender,
    more: { "extensions.webextOptionalPermissionPrompts": false },
  });
});

after(async () => {
  await program?.stop();
  await server?.stop();
});

/** In a pane of another mail than those before. @param {Window} w */
const isKept = (w) => w.document.querySelector("[data-testid=done][data-kept=true]") !== null;

/** @param {import("./harness/mailbox.mjs").Mail} mail */
const hasLink = (mail) => mail.links.some((link) => /\/r\/[a-z2-7]{26}/.test(link));

test("a mail leaves by Couvert, after the add-on has proven the mailbox", async () => {
  const folder = await newFolder("thunderbird-files");
  const small = path.join(folder, "small.bin");
  const large = path.join(folder, "Größe.bin");
  await writeFile(small, "1");
  await writeFile(large, randomBytes(2 * 1024 * 1024));
  await program.run(inside.compose, {
    to: `${recipient}, nobody@elsewhere.example`,
    cc: other,
    subject: "Erster Betreff",
    body: "<p>Only for <b>Bert</b>.</p>",
    files: [small, large],
  });
  await program.press("msgcompose", "composeAction");
  await program.fill("send.html", "#server", server.baseUrl);
  await program.look("send.html", "server");
  await program.click("send.html", "[data-testid=server] button[type=submit]");
  await program.isThere("send.html", "[data-testid=countdown]");
  await program.look("send.html", "verify");
  await program.isThere("send.html", "main[data-stage=form] [data-testid=files]");
  await program.isThere("send.html", "[data-testid=files] li:nth-child(2)[data-state=done]");
  await program.look("send.html", "form");
  await program.click("send.html", "[data-testid=send]");
  await program.isThere("send.html", "main[data-lack=refused]");
  await program.click("send.html", "[data-testid=without]");
  await program.isThere("send.html", "[data-testid=people]:not(:has(.warn))");

  await program.run(inside.sendPlainly, {});
  await program.run(inside.retitle, { subject });
  await program.click("send.html", "[data-testid=send]");
  await program.isThere("send.html", "main[data-lack=changed][data-stage=form]");
  await program.click("send.html", "[data-testid=send]");
  await program.isThere("send.html", "[data-testid=done][data-kept=true]");
  await program.look("send.html", "done");
  const password = await program.textOf("send.html", "[data-testid=password]");
  await program.run(inside.close, { page: "send.html" });

  const notification = await (await mailbox(recipient)).next();
  assert.deepEqual(
    notification.from.map(({ address }) => address),
    [sender],
  );
  assert.ok(!notification.raw.includes("Only for"), "the text is nowhere in the mail");
  assert.ok(!notification.raw.includes("Größe"), "nor is the name of a file");
  const second = await (await mailbox(other)).next();
  assert.notEqual(
    transferLinkIn(second),
    transferLinkIn(notification),
    "each has a link of its own",
  );
  const link = transferLinkIn(notification);
  const out = await newFolder("thunderbird-out");
  const passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  const person = await CommandLine.create(server.baseUrl);
  const words = ["retrieve", link, "--password-file", passwordFile, "--out", out];
  const retrieved = await person.json(words);
  const sum = async (/** @type {string} */ file) =>
    createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  assert.equal(await sum(path.join(out, "Größe.bin")), await sum(large));
  assert.equal(await sum(path.join(out, "small.bin")), await sum(small));
  assert.match(JSON.stringify(retrieved), /Only for/);
  assert.deepEqual(await program.run(inside.drafts, {}), []);
  assert.deepEqual(await program.run(inside.mailsIn, { flag: "SentMail" }), [subject]);
});

test("a notification is opened, its attachments saved, and answered by Couvert", async () => {
  const folder = await newFolder("thunderbird-received");
  const file = path.join(folder, "Bericht.bin");
  await writeFile(file, randomBytes(300_000));
  const password = "Anders, 8 Hufe im Wind";
  const passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  const bert = await CommandLine.create(server.baseUrl);
  await bert.verify(recipient);
  const who = ["--from", recipient, "--name", "Bert Bach", "--to", sender, "--language", "en"];
  const what = ["--password-file", passwordFile, "--subject", "The report"];
  await bert.json(["provide", file, ...who, ...what]);

  await program.run(inside.show, { subject: "Bert Bach" });
  await program.press("mail:3pane", "messageDisplayAction");
  await program.fill("message.html", "#password", "wrong");
  await program.click("message.html", "[data-testid=open]");
  await program.isThere("message.html", "[role=alert]");
  await program.fill("message.html", "#password", password);
  await program.click("message.html", "[data-testid=open]");
  await program.click("message.html", "[data-testid=save]");
  await program.isThere("message.html", "[data-testid=saved]");
  await program.look("message.html", "message");
  const saved = await readFile(path.join(program.folder, "Bericht.bin"));
  assert.ok(saved.equals(await readFile(file)));

  await program.click("message.html", "[data-testid=reply]");
  await program.run(inside.written, { subject: "Re: The report" });
  await program.press("msgcompose", "composeAction");
  await program.click(
    "send.html?tab=",
    "main[data-stage=form][data-complete=true] [data-testid=send]",
  );
  await program.until("send.html?tab=", isKept);
  for (const page of ["send.html", "message.html"]) await program.run(inside.close, { page });
  const answer = await (await mailbox(recipient)).next({ fits: hasLink });
  assert.ok(transferLinkIn(answer));
});

test("what was sent is listed, and revoked", async () => {
  await program.press("mail:3pane", "browserAction");
  await program.isThere("transfers.html", "[data-testid=received] li");
  await program.look("transfers.html", "transfers");
  await program.click("transfers.html", "[data-testid=revoke]");
  await program.click("transfers.html", "[data-testid=revoke]");
  await program.isThere("transfers.html", "[data-testid=sent] [data-state=revoked]");
});

test("three attachments come to the portal and back, the same bytes", async () => {
  const folder = await newFolder("thunderbird-round");
  const sizes = { "Röntgen (1).bin": 30 * 1024 * 1024, "one.bin": 1, "Befund.pdf": 300_001 };
  const files = [];
  for (const [name, size] of Object.entries(sizes)) {
    files.push(path.join(folder, name));
    await writeFile(path.join(folder, name), randomBytes(size));
  }
  await roundTrip({ program, to: third, files, told: () => undefined, deadline: patience });
});
