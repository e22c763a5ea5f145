// What a first visit costs: everything that a page asks for, as it comes over the line.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";

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

for (const place of ["/", "/provide", "/retrieve", "/sent"]) {
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
