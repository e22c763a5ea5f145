// Every state of the sender's way and of what was sent, for pictures of it.
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { ApiClient } from "../harness/api-client.mjs";
import { newFolder } from "../harness/files.mjs";
import { closed } from "../harness/mail-system.mjs";
import { pattern, SenderPages } from "../harness/portal-pages.mjs";
import { mailbox } from "../harness/run-context.mjs";

/** @typedef {import("./portal.mjs").Stage} Stage */

const mebi = 1024 * 1024;
const slow = 1 * mebi;
const fast = 1000 * mebi;
const password = "Ein Pferd, 7 Hufe";
const file = (/** @type {string} */ name, /** @type {number} */ size) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: randomBytes(size),
});
const many = Array.from({ length: 60 }, (_, at) => `Praxis Nummer ${at} <praxis${at}@example.net>`);
const longAddress = (/** @type {string} */ name) =>
  `${name}.von.der.gemeinschaftspraxis-am-marktplatz@example.org`;

/** "Next", where another button begins alike. @param {import("playwright-core").Page} page */
const submit = (page) => page.locator('button[type="submit"]').click();

/** @param {string} address */
async function readCode(address) {
  return await (await mailbox(address)).nextCode();
}

/** Contact, code and recipients. @param {Stage} stage @param {SenderPages} pages */
async function whoAndWhom(stage, pages) {
  const { page, look, anna } = stage;
  await pages.arrive("page.start.title");
  await look("start");
  await page.locator('main a[href="/provide"]').click();
  await pages.contact({ name: "Dr. Anna Müller", phone: "+49 30 1234", address: anna });
  await pages.verify(() => readCode(anna));
  await pages.arrive("page.recipients.title");
  await page.locator("#recipients-to").fill(many.join("; "));
  await page.locator("#recipients-to").press("Enter");
  await page.getByTestId("recipient").nth(59).waitFor();
  await look("recipients-many");
  const saved = page.waitForResponse((answer) => answer.url().endsWith("/form"));
  await pages.button("page.next").click();
  await saved;
  await page.reload();
  await pages.arrive("page.contact.title");
  await look("contact-known");
  await submit(page);
  await pages.arrive("page.recipients.title");
  await page.getByTestId("unfinished-recipients").waitFor();
  await look("recipients-unfinished");
  await pages.button("page.unfinished.discard").click();
  await look("recipients-discard");
  await pages.button("page.unfinished.discard_yes").click();
  await page.getByTestId("unfinished-recipients").waitFor({ state: "detached" });
  await pages.recipients({
    to: stage.bert,
    cc: longAddress("cc"),
    bcc: "dora@example.org",
    refused: "x@elsewhere.example",
  });
}

/** Message and files: while they travel, too. @param {Stage} stage @param {SenderPages} pages */
async function content(stage, pages) {
  const { page, look, line } = stage;
  await pages.arrive("page.content.title");
  await look("content");
  await pages.button("page.next").click();
  await page.getByText(pages.t("page.content.empty")).waitFor();
  await look("content-empty");
  const text = "Guten Tag,\n\nanbei die Bilder vom Montag.\n\nMit freundlichen Grüßen\nAnna Müller";
  await pages.message({ subject: "Befund für Frau Ångström 🦷", text });
  const input = page.getByTestId("file-input");
  const done = page.locator('[data-testid="file-row"][data-state="done"]');
  await input.setInputFiles([
    file("Größe & Maß.txt", 900),
    file(`${"Röntgenaufnahmen_der_Behandlung_".repeat(3)}.tar.gz`, 700_000),
    file("صورة الأشعة السينية.png", 20_000),
  ]);
  await done.nth(2).waitFor();
  await look("content-filled");
  line.rate = slow;
  const scan = path.join(await newFolder("pictures"), "Scan.bin");
  await writeFile(scan, randomBytes(60 * mebi));
  await input.setInputFiles(scan);
  await page.locator('[data-testid="file-row"][data-state="running"]').waitFor();
  await page.waitForTimeout(2500); // until it knows how fast it is
  await look("content-uploading");
  await page.context().setOffline(true);
  line.cut();
  await page.getByText(pages.t("page.offline")).waitFor();
  await page.waitForTimeout(1500);
  await look("content-offline");
  await page.context().setOffline(false);
  const film = path.join(await newFolder("pictures"), "Film.bin");
  await writeFile(film, Buffer.alloc(60 * mebi));
  await input.setInputFiles(film);
  await page.waitForTimeout(300);
  await look("content-too-large");
  await pages.button("page.next").click();
}

/** Options, notification, what is seen while it goes, summary. @param {Stage} stage
 * @param {SenderPages} pages */
async function optionsToSummary(stage, pages) {
  const { page, look, line, language } = stage;
  await pages.arrive("page.options.title");
  const choose = (/** @type {string} */ mode) =>
    page.locator(`input[name="password-mode"][value="${mode}"]`).check();
  await choose("none");
  await look("options-none");
  await choose("manual");
  await page.locator("#password").fill(password);
  await page.locator("#password-again").fill(password);
  await page.waitForTimeout(800);
  await look("options-strong");
  await page.locator("#password").fill("");
  await page.locator("#password-again").fill("");
  await choose("generate");
  await look("options-generate");
  await page
    .getByRole("button", { name: pages.t("page.password.copy"), exact: true })
    .first()
    .click();
  await look("options-copied");
  await page.getByRole("switch").check();
  await pages.button("page.quick.activate").waitFor();
  await look("options-quick");
  await page.getByRole("switch").uncheck();
  await pages.options("manual", password, language);
  await pages.arrive("page.notification.title");
  await pages.mailPage();
  await page.waitForTimeout(500);
  await look("notification-uploading");
  line.rate = mebi / 4;
  await pages.notification();
  await pages.arrive("page.sending.uploading");
  await look("sending");
  line.rate = fast;
  await pages.summary();
}

/** Without a password, refused and then started. @param {Stage} stage @param {SenderPages} pages */
async function anew(stage, pages) {
  const { page, look, setRule } = stage;
  await pages.button("page.summary.anew").click();
  await pages.arrive("page.contact.title");
  await submit(page);
  await pages.arrive("page.recipients.title");
  await page.locator("#recipients-to").fill(stage.bert);
  await submit(page);
  await pages.arrive("page.content.title");
  await pages.message({ subject: "", text: "Nur Text" });
  await pages.goToNotification("none");
  await setRule("deny");
  await pages.button("page.notification.start").click();
  await pages.arrive("page.sending.failed");
  await look("sending-failed");
  await setRule("allow");
  await pages.button("page.try_again").click();
  await pages.arrive("page.summary.title");
  await page.locator('[data-testid="delivery"][data-state="handed_over"]').first().waitFor();
  await look("summary-none");
}

/** A second person in this browser. @param {Stage} stage @param {SenderPages} pages */
async function second(stage, pages) {
  const { page, look } = stage;
  const address = stage.anna.replace("anna-", "zahnarztpraxis-am-marktplatz-"); // of this look only
  await pages.button("page.summary.anew").click();
  await pages.arrive("page.contact.title");
  await pages.button("page.contact.add").click();
  await look("contact-second");
  await pages.field("page.contact.name").fill("Privatdozentin Dr. Berta von Müller-Lüdenscheidt");
  await pages.field("page.contact.address").fill(address);
  await pages.button("page.next").click();
  await pages.arrive("page.verify.title");
  await pages.field("page.verify.code").fill(await readCode(address));
  await pages.button("page.verify.verify").click();
  await pages.arrive("page.recipients.title");
  await page.goto(new URL("/provide", page.url()).href);
  await pages.arrive("page.contact.title");
  await look("contact-two");
  const name = pattern(pages.t("page.contact.remove"));
  await page.getByRole("button", { name }).last().click();
  await look("contact-remove");
}

/** The sender's steps, all of them. @param {Stage} stage */
export async function provide(stage) {
  const pages = new SenderPages(stage.page, stage.texts, stage.look);
  await stage.page.goto(stage.line.baseUrl);
  await whoAndWhom(stage, pages);
  await content(stage, pages);
  await optionsToSummary(stage, pages);
  await anew(stage, pages);
  await second(stage, pages);
}

/** List and detail of what was sent, in the browser that the person before left.
 * @param {Stage} stage */
export async function sent(stage) {
  const { page, look, anna, line } = stage;
  const pages = new SenderPages(page, stage.texts, look);
  const client = new ApiClient(stage.server.baseUrl);
  await client.verify(anna, stage.language);
  const to = [stage.bert, longAddress("carla"), closed].map((address) => ({ address }));
  /** @type {[string, Buffer][]} */
  const files = ["Befund.txt", `${"Röntgenaufnahmen_".repeat(5)}.png`].map((name) => [
    name,
    Buffer.from(name),
  ]);
  const made = await client.provide({ from: anna, to, files, more: { password } });
  await page.goto(`${line.baseUrl}/sent`);
  await pages.arrive("page.sent.title");
  await page.locator("main .card").first().waitFor();
  await look("sent-empty");
  await page.locator("#person").waitFor();
  await page.getByRole("radio", { name: anna }).check();
  await page.getByTestId("sent-transfer").nth(2).waitFor();
  await look("sent-list");
  await page.getByRole("button", { name: pattern(pages.t("page.forget.button")) }).click();
  await look("sent-forget");
  await pages.button("page.cancel").click();
  await page.getByTestId("sent-transfer").nth(1).locator("a").click();
  await pages.arrive("page.sent.detail_title");
  await page.getByTestId("recipient").first().waitFor();
  await look("sent-detail-files");
  await page.goBack();
  await page.getByTestId("sent-transfer").first().locator("a").click();
  await pages.arrive("page.sent.detail_title");
  const rows = page.getByTestId("recipient");
  await rows.nth(2).and(page.locator('[data-state="failed"]')).waitFor();
  await look("sent-detail");
  const opened = await client.open(made.recipients[0].transfer_id, { password });
  await opened.call("GET", `/files/${opened.opened.files[0].no}`);
  await opened.call("GET", `/files/${opened.opened.files[0].no}/view`);
  await rows.first().getByTestId("fetched").click();
  await rows.first().getByTestId("fetched-file").first().waitFor();
  await look("sent-fetched");
  const press = (/** @type {number} */ row, /** @type {string} */ key) =>
    rows
      .nth(row)
      .getByRole("button", { name: pattern(pages.t(key)) })
      .click();
  await press(0, "page.sent.mail_again");
  await page.getByText(pattern(pages.t("page.sent.mailed_again"))).waitFor();
  await press(1, "page.sent.replace");
  await page.locator("#replace-1").fill("falsch");
  await rows.nth(1).locator('button[type="submit"]').click();
  await page.getByText(pages.t("page.contact.address_wrong")).waitFor();
  await look("sent-replace");
  await page.locator("#replace-1").fill(longAddress("neu"));
  await rows.nth(1).locator('button[type="submit"]').click();
  await rows.nth(3).waitFor();
  await press(0, "page.sent.revoke");
  await look("sent-revoke-one");
  await pages.button("page.revoke.yes").click();
  await rows.first().and(page.locator('[data-state="revoked"]')).waitFor();
  await pages.button("page.sent.change_expiry").click();
  await look("sent-expiry");
  await pages.button("page.cancel").click();
  await pages.button("page.revoke.button").click();
  await look("sent-revoke");
  await pages.button("page.revoke.yes").click();
  await page.getByTestId("state").getByText(pages.t("page.sent.state.revoked")).waitFor();
  await look("sent-revoked");
}
