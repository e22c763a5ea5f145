// What a first visit costs: everything that a page asks for, as it comes over the line.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { words } from "./harness/portal-pages.mjs";

const bytesMax = 150_000;
const requestsMax = 20;

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "first-load" });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const place of ["/", "/provide", "/retrieve", "/sent", "/quick"]) {
  test(`the first load of ${place} is at most ${bytesMax} bytes`, async () => {
    const context = await openProfile(browser, { language: "de" });
    const page = await context.newPage();
    const line = await context.newCDPSession(page);
    await line.send("Network.enable");
    let [bytes, requests] = [0, 0];
    line.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength; // heads and bodies
      requests++;
    });
    await page.goto(`${server.baseUrl}${place}`, { waitUntil: "networkidle" });
    await page.getByRole("heading", { level: 1 }).waitFor();
    console.log(`${place}: ${bytes} bytes in ${requests} requests`);
    assert.ok(requests >= 4 && bytes > 20_000, "the load was seen");
    assert.ok(bytes <= bytesMax, `${bytes} bytes`);
    assert.ok(requests <= requestsMax, `${requests} requests`);
    await context.close();
  });
}

const firstWords = {
  "/": "page.start.title",
  "/provide": "page.contact.title",
  "/retrieve": "page.open.title",
  [`/r/${"a".repeat(26)}`]: "page.open.title",
};

test("a page is read in the visitor's language before its script has come", async () => {
  for (const [language, chosen] of /** @type {const} */ ([
    ["de-AT", "de"],
    ["en", "nl"],
  ])) {
    const texts = await words(chosen);
    const context = await browser.newContext({ locale: language, javaScriptEnabled: false });
    if (chosen === "nl") {
      await context.addCookies([{ name: "language", value: "nl", url: server.baseUrl }]);
    }
    const page = await context.newPage();
    for (const [place, key] of Object.entries(firstWords)) {
      await page.goto(server.baseUrl + place);
      assert.equal(await page.locator("h1").textContent(), texts[key], place);
      assert.equal(await page.title(), texts["page.title"].replace("{title}", texts[key]));
      assert.equal(await page.locator("html").getAttribute("lang"), chosen);
      assert.equal(await page.locator("#app[inert]").count(), place === "/" ? 0 : 1);
    }
    await context.close();
  }
});

test("the script takes over what is drawn, and nothing moves", async () => {
  const context = await openProfile(browser, { language: "de" });
  for (const place of ["/", "/provide", "/retrieve", "/help"]) {
    const page = await context.newPage();
    /** @type {string[]} */
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    await page.addInitScript(() => {
      const moves = /** @type {unknown[]} */ ([]);
      Object.assign(globalThis, { moves });
      const nameOf = (/** @type {any} */ { node }) => node?.outerHTML ?? node?.textContent;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          moves.push([entry.startTime, .../** @type {any} */ (entry).sources.map(nameOf)]);
      }).observe({ type: "layout-shift", buffered: true });
    });
    /** @type {() => void} */
    let release = () => undefined;
    const held = new Promise((resolve) => (release = () => resolve(undefined)));
    await page.route(/assets\/index-.*\.js$/, (route) => held.then(() => route.continue()));
    await page.goto(server.baseUrl + place, { waitUntil: "commit" });
    const heading = await page.waitForSelector("h1");
    // A browser may draw half a page before it has read on: that is no taking over.
    const since = await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => drawn(performance.now()))),
    );
    release();
    await page.waitForLoadState("networkidle");
    await page.locator("#app:not([inert])").waitFor();
    assert.ok(await heading.evaluate((element) => element.isConnected), place);
    const moves = await page.evaluate(() => /** @type {any} */ (globalThis).moves);
    assert.deepEqual(
      moves.filter((/** @type {any[]} */ [at]) => at > since),
      [],
      place,
    );
    assert.deepEqual(said, []);
    await page.close();
  }
  await context.close();
});
