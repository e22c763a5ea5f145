// Thousands of files in one list: the page holds rows for what is near alone, and the keys come to
// every one of them. How fast that is, `./dev bench pages` says.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { axeFindings, launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { SenderPages, words } from "./harness/portal-pages.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */

const count = 5000;
const rowsMax = 300; // in sight, around it, and around the focus

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "many-files" });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function folderOfFiles() {
  const folder = path.join(await newFolder("many"), "Röntgen");
  await mkdir(folder, { recursive: true });
  const names = Array.from({ length: count }, (_, at) => `Bild ${at + 1}.dcm`);
  await Promise.all(names.map((name) => writeFile(path.join(folder, name), name)));
  return folder;
}

/** @param {Page} page */
async function goToContent(page) {
  const anna = "many-anna@example.org";
  const sender = new SenderPages(page, await words("en"), async () => undefined);
  await page.goto(`${server.baseUrl}/provide`);
  await sender.contact({ name: "Anna Muster", phone: "", address: anna });
  await sender.verify(async () => await (await mailbox(anna)).nextCode());
  await page.locator("#recipients-to").fill("many-bert@example.net ");
  await sender.button("page.next").click();
  await sender.arrive("page.content.title");
}

/** The number of the row with the focus, and how many rows the page holds. @param {Page} page */
function whereTheFocusIs(page) {
  return page.evaluate(() => ({
    place: Number(document.activeElement?.closest("[role=listitem]")?.ariaPosInSet ?? 0),
    rows: document.querySelectorAll("[role=listitem]").length,
  }));
}

test("5,000 files are few rows, the keys come to all of them, each can be removed", async () => {
  const context = await openProfile(browser, { language: "en" });
  const page = await context.newPage();
  // The list is what is looked at: nothing travels, four requests at most wait for an answer.
  let waiting = 0;
  await page.route(/\/files$/, () => void (waiting += 1));
  await goToContent(page);
  await page.getByTestId("folder-input").setInputFiles(await folderOfFiles());
  const row = (/** @type {number} */ place) => page.locator(`[aria-posinset="${place}"]`);
  await row(1).waitFor();
  assert.equal(await row(1).getAttribute("aria-setsize"), String(count));
  assert.match(String(await row(1).textContent()), /Röntgen\/Bild 1\.dcm/);

  await row(1).locator(".icon-button").focus();
  for (let place = 1; place <= 55; place++) {
    const focus = await whereTheFocusIs(page);
    assert.equal(focus.place, place);
    assert.ok(focus.rows <= rowsMax, `${focus.rows} rows`);
    await page.keyboard.press("Tab");
  }
  for (let place = 56; place > 40; place--) {
    assert.equal((await whereTheFocusIs(page)).place, place);
    await page.keyboard.press("Shift+Tab");
  }

  // The row takes the focus that comes after the one that was removed.
  assert.match(String(await row(40).textContent()), /Bild 40\.dcm/);
  await page.keyboard.press("Enter");
  await row(40).getByText("Bild 41.dcm").waitFor();
  assert.equal((await whereTheFocusIs(page)).place, 40);
  assert.equal(await row(40).getAttribute("aria-setsize"), String(count - 1));

  // The focus keeps its row while one looks elsewhere.
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await row(count - 1).waitFor();
  const far = await whereTheFocusIs(page);
  assert.equal(far.place, 40);
  assert.ok(far.rows <= rowsMax, `${far.rows} rows`);
  const elements = await page.locator("*").count();
  assert.ok(elements < 15 * rowsMax, `${elements} elements`);
  assert.deepEqual(await axeFindings(page), []);

  await row(count - 1)
    .getByRole("button")
    .click();
  await row(count - 1).waitFor({ state: "detached" });
  assert.equal((await whereTheFocusIs(page)).place, count - 2);
  assert.ok(waiting > 0 && waiting <= 6, `${waiting} requests`);
  await context.close();
});
