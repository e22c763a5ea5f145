// QUICK in the panes of the add-in for Outlook: between contacts a mail leaves and opens without a
// password. Outlook itself is a model (harness/outlook.mjs).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openProfile } from "./harness/browser.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { Mail } from "./harness/outlook.mjs";
import { hasLink, Office, paneSize, press, ready, uploaded } from "./harness/outlook-pane.mjs";
import { connectPrograms, must, QuickProgram } from "./harness/quick-program.mjs";
import {
  accept,
  askForQuick,
  isConnected,
  isLetIn,
  isOpen,
  isPure,
} from "./harness/quick-steps.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./harness/mailbox.mjs").Mailbox} Mailbox */

const office = new Office("outlook-quick");
const { sender: anna, recipient: bert, visits } = office;
const text = "Nur für Sie 🦷";

/** @type {QuickProgram} */
let berts;
/** Anna's code, which Outlook shows once. */
let recovery = "";
/** @type {Mailbox} */
let annasMails;
/** @type {Mailbox} */
let bertsMails;

before(async () => {
  await office.start();
  berts = await QuickProgram.active(office.server.baseUrl, bert);
  annasMails = await mailbox(anna);
  bertsMails = await mailbox(bert);
});
after(() => office.stop());

/** @param {Page} page @returns {import("./harness/quick-steps.mjs").Pane} */
const paneOf = (page) => ({
  isThere: (selector) => page.locator(selector).first().waitFor(),
  click: (selector) => page.locator(selector).click(),
  fill: (selector, typed) => page.locator(selector).fill(typed),
  textOf: async (selector) => ((await page.locator(selector).textContent()) ?? "").trim(),
  look: (state) => visits.look(page, `outlook-${state}`),
});

/** The next notification to Anna, in Outlook's window for reading. */
async function read(profile = office.profile) {
  const { html, subject } = await annasMails.next({ fits: hasLink });
  const outlook = office.outlook(new Mail({ html, subject }), { mode: "read" });
  const page = await outlook.open(profile, "message");
  return { page, pane: paneOf(page) };
}

/** Anna's mailbox, as QUICK asks for it. @param {import("./harness/quick-steps.mjs").Pane} pane */
async function prove(pane) {
  await pane.isThere("[data-testid=connect-quick][data-step=verify]");
  await pane.look("quick-verify");
  await pane.fill("#code", await annasMails.nextCode());
  await pane.click("[data-testid=verify] button[type=submit]");
}

/** Sends by Outlook what the pane has made ready; the transfer behind the notification.
 * @param {Awaited<ReturnType<Office["begin"]>>} writing */
async function leave({ outlook, page }) {
  await page.close();
  outlook.mail.session.delete("open");
  assert.equal(await outlook.send(office.profile), undefined);
  const link = transferLinkIn(await bertsMails.next({ fits: hasLink }));
  assert.ok(!link.includes("#"), "the link alone opens nothing");
  return /\/r\/([a-z2-7]{26})/.exec(link)?.[1] ?? assert.fail(link);
}

test("an invitation in a mail is accepted in the pane, by a mailbox new to QUICK", async () => {
  const { password } = await berts.invite(anna);
  const { page, pane } = await read();
  await accept(pane, password);
  await prove(pane);
  recovery = await pane.textOf("[data-testid=recovery-code]");
  await visits.look(page, "outlook-quick-recovery");
  await pane.click("[data-testid=kept]");
  await isConnected(pane);
  await page.close();
  await must(berts.client.takeAnswers());
  assert.equal((await must(berts.client.shownStates([anna]))).get(anna), "connected");
});

test("what the contact sends from then on opens by itself, without a password", async () => {
  await berts.sendByQuick(anna, { text });
  const { page, pane } = await read();
  await isOpen(pane, text);
  await visits.look(page, "outlook-quick-opened");
  await page.close();
});

test("to a contact a mail leaves without a password, and opens for nobody else", async () => {
  const mail = office.written();
  mail.attach("Befund.txt", "gesund");
  const writing = await office.begin(mail);
  const { page } = writing;
  await uploaded(page);
  const pane = paneOf(page);
  await isPure(pane);
  await visits.look(page, "outlook-quick-pure");
  await press(page);
  await ready(page);
  await pane.isThere("main:not(:has([data-testid=password]))");
  await visits.look(page, "outlook-quick-done");
  assert.ok(!mail.html.includes("vault"));
  const transferId = await leave(writing);
  const opened = await berts.openByQuick(transferId);
  assert.match(opened.text, /plan of the vault/);
  assert.deepEqual(
    opened.files.map((/** @type {{ name: string }} */ { name }) => name),
    ["Befund.txt"],
  );
  const evas = await QuickProgram.active(office.server.baseUrl, "outlook-quick-eva@example.com");
  await assert.rejects(evas.openByQuick(transferId), "another person");
});

test("where a contact has ended it, nothing leaves in another way than was shown", async () => {
  const mail = office.written();
  const before = mail.seen();
  const writing = await office.begin(mail);
  const { page } = writing;
  await uploaded(page);
  await isPure(paneOf(page));
  await must(berts.client.endContact(anna));
  await press(page);
  await page.locator("main[data-lack=other_ways][data-stage=form]:has(input[name=mode])").waitFor();
  await visits.look(page, "outlook-quick-other-ways");
  assert.deepEqual(mail.seen(), before);
  await press(page);
  await ready(page);
  const password = (await page.getByTestId("password").textContent()) ?? "";
  const transferId = await leave(writing);
  const { opened } = await berts.api.open(transferId, { password });
  assert.match(opened.text, /plan of the vault/);
});

test("an Outlook without keys opens nothing until another device lets it in", async () => {
  const annas = await QuickProgram.of(office.server.baseUrl, anna);
  await must(annas.client.joinByRecovery(annas.joining, recovery));
  await connectPrograms(annas, berts);
  await annasMails.rest();
  await berts.sendByQuick(anna, { text });
  const look = { language: "en-US", viewport: paneSize };
  const other = await openProfile(office.browser, look);
  const { page, pane } = await read(other);
  await askForQuick(pane);
  await prove(pane);
  await isLetIn(pane, (code) => must(annas.client.letIn(code)));
  await isOpen(pane, text);
  const names = (await must(annas.client.devices())).map(({ name }) => name);
  assert.ok(names.includes("Outlook on Linux"), names.join());
  await page.close();
  await other.close();
});
