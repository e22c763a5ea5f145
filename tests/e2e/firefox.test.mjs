// The whole way in Debian's Firefox ESR.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launchFirefox } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { codeIn, transferLinkIn } from "./harness/mailbox.mjs";
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
  await sender.verify(async () => codeIn(await hers.next()));
  const others = { cc: "firefox-carla@example.com", bcc: "firefox-dora@example.org" };
  await sender.recipients({ to: bert, ...others, refused: "x@elsewhere.example" });
  await sender.content({ subject: "Befund für Frau Ångström", text, files });
  const password = await sender.options("generate", "", "de");
  await sender.notification();
  assert.match(await sender.summary(), /^[a-z2-7]{26}$/);
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
  assert.deepEqual(opening.errors, []);
  await opening.context.close();
});
