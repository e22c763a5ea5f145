// Names that turn the writing, and names of scripts that run from right to left, on the pages of
// both sides: none looks like another, and none changes the order of what stands beside it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { RecipientPages, SenderPages, words } from "./harness/portal-pages.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Locator} Locator */

const anna = "names-anna@example.org";
const bert = "names-bert@example.net";
const name = "דנה \u202Egnp.exe";
const shownName = "דנה _gnp.exe";
const subject = "מסמכים 1";
const text = "שלום, 2 קבצים";
const turning = /[\u061c\u200e\u200f\u2028-\u202e\u2066\u2067]/;
const files = ["bill\u202Efdp.exe", "עברית 1.txt"].map((file) => ({
  name: file,
  mimeType: "text/plain",
  buffer: Buffer.from(file),
}));
const shownFiles = ["bill_fdp.exe", "עברית 1.txt"];
const look = async () => undefined;

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "names" });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Fails where the page shows a sign that turns the writing. @param {Page} page */
async function mustNotTurn(page) {
  assert.doesNotMatch(await page.locator("body").innerText(), turning);
  assert.doesNotMatch(await page.title(), turning);
}

/** Both files by what they are shown as, each kept apart from what is around it.
 * @param {Locator} rows */
async function mustShowFiles(rows) {
  for (const shown of shownFiles) {
    const one = rows.locator("bdi").getByText(shown, { exact: true });
    await one.waitFor();
    assert.equal(await one.evaluate((node) => getComputedStyle(node).unicodeBidi), "isolate");
  }
}

/** @param {Locator} place */
const directionOf = (place) => place.evaluate((node) => getComputedStyle(node).direction);

test("no name turns the writing for the sender or the recipient", async () => {
  const texts = await words("en");
  const page = await (await openProfile(browser, { language: "en" })).newPage();
  const sender = new SenderPages(page, texts, look);
  await page.goto(new URL("/provide", server.baseUrl).href);
  const readCode = async () => await (await mailbox(anna)).nextCode();
  await sender.goToContent({ name, address: anna, to: bert, readCode });
  await sender.button("page.edit").click();
  await sender.field("page.message.subject").fill(subject);
  await sender.field("page.message.text").fill(text);
  for (const key of ["subject", "text"]) {
    assert.equal(await directionOf(sender.field(`page.message.${key}`)), "rtl");
  }
  await sender.button("page.save").click();
  assert.equal(await directionOf(page.getByTestId("written-text")), "rtl");
  await page.getByTestId("file-input").setInputFiles(files);
  await page.locator('[data-testid="file-row"][data-state="done"]').nth(1).waitFor();
  await mustShowFiles(page.getByTestId("file-row"));
  await mustNotTurn(page);
  const password = await sender.goToNotification("generate");
  await sender.button("page.notification.start").click();
  const id = await sender.summary();
  await mustShowFiles(page.getByTestId("sent-file"));
  await page.locator("dd bdi").getByText(shownName, { exact: true }).waitFor();
  await mustNotTurn(page);
  await page.goto(new URL(`/sent/${id}`, server.baseUrl).href);
  await mustShowFiles(page.getByTestId("sent-file"));
  await mustNotTurn(page);
  await page.goto(new URL("/provide", server.baseUrl).href);
  await page.locator("strong bdi").getByText(shownName, { exact: true }).waitFor();

  const fits = (/** @type {import("./harness/mailbox.mjs").Mail} */ mail) => mail.links.length > 0;
  const link = transferLinkIn(await (await mailbox(bert)).next({ fits }));
  const other = await (await openProfile(browser, { language: "en" })).newPage();
  const recipient = new RecipientPages(other, texts, look);
  await other.goto(link);
  await recipient.arrive("page.open.title");
  await other.locator("#open-password").fill(password);
  await recipient.button("page.next").click();
  await other.getByTestId("content").waitFor();
  const heading = await other.getByRole("heading", { level: 1 }).textContent();
  assert.equal(heading, texts["page.content_of"]?.replace("{name}", `\u2068${shownName}\u2069`));
  await mustShowFiles(other.getByTestId("received-file"));
  const exe = other.getByTestId("received-file").filter({ hasText: shownFiles[0] });
  assert.match(await exe.innerText(), /EXE · /, "what it is, as its real ending says");
  await other.getByText(texts["page.received.details"] ?? "").click();
  await other.locator("dd bdi").getByText(shownName, { exact: true }).waitFor();
  await mustNotTurn(other);
  const saved = await recipient.download(recipient.saveLink(shownFiles[0] ?? ""));
  assert.equal(saved.name, shownFiles[0], "it is saved as it was shown");
});
