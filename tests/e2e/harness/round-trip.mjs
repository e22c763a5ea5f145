// A mail with attachments from Thunderbird by Couvert to a recipient at the portal, and back by
// Reply into Thunderbird: the same bytes.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { launchChromium, openProfile } from "./browser.mjs";
import * as inside from "./in-mail-program.mjs";
import { transferLinkIn } from "./mailbox.mjs";
import { RecipientPages, SenderPages, words } from "./portal-pages.mjs";
import { mailbox } from "./run-context.mjs";

/** @typedef {import("./mail-program.mjs").MailProgram} MailProgram */

const replier = "Carla Conti";

/** @param {string} file */
async function sum(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}

/** @param {string[]} files @param {(name: string, at: number) => string} placeOf */
async function compare(files, placeOf) {
  for (const [at, file] of files.entries()) {
    const name = path.basename(file);
    assert.equal(await sum(placeOf(name, at)), await sum(file), name);
  }
}

/** Out of Thunderbird; the password. @param {RoundTrip} trip */
async function send({ program, to, files, told, deadline }) {
  const subject = "Röntgenbilder";
  const pane = await program.writeMail({ to, subject, body: "<p>Three of them</p>", files });
  let since = Date.now();
  for (let no = 1; no <= files.length; no++) {
    const selector = `[data-testid=files] li:nth-child(${no})[data-state=done]`;
    await program.isThere(pane, selector, deadline);
  }
  told("Thunderbird, upload", since);
  since = Date.now();
  await program.click(pane, "main[data-stage=form][data-complete=true] [data-testid=send]");
  await program.isThere(pane, "[data-testid=done][data-kept=true]", deadline);
  told("Thunderbird, from Send to the copy under Sent", since);
  const password = await program.textOf(pane, "[data-testid=password]");
  await program.run(inside.close, { page: pane });
  return password;
}

/** Opened, downloaded and answered at the portal; the password of the answer.
 * @param {RoundTrip} trip @param {string} password */
async function answer({ to, files, told, deadline }, password) {
  const browser = await launchChromium();
  const page = await (await openProfile(browser, { language: "en" })).newPage();
  const texts = await words("en");
  const nothing = async () => undefined;
  const recipient = new RecipientPages(page, texts, nothing);
  const box = await mailbox(to);
  await page.goto(transferLinkIn(await box.next()));
  await page.locator("#open-password").fill(password);
  await recipient.button("page.next").click();
  await page.getByTestId("content").waitFor();
  let since = Date.now();
  /** @type {string[]} */
  const places = [];
  for (const file of files) {
    const link = recipient.saveLink(path.basename(file));
    places.push((await recipient.download(link)).file);
  }
  told("Chromium, downloads", since);
  await compare(files, (_, at) => places[at]);

  await page
    .getByRole("link", { name: recipient.t("page.reply"), exact: true })
    .first()
    .click();
  const sender = new SenderPages(page, texts, nothing);
  await sender.arrive("page.contact.title");
  await sender.field("page.contact.name").fill(replier);
  await sender.field("page.contact.address").fill(to);
  await sender.button("page.next").click();
  await sender.arrive("page.verify.title");
  await sender.field("page.verify.code").fill(await box.nextCode());
  await sender.button("page.verify.verify").click();
  await sender.arrive("page.recipients.title");
  await sender.button("page.next").click();
  await sender.arrive("page.content.title");
  since = Date.now();
  await page.getByTestId("file-input").setInputFiles(files);
  const secret = await sender.goToNotification("generate");
  await sender.button("page.notification.start").click();
  await page.getByTestId("tracking-id").waitFor({ timeout: deadline });
  told("Chromium, from the files to the summary", since);
  await browser.close();
  return secret;
}

/** The answer in Thunderbird. @param {RoundTrip} trip @param {string} password */
async function receive({ program, files, told, deadline }, password) {
  await program.run(inside.show, { subject: replier });
  await program.press("mail:3pane", "messageDisplayAction");
  await program.fill("message.html", "#password", password);
  await program.click("message.html", "[data-testid=open]");
  const since = Date.now();
  await program.click("message.html", "[data-testid=save]");
  await program.isThere("message.html", "[data-testid=saved]", deadline);
  told("Thunderbird, downloads", since);
  await compare(files, (name) => path.join(program.folder, name));
}

/**
 * @typedef {object} RoundTrip
 * @property {MailProgram} program whose person is proven at the server
 * @property {string} to
 * @property {string[]} files
 * @property {number} deadline of each step, in milliseconds
 * @property {(what: string, since: number) => void} told how long something took
 */

/** @param {RoundTrip} trip */
export async function roundTrip(trip) {
  await receive(trip, await answer(trip, await send(trip)));
}
