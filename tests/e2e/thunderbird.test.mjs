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
import { mailbox } from "./harness/run-context.mjs";

const sender = "thunder-anna@example.org";
const recipient = "thunder-bert@example.com";
const pictures = process.env.COUVERT_SCREENSHOTS;

/** @type {Couvertd} */
let server;
/** @type {MailProgram} */
let program;

before(async () => {
  server = await Couvertd.start({ name: "thunderbird" });
  program = await MailProgram.start({
    address: sender,
    more: { "extensions.webextOptionalPermissionPrompts": false },
  });
});

after(async () => {
  await program?.stop();
  await server?.stop();
});

/** @param {string} page @param {string} name */
async function look(page, name) {
  if (pictures) await program.picture(page, path.join(pictures, `thunderbird-${name}.png`));
}

/** Clicks what is there by then. @param {string} page @param {string} selector */
const click = (page, selector) =>
  program.until(
    page,
    (/** @type {Window} */ w, /** @type {string} */ wanted) => {
      const found = /** @type {HTMLElement | null} */ (w.document.querySelector(wanted));
      if (!found || found.getAttribute("aria-disabled") === "true") return false;
      found.click();
      return true;
    },
    selector,
  );

/** @param {string} page @param {string} selector @param {string} text */
const fill = (page, selector, text) =>
  program.until(
    page,
    (/** @type {Window} */ w, /** @type {[string, string]} */ [wanted, value]) => {
      const field = /** @type {HTMLInputElement | null} */ (w.document.querySelector(wanted));
      if (!field) return false;
      field.value = value;
      field.dispatchEvent(new w.Event("input", { bubbles: true }));
      return true;
    },
    [selector, text],
  );

/** The text of an element, once it has one. @param {string} page @param {string} selector */
const textOf = (page, selector) =>
  program.until(
    page,
    (/** @type {Window} */ w, /** @type {string} */ wanted) =>
      w.document.querySelector(wanted)?.textContent?.trim(),
    selector,
  );

/** @param {string} page @param {string} selector */
const isThere = (page, selector) =>
  program.until(
    page,
    (/** @type {Window} */ w, /** @type {string} */ wanted) =>
      w.document.querySelector(wanted) !== null,
    selector,
  );

test("a mail with attachments leaves by Couvert, after the add-on has proven the mailbox", async () => {
  const folder = await newFolder("thunderbird-files");
  const small = path.join(folder, "small.bin");
  const large = path.join(folder, "Größe.bin");
  await writeFile(small, "1");
  await writeFile(large, randomBytes(30 * 1024 * 1024));
  await program.run(inside.compose, {
    to: recipient,
    subject: "Vertraulich: Prüfung",
    body: "<p>Only for <b>Bert</b>.</p>",
    files: [small, large],
  });
  await program.run(inside.press, { windowType: "msgcompose", kind: "composeAction" });
  await fill("send.html", "#server", server.baseUrl);
  await look("send.html", "server");
  await click("send.html", "[data-testid=server] button[type=submit]");
  await isThere("send.html", "[data-testid=countdown]");
  await look("send.html", "verify");
  await isThere("send.html", "main[data-stage=form] [data-testid=files]");
  await isThere("send.html", "[data-testid=files] li:nth-child(2)[data-state=done]");
  await look("send.html", "form");
  await click("send.html", "[data-testid=send]");
  await isThere("send.html", "[data-testid=done][data-kept=true]");
  await look("send.html", "done");
  const password = await textOf("send.html", "[data-testid=password]");

  const notification = await (await mailbox(recipient)).next();
  assert.ok(!notification.raw.includes("Only for"), "the text is nowhere in the mail");
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
});
