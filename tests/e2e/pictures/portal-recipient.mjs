// Every state of the recipient's way and of what was received, for pictures of it.
import { deflateSync } from "node:zlib";
import { ApiClient, expectStatus, randomId, randomSecret } from "../harness/api-client.mjs";
import { pdfOf, pngOf, wavOf } from "../harness/media.mjs";
import { pattern, RecipientPages, SenderPages } from "../harness/portal-pages.mjs";
import { mailbox } from "../harness/run-context.mjs";

/** @typedef {import("./portal.mjs").Stage} Stage */

const password = "Ein Pferd, 7 Hufe";
const text = `Guten Tag,

anbei die Röntgenbilder – „vertraulich“ & wichtig. Mehr unter https://example.org/befund.

Mit freundlichen Grüßen
Anna Müller`;
const sentence = "Die Aufnahmen zeigen keinen auffälligen Befund; wir sehen uns im Mai wieder. ";
/** @type {[string, Buffer][]} */
const files = [
  ["Bilder/röntgen.png", pngOf(640, 480)],
  ["bericht.pdf", pdfOf(["Erste Seite", "Zweite Seite"], "")],
  ["text.txt", Buffer.from(sentence.repeat(40))],
  ["diktat.wav", wavOf(240)],
  [`${"Röntgenaufnahmen_der_Behandlung_".repeat(3)}.txt`, Buffer.from("abc")],
  ["archiv.txt", Buffer.concat([Buffer.from("PK\x03\x04"), deflateSync(Buffer.alloc(100, 7))])],
  ["programm.exe", Buffer.from("MZ\x90\0")],
];

/** What the sender made beforehand. @param {Stage} stage */
async function make(stage) {
  const client = new ApiClient(stage.server.baseUrl);
  const { anna, bert, language } = stage;
  await client.verify(anna, language);
  const more = { password, name: "Dr. Anna Müller", phone: "+49 30 1234", language };
  const message = { subject: "Befund für Frau Ångström 🦷", text };
  const byPassword = await client.provide({
    from: anna,
    to: [{ address: bert }],
    files,
    more: { ...more, ...message },
  });
  const to = { address: bert, kind: "to", slot_id: randomId(), secret: randomSecret() };
  const own = { ...more, password: undefined, open_by: "link", recipients: [to], text };
  const byLink = await client.provide({ from: anna, to: [], more: own });
  const guessed = await client.provide({ from: anna, to: [{ address: bert }], files, more });
  return { client, byPassword, byLink, guessed };
}

/** @param {Stage} stage @param {RecipientPages} pages */
async function views(stage, pages) {
  const { page, look } = stage;
  for (const [name] of files.slice(0, 6)) {
    const label = pages.t("page.view.view").replace("{name}", name);
    await page.getByRole("button", { name: label, exact: true }).click();
    await page.getByTestId("viewer").waitFor();
    await page.waitForTimeout(700);
    await look(`view-${name.replace(/^.*\//, "").slice(0, 12)}`);
    await page.keyboard.press("Escape");
    await page.getByTestId("viewer").waitFor({ state: "detached" });
  }
}

/** @param {Stage} stage @param {RecipientPages} pages @param {any} sent */
async function open(stage, pages, sent) {
  const { page, look } = stage;
  await page.goto(sent.recipients[0].link);
  await pages.open(password);
  await look("received");
  for (const summary of await page.locator("details summary").all()) await summary.click();
  await look("received-details");
  const pick = pattern(pages.t("page.received.select").replace("{name}", files[1][0]));
  await page.getByRole("checkbox", { name: pick }).check();
  await look("received-selected");
  await views(stage, pages);
  await page.getByRole("link", { name: pages.t("page.reply"), exact: true }).click();
  const sender = new SenderPages(page, stage.texts, async () => undefined);
  await sender.arrive("page.contact.title");
  await look("reply");
  await page.goBack();
  await pages.button("page.finish").click();
  await pages.arrive("page.start.title");
}

/** Wrong passwords, until the mailbox has to be proven. @param {Stage} stage
 * @param {RecipientPages} pages @param {any} sent */
async function guess(stage, pages, sent) {
  const { page, look, clock } = stage;
  const { link, transfer_id } = sent.recipients[0];
  await page.goto(link);
  await pages.arrive("page.open.title");
  await page.locator("#open-password").fill("Anders, 8 Hufe");
  await pages.button("page.next").click();
  await page.getByTestId("ask-sender").click();
  await page.getByText(pages.t("page.open.asked")).waitFor();
  await look("open-asked");
  const client = new ApiClient(stage.server.baseUrl);
  for (let tried = 0; tried < 20; tried++) {
    await clock.pass(15 * 60);
    expectStatus(await client.tryOpen(transfer_id, { password: "Anders, 8 Hufe" }), 403);
  }
  await clock.pass(15 * 60);
  const box = await mailbox(stage.bert);
  await box.rest();
  await page.context().clearCookies(); // this browser has proven the mailbox already
  await page.goto(link);
  await pages.proveMailbox(password, () => box.nextCode());
}

/** @param {Stage} stage */
export async function retrieve(stage) {
  const { page, look, bert, server } = stage;
  const pages = new RecipientPages(page, stage.texts, look);
  const { client, byPassword, byLink, guessed } = await make(stage);
  await page.goto(`${server.baseUrl}/retrieve`);
  await pages.arrive("page.open.title");
  await look("open-by-hand");
  await page.goto(`${server.baseUrl}/received`);
  await pages.arrive("page.inbox.title");
  await look("inbox-prove");
  const box = await mailbox(bert);
  await page.locator("#address").fill(bert);
  await box.rest();
  await pages.button("page.next").click();
  await page.locator("#code").waitFor();
  await look("inbox-code");
  await page.locator("#code").fill(await box.nextCode());
  await pages.button("page.verify.verify").click();
  await page.getByTestId("received-transfer").nth(2).waitFor();
  await look("inbox-list");
  await open(stage, pages, byPassword);
  await page.goto(byLink.recipients[0].link);
  await pages.open("");
  await look("received-message");
  await guess(stage, pages, guessed);
  const revoke = `/api/v1/sent/${byLink.tracking_id}/revoke`;
  expectStatus(await client.call("POST", revoke), 204);
  await page.goto(`${server.baseUrl}/r/${"a".repeat(26)}`);
  await pages.arrive("page.dead.title");
  await look("dead");
}
