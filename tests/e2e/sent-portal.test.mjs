// Sent transfers in a real browser: list and detail, changes of them, and news while one looks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiClient } from "./harness/api-client.mjs";
import { desktop, launchChromium, openProfile, phone, Visits } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { pattern, SenderPages, words } from "./harness/portal-pages.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */

const password = "Ein Pferd, 7 Hufe";
const visits = new Visits();

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "sent-portal" });
  browser = await launchChromium();
});
after(async () => {
  visits.print();
  await browser?.close();
  await server?.stop();
});

/** @param {string} address */
async function readCode(address) {
  const box = await mailbox(address);
  return await box.nextCode();
}

/** Proves an address on the page of sent transfers. @param {SenderPages} pages
 * @param {string} address */
async function prove(pages, address) {
  const box = await mailbox(address);
  await box.rest(); // what was mailed before
  await pages.field("page.contact.address").fill(address);
  await pages.button("page.next").click();
  await pages.page.locator("#code").fill(await box.nextCode());
  await pages.button("page.verify.verify").click();
}

/** @typedef {{ name: string, language: string, viewport: typeof phone,
 *   scheme: import("./harness/browser.mjs").Scheme }} Way */
/** @type {Way[]} */
const ways = [
  { name: "sent-de-phone", language: "de", viewport: phone, scheme: "dark" },
  { name: "sent-nl-desktop", language: "nl", viewport: desktop, scheme: "light" },
  { name: "sent-en-phone", language: "en", viewport: phone, scheme: "forced" },
];

for (const way of ways) {
  test(`a sender follows and changes a transfer in the browser: ${way.name}`, async () => {
    const before = visits.findings.length;
    const anna = `${way.name}-anna@example.org`;
    const [bert, berta] = [`${way.name}-bert@example.net`, `${way.name}-berta@example.net`];
    const client = new ApiClient(server.baseUrl);
    await client.verify(anna);
    const to = [{ address: bert }, { address: `${way.name}-carla@example.com` }];
    const file = /** @type {[string, Buffer]} */ (["Befund.txt", Buffer.from("abc")]);
    const sent = await client.provide({ from: anna, to, files: [file], more: { password } });

    const context = await openProfile(browser, way);
    const page = await context.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    const look = (/** @type {string} */ state) => visits.look(page, `${way.name}-${state}`);
    const pages = new SenderPages(page, await words(way.language), look);
    await page.goto(`${server.baseUrl}/sent`);
    await pages.arrive("page.sent.title");
    await look("prove");
    await prove(pages, anna);
    const line = page.getByTestId("sent-transfer");
    await line.getByText(bert).waitFor();
    await look("list");
    await line.locator("a").click();
    await pages.arrive("page.sent.detail_title");
    const rows = page.getByTestId("recipient");
    const first = rows.first();
    await first.and(page.locator('[data-state="handed_over"]')).waitFor();
    await look("detail");

    // Nobody touches the page; what the recipient does shows all the same.
    const opened = await client.open(sent.recipients[0].transfer_id, { password });
    await opened.call("GET", `/files/${opened.opened.files[0].no}`);
    await first.getByTestId("fetched").click();
    await first.getByTestId("fetched-file").waitFor();
    await look("fetched");

    await first.getByRole("button", { name: pattern(pages.t("page.sent.mail_again")) }).click();
    await page.getByText(pattern(pages.t("page.sent.mailed_again"))).waitFor();

    await first.getByRole("button", { name: pattern(pages.t("page.sent.replace")) }).click();
    await page.locator("#replace-0").fill("falsch");
    await first.locator('button[type="submit"]').click();
    await page.getByText(pages.t("page.contact.address_wrong")).waitFor();
    await look("replace");
    await page.locator("#replace-0").fill(berta);
    await first.locator('button[type="submit"]').click();
    await rows.nth(2).getByText(berta, { exact: true }).waitFor();
    assert.equal(await first.getAttribute("data-state"), "revoked");

    await rows
      .nth(1)
      .getByRole("button", { name: pattern(pages.t("page.sent.revoke")) })
      .click();
    await look("revoke-one");
    await pages.button("page.revoke.yes").click();
    await rows.nth(1).and(page.locator('[data-state="revoked"]')).waitFor();

    const until = String(await page.getByTestId("expires").textContent());
    await pages.button("page.sent.change_expiry").click();
    await look("expiry");
    const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    await page.locator("#new-expiry").fill(day);
    await pages.button("page.sent.save").click();
    await page.getByText(pattern(pages.t("page.sent.expiry_changed"))).waitFor();
    await page.getByTestId("expires").getByText(until).waitFor({ state: "detached" });

    await pages.button("page.revoke.button").click();
    await pages.button("page.revoke.yes").click();
    await page.getByTestId("state").getByText(pages.t("page.sent.state.revoked")).waitFor();
    await look("revoked");
    assert.equal(await page.locator("main button").count(), 0, "nothing can be changed any more");
    assert.deepEqual(errors, []);
    assert.deepEqual(visits.findings.slice(before), []);
    await context.close();
  });
}

test("file names show where they were sent, and each person has a list of their own", async () => {
  const anna = "sent-names-anna@example.org";
  const carl = `sent-names-carl-${"gemeinschaftspraxis-".repeat(2)}am-markt@example.org`;
  const context = await openProfile(browser, { language: "en" });
  const page = await context.newPage();
  const pages = new SenderPages(page, await words("en"), async () => undefined);
  await page.goto(`${server.baseUrl}/provide`);
  await pages.contact({ name: "Anna", phone: "", address: anna });
  await pages.verify(() => readCode(anna));
  await pages.arrive("page.recipients.title");
  await page.locator("#recipients-to").fill("sent-names-bert@example.net ");
  await pages.button("page.next").click();
  const files = [{ name: "Befund.txt", mimeType: "text/plain", buffer: Buffer.from("abc") }];
  await pages.content({ subject: "Befund", text: "Guten Tag", files });
  await pages.options("none", "", "en");
  await pages.notification();
  await pages.summary();
  await page.getByRole("link", { name: pages.t("page.summary.status"), exact: true }).click();
  await pages.arrive("page.sent.detail_title");
  await page.getByTestId("sent-file").getByText("Befund.txt").waitFor();
  assert.equal(await page.getByTestId("subject").textContent(), "Befund");

  // Another person in the same browser has a list of their own.
  await page.goto(`${server.baseUrl}/sent`);
  await pages.arrive("page.sent.title");
  await page.getByTestId("sent-transfer").waitFor();
  await pages.button("page.sent.another").click();
  await prove(pages, carl);
  await page.getByText(pages.t("page.sent.none")).waitFor();
  await page.locator('main a[href="/provide"]').waitFor();
  assert.deepEqual(await layoutTroubles(page, [320, 360]), [], "the addresses are whole");
  await page.getByRole("radio", { name: anna }).check();
  await page.getByTestId("sent-transfer").waitFor();
  await context.close();

  // Elsewhere there are numbers and sizes.
  const other = await openProfile(browser, { language: "en" });
  const elsewhere = await other.newPage();
  const there = new SenderPages(elsewhere, await words("en"), async () => undefined);
  await elsewhere.goto(`${server.baseUrl}/sent`);
  await there.arrive("page.sent.title");
  await prove(there, anna);
  await elsewhere.getByTestId("sent-transfer").locator("a").click();
  await elsewhere.getByTestId("sent-file").getByText("File 1 of 1").waitFor();
  await elsewhere.getByText(there.t("page.sent.link_elsewhere")).waitFor();
  await other.close();
});

test("a transfer that is not there, or somebody else's, has nothing to show", async () => {
  const context = await openProfile(browser, { language: "en" });
  const page = await context.newPage();
  const pages = new SenderPages(page, await words("en"), async () => undefined);
  await page.goto(`${server.baseUrl}/sent/${"a".repeat(26)}`);
  await prove(pages, "sent-none-anna@example.org");
  await page.getByText(pages.t("page.error.sent.denied")).waitFor();
  await context.close();
});

test("Sent transfers can be walked by keyboard, and the focus is never lost", async () => {
  const anna = "sent-keys-anna@example.org";
  const client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  const to = [{ address: "sent-keys-bert@example.net" }];
  await client.provide({ from: anna, to, more: { password } });
  const context = await openProfile(browser, { language: "en" });
  const page = await context.newPage();
  const pages = new SenderPages(page, await words("en"), async () => undefined);
  /** Goes on with Tab until the element that fits has the focus. */
  const tabTo = async (/** @type {string} */ selector) => {
    for (let presses = 0; presses < 60; presses++) {
      if (await page.evaluate((one) => document.activeElement?.matches(one), selector)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab never comes to ${selector}`);
  };
  await page.goto(`${server.baseUrl}/sent`);
  await prove(pages, anna);
  await page.getByTestId("sent-transfer").waitFor();
  await tabTo('[data-testid="sent-transfer"] a');
  await page.keyboard.press("Enter");
  await pages.arrive("page.sent.detail_title");
  await page.locator('[data-testid="recipient"][data-state="handed_over"]').waitFor();
  await tabTo('[data-testid="recipient"] button:last-of-type');
  await page.keyboard.press("Enter");
  // The harmless answer has the focus: a second Enter takes nothing back.
  const no = pages.button("page.revoke.no");
  await no.waitFor();
  assert.ok(await no.evaluate((one) => one === document.activeElement));
  await page.keyboard.press("Enter");
  await no.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.id === "revoke-0");
  assert.equal(await page.getByTestId("recipient").getAttribute("data-state"), "handed_over");
  await context.close();
});
