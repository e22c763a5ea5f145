// The page with thousands of files for hundreds of recipients: how long it does nothing else while
// they are added, scrolled and sent, and how soon a typed letter is seen meanwhile, on a processor
// four times slower than this one, as a telephone's. Against our server alone.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { launchChromium } from "../tests/e2e/harness/browser.mjs";
import { codeInText } from "../tests/e2e/harness/mailbox.mjs";
import { SenderPages, words } from "../tests/e2e/harness/portal-pages.mjs";
import { waitUntil } from "../tests/e2e/harness/processes.mjs";
import { spread } from "./measure.mjs";

/** @typedef {import("./run.mjs").Bench} Bench */
/** @typedef {import("playwright-core").Page} Page */

/** Notes tasks of 50 ms and more, and how long each letter took to the next picture. */
function watchHere() {
  const noted = { tasks: [0], letters: [0] };
  Object.assign(globalThis, { noted });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) noted.tasks.push(duration);
  }).observe({ type: "longtask" });
  addEventListener("keydown", ({ timeStamp }) => {
    // After the next picture is drawn.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => noted.letters.push(performance.now() - timeStamp);
      port2.postMessage("");
    });
  });
}

/** What was noted since the last time: the longest task, and the letters. @param {Page} page
 * @returns {Promise<{ task: number, letters: number[] }>} */
function take(page) {
  return page.evaluate(() => {
    const noted = /** @type {any} */ (globalThis).noted;
    const task = Math.max(...noted.tasks);
    const letters = noted.letters.slice(1);
    noted.tasks.length = noted.letters.length = 1;
    return { task, letters };
  });
}

/** @param {Bench} bench @param {string} address @param {Page} page */
async function goToContent(bench, address, page) {
  const mails = bench.couvert.smtp?.taken ?? [];
  const before = mails.length;
  const sender = new SenderPages(page, await words("en"), async () => undefined);
  await page.goto(`${bench.couvert.baseUrl}/provide`);
  await sender.contact({ name: "Anna Muster", phone: "", address });
  await sender.verify(async () => {
    await waitUntil("the code has come", () => mails.length > before);
    return codeInText(mails[mails.length - 1].data);
  });
  const to = Array.from({ length: bench.recipientCount }, (_, at) => `bert-${at}@example.net`);
  await page.locator("#recipients-to").fill(`${to.join(", ")} `);
  await sender.button("page.next").click();
  await sender.arrive("page.content.title");
  await sender.button("page.edit").click();
}

/** @param {Bench} bench */
export async function pages(bench) {
  const folder = path.join(bench.folder, "files");
  await mkdir(folder, { recursive: true });
  for (let at = 0; at < bench.fileCount; at++) {
    await writeFile(path.join(folder, `Bild ${at}.dcm`), Buffer.alloc(2048, at));
  }
  const seen = { shown: [0], adding: [0], scrolling: [0], sending: [0], echo: [0] };
  for (const list of Object.values(seen)) list.length = 0;
  const browser = await launchChromium();
  for (let run = 0; run < bench.runs; run++) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en" });
    const page = await context.newPage();
    await page.addInitScript(watchHere);
    await goToContent(bench, `bench-pages-${run}@example.org`, page);
    await take(page);
    const began = performance.now();
    await page.getByTestId("folder-input").setInputFiles(folder);
    await page.getByTestId("file-row").first().waitFor();
    seen.shown.push(performance.now() - began);
    seen.adding.push((await take(page)).task);
    const line = await context.newCDPSession(page);
    await page.locator("#text").pressSequentially("Guten Tag, ", { delay: 60 });
    seen.sending.push((await take(page)).task);
    await line.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.locator("#text").pressSequentially("anbei die Bilder.", { delay: 120 });
    seen.echo.push(...(await take(page)).letters);
    await line.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    for (let at = 1; at <= 60; at++) {
      await page.mouse.wheel(0, 2000);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
    seen.scrolling.push((await take(page)).task);
    await context.close();
  }
  await browser.close();
  return [
    [`a folder of ${bench.fileCount} files for ${bench.recipientCount} recipients`, "ms"],
    ["chosen to shown", spread(seen.shown, 0)],
    ["longest task while they are added (0: none of 50)", spread(seen.adding, 0)],
    ["longest task while they travel and somebody types", spread(seen.sending, 0)],
    ["a letter to its picture meanwhile, processor 4 × slower", spread(seen.echo, 0)],
    ["longest task while somebody scrolls", spread(seen.scrolling, 0)],
  ];
}
