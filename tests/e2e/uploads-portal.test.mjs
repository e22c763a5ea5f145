// The portal's uploads go on: after a reload, in another tab on another day, with the same file
// chosen again. Nothing that is safe travels twice.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { SenderPages, words } from "./harness/portal-pages.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";
import { SlowLine } from "./harness/slow-line.mjs";

/** @typedef {import("playwright-core").Page} Page */

const anna = "portal-anna@example.org";
const mebi = 1024 * 1024;
const size = 40 * mebi;

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "portal-uploads" });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** To where files are chosen; whoever is known and verified has a shorter way, and goes on with
 * what an earlier visit began or begins anew.
 * @param {Page} page @param {SenderPages} sender
 * @param {{ known?: boolean, goOn?: boolean }} [visit] */
async function goToContent(page, sender, { known = false, goOn = false } = {}) {
  await page.goto(new URL("/provide", page.url()).href);
  await sender.arrive("page.contact.title");
  if (!known) {
    await sender.field("page.contact.name").fill("Anna Muster");
    await sender.field("page.contact.address").fill(anna);
  }
  await sender.button("page.next").click();
  if (!known) {
    await sender.arrive("page.verify.title");
    await sender.field("page.verify.code").fill(await (await mailbox(anna)).nextCode());
    await sender.button("page.verify.verify").click();
  }
  await sender.arrive("page.recipients.title");
  if (goOn) await sender.button("page.unfinished.go_on").click();
  else await page.locator("#recipients-to").fill("portal-bert@example.net");
  await sender.button("page.next").click();
  await sender.arrive("page.content.title");
}

test("a file goes on after a reload and on another day, what is safe travels once", async () => {
  const file = path.join(await newFolder("portal"), "bild.bin");
  await writeFile(file, randomBytes(size));
  const line = await SlowLine.start(server.port, 4 * mebi);
  const context = await openProfile(browser, { language: "en" });
  try {
    let page = await context.newPage();
    page.on("dialog", (dialog) => dialog.accept()); // "leave this page?"
    const texts = await words("en");
    const look = async () => undefined;
    await page.goto(line.baseUrl);
    await goToContent(page, new SenderPages(page, texts, look));
    await page.getByTestId("file-input").setInputFiles(file);
    const begin = line.up;
    await waitUntil("a part has gone", () => line.up - begin > 10 * mebi, { deadline: 30_000 });

    await page.reload();
    await goToContent(page, new SenderPages(page, texts, look), { known: true, goOn: true });
    await page.getByTestId("file-input").setInputFiles(file);
    const again = line.up;
    await waitUntil("one more part has gone", () => line.up - again > 9 * mebi, {
      deadline: 30_000,
    });
    await page.close();
    await server.stop(); // the night
    await server.serve();

    line.rate = 1000 * mebi;
    page = await context.newPage();
    await page.goto(line.baseUrl);
    await goToContent(page, new SenderPages(page, texts, look), { known: true, goOn: true });
    const third = line.up;
    await page.getByTestId("file-input").setInputFiles(file);
    const done = page.locator('[data-testid="file-row"][data-state="done"]');
    await done.waitFor({ timeout: 30_000 });
    const sent = line.up - third;
    assert.ok(sent < size - 16 * mebi + mebi, `${sent} bytes went in the third visit`);

    // A second tab fills a draft of its own.
    const other = await context.newPage();
    await other.goto(line.baseUrl);
    await goToContent(other, new SenderPages(other, texts, look), { known: true });
    const fourth = line.up;
    await other.getByTestId("file-input").setInputFiles(file);
    await other.locator('[data-testid="file-row"][data-state="done"]').waitFor({ timeout: 30_000 });
    assert.ok(line.up - fourth >= size, "the second tab sent all of it");
  } finally {
    line.stop();
    await context.close();
  }
});
