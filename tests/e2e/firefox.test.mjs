// The whole way in Debian's Firefox ESR.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launchFirefox } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { RecipientPages, SenderPages, words } from "./harness/portal-pages.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "firefox" });
  browser = await launchFirefox();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const files = [
  { name: "Größe & Maß.txt", mimeType: "text/plain", buffer: Buffer.from("Zähne 🦷\n") },
  { name: "röntgen 47.png", mimeType: "image/png", buffer: Buffer.alloc(700_000, 7) },
];
const text = "Guten Tag,\n\nanbei „zwei Bilder“ & wichtig <b>.";

async function newVisitor() {
  const context = await browser.newContext({ locale: "de", acceptDownloads: true });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  return { context, page, errors };
}

const look = async () => undefined;

/** The list and the transfer in it, with what this browser alone knows: the names of the files.
 * @param {SenderPages} sender @param {string} tracking */
async function showsSent(sender, tracking) {
  const { page } = sender;
  await page.locator('header a[href="/sent"]').click();
  await page.getByTestId("sent-transfer").locator("a").click();
  await page.getByTestId("tracking-id").waitFor();
  const shown = await page.getByTestId("tracking-id").textContent();
  assert.equal(shown?.replace(/\s/g, ""), tracking);
  const names = await page.getByTestId("sent-file").allInnerTexts();
  for (const { name } of files)
    assert.ok(
      names.some((one) => one.includes(name)),
      `${names}`,
    );
}

/** What is open for an address, after a code. @param {RecipientPages} recipient
 * @param {string} address */
async function showsReceived(recipient, address) {
  const { page } = recipient;
  await page.locator('main a[href="/received"]').click();
  await recipient.arrive("page.inbox.title");
  await page.locator("#address").fill(address);
  const box = await mailbox(address);
  await box.rest();
  await recipient.button("page.next").click();
  const code = await box.nextCode();
  await page.locator("#code").fill(code);
  await recipient.button("page.verify.verify").click();
  const line = page.getByTestId("received-transfer");
  await line.getByText("Dr. Anna Müller").waitFor();
  assert.equal(await line.getAttribute("data-opened"), "true");
}

test("a transfer goes the whole way in Firefox ESR", async () => {
  const [anna, bert] = ["firefox-anna@example.org", "firefox-bert@example.net"];
  const texts = await words("de");
  const sending = await newVisitor();
  const sender = new SenderPages(sending.page, texts, look);
  await sending.page.goto(server.baseUrl);
  await sender.arrive("page.start.title");
  await sending.page.locator('main a[href="/provide"]').click();
  await sender.contact({ name: "Dr. Anna Müller", phone: "+49 30 1234", address: anna });
  const hers = await mailbox(anna);
  await sender.verify(async () => await hers.nextCode());
  const others = { cc: "firefox-carla@example.com", bcc: "firefox-dora@example.org" };
  await sender.recipients({ to: bert, ...others, refused: "x@elsewhere.example" });
  await sender.content({ subject: "Befund für Frau Ångström", text, files });
  const password = await sender.options("generate", "", "de");
  await sender.notification();
  const tracking = await sender.summary();
  assert.match(tracking, /^[a-z2-7]{26}$/);
  await showsSent(sender, tracking);
  assert.deepEqual(sending.errors, []);
  await sending.context.close();

  const link = transferLinkIn(await (await mailbox(bert)).next());
  const opening = await newVisitor();
  const { page } = opening;
  const recipient = new RecipientPages(page, texts, look);
  await page.goto(link);
  await recipient.open(password);
  assert.equal((await page.getByTestId("message-text").textContent())?.trim(), text);
  for (const { name, buffer } of files) {
    const { name: saved, file } = await recipient.download(recipient.saveLink(name));
    assert.equal(saved, name);
    assert.ok((await readFile(file)).equals(buffer), name);
  }
  const zip = await recipient.download(recipient.zipLink());
  assert.equal((await readFile(zip.file)).subarray(0, 4).toString("latin1"), "PK\u0003\u0004");
  await recipient.button("page.finish").click();
  await recipient.arrive("page.start.title");
  await showsReceived(recipient, bert);
  assert.deepEqual(opening.errors, []);
  await opening.context.close();
});
