// The pictures of the illustrated guides: a sender's and a recipient's way through the portal in
// each language, on a day and with names that are always the same, into docs/user/pictures.
//
// node tests/e2e/pictures/guide.mjs [LANGUAGE...]
import { launchChromium } from "../harness/browser.mjs";
import { Couvertd } from "../harness/couvertd.mjs";
import { FakeClock } from "../harness/fake-clock.mjs";
import { transferLinkIn } from "../harness/mailbox.mjs";
import { RecipientPages, SenderPages, words } from "../harness/portal-pages.mjs";
import { beginRun, mailbox } from "../harness/run-context.mjs";
import { day, keep } from "./kept.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{ name: string, organisation: string, subject: string, text: string,
 *   files: string[] }} Sample */

const size = { width: 800, height: 900 };

/** @type {Record<string, Sample>} */
const samples = {
  de: {
    name: "Dr. Anna Beispiel",
    organisation: "Musterkammer",
    subject: "Röntgenbilder",
    text: "Guten Tag,\n\nanbei die beiden Aufnahmen vom Freitag und unser Befund.",
    files: ["Aufnahme links.png", "Aufnahme rechts.png", "Befund.pdf"],
  },
  nl: {
    name: "Dr. Anna Voorbeeld",
    organisation: "Voorbeeldkamer",
    subject: "Röntgenfoto’s",
    text: "Goedendag,\n\nhierbij de twee foto’s van vrijdag en ons verslag.",
    files: ["Foto links.png", "Foto rechts.png", "Verslag.pdf"],
  },
  en: {
    name: "Dr. Anna Example",
    organisation: "Example Chamber",
    subject: "X-rays",
    text: "Good morning,\n\nhere are the two pictures of Friday and our report.",
    files: ["Left side.png", "Right side.png", "Report.pdf"],
  },
};

/** @param {SenderPages} pages @param {Sample} sample @param {string} language */
async function provide(pages, sample, language) {
  const { page } = pages;
  const address = `anna-${language}@example.org`;
  const shown = (/** @type {string} */ name) => keep(page, `${language}-${name}`);
  const next = () => pages.button("page.next").click();
  await pages.arrive("page.start.title");
  await keep(page, `${language}-start`);
  await page
    .getByRole("link", { name: pages.t("page.start.provide") })
    .first()
    .click();
  await pages.arrive("page.contact.title");
  await pages.field("page.contact.name").fill(sample.name);
  await pages.field("page.contact.phone_optional").fill("+49 30 123456");
  await pages.field("page.contact.address").fill(address);
  await shown("contact");
  const box = await mailbox(address);
  await next();
  await pages.arrive("page.verify.title");
  const code = await box.nextCode();
  await pages.field("page.verify.code").fill(code);
  await pages.button("page.verify.verify").click();
  await pages.arrive("page.recipients.title");
  await page.locator("#recipients-to").fill(`bert-${language}@example.net`);
  await page.locator("#recipients-to").press("Enter");
  await shown("recipients");
  await next();
  await pages.arrive("page.content.title");
  await pages.message({ subject: sample.subject, text: sample.text });
  const files = sample.files.map((name, at) => ({
    name,
    mimeType: "application/octet-stream",
    buffer: Buffer.alloc(400_000 + 150_000 * at, 7),
  }));
  await page.getByTestId("file-input").setInputFiles(files);
  await page.locator('[data-testid="file-row"][data-state="done"]').nth(2).waitFor();
  const allThere = pages.t("page.upload.all_there").match(/other \{(.*)#/)?.[1] ?? "";
  // The bar comes a moment later.
  await page.locator("p.hint", { hasText: `${allThere}3` }).waitFor();
  await shown("content");
  await next();
  await pages.arrive("page.options.title");
  const password = (await page.getByTestId("password-value").textContent()) ?? "";
  // Without the date above it, whose field looks as the browser's own language wants it.
  await keep(page, `${language}-password`, 'fieldset:has(input[name="password-mode"])');
  await page.getByRole("switch").check();
  await pages.button("page.quick.activate").waitFor();
  await keep(page, `${language}-quick`, "[data-testid=quick-choice]");
  await page.getByRole("switch").uncheck();
  return { password, next };
}

/** Notification and summary. @param {SenderPages} pages @param {string} language */
async function start(pages, language) {
  await pages.arrive("page.notification.title");
  await pages.mailPage();
  await pages.button("page.notification.start").click();
  await pages.arrive("page.summary.title");
  const handedOver = '[data-testid="delivery"][data-state="handed_over"]';
  await pages.page.locator(handedOver).first().waitFor();
  await keep(pages.page, `${language}-summary`);
}

/** @param {RecipientPages} pages @param {string} password @param {string} language */
async function retrieve(pages, password, language) {
  const { page } = pages;
  const mail = await (await mailbox(`bert-${language}@example.net`)).next();
  const link = transferLinkIn(mail);
  const neutral = "https://transfer.example.org/r/abcdefgh2345ijklmnop67qrst";
  await page.setContent(mail.html.replaceAll(link, neutral));
  await keep(page, `${language}-mail`, "body");
  await page.goto(link);
  await pages.arrive("page.open.title");
  await page.locator("#open-password").fill(password);
  await keep(page, `${language}-open`);
  await pages.button("page.next").click();
  await page.getByTestId("content").waitFor();
  await keep(page, `${language}-received`);
  const saved = page.waitForEvent("download");
  await page.getByTestId("received-file").first().getByRole("link").first().click();
  await (await saved).path();
}

/** What the sender sees afterwards. @param {SenderPages} pages @param {string} language */
async function look(pages, language) {
  const { page } = pages;
  await page.getByRole("link", { name: pages.t("page.header.sent"), exact: true }).click();
  await pages.arrive("page.sent.title");
  await page.getByTestId("sent-transfer").first().getByRole("link").click();
  await pages.arrive("page.sent.detail_title");
  await page.getByTestId("opened").getByText(/2027/).first().waitFor();
  await keep(page, `${language}-sent`);
}

/** @param {import("playwright-core").Browser} browser @param {FakeClock} clock
 * @param {string} language */
async function tell(browser, clock, language) {
  const sample = samples[language];
  const config = { "": { organisation: `"${sample.organisation}"` } };
  const server = await Couvertd.start({ name: `guide-${language}`, env: clock.env, config });
  const texts = await words(language);
  const visit = async () => {
    const context = await browser.newContext({
      locale: language,
      timezoneId: "Europe/Berlin",
      viewport: size,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    return page;
  };
  const nothing = async () => undefined;
  const sender = new SenderPages(await visit(), texts, nothing);
  await sender.page.goto(server.baseUrl);
  const { password, next } = await provide(sender, sample, language);
  await next();
  await start(sender, language);
  await retrieve(new RecipientPages(await visit(), texts, nothing), password, language);
  await look(sender, language);
  await server.stop();
}

const run = await beginRun();
try {
  const clock = await FakeClock.create();
  await clock.set(Math.round((day - Date.now()) / 1000));
  const browser = await launchChromium();
  const chosen = process.argv.slice(2);
  for (const language of chosen.length ? chosen : Object.keys(samples)) {
    await tell(browser, clock, language);
  }
  await browser.close();
} finally {
  await run.end();
}
