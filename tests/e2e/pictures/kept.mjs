// One picture of the guides in docs/user/pictures, of what a page shows.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */

const folder = path.join(root, "docs/user/pictures");
export const day = Date.UTC(2027, 2, 1, 9, 15); // a Monday
const bytesMax = 60_000;

// What is made by chance, as it looks in every picture.
const steady = [
  ["[data-testid=tracking-id]", "tqk3 wv7n 2hxd 5m4p z6ra ybce fu"],
  ["[data-testid=password-value]", "kUtb-9wRx-Hm4e"],
  ["main [data-testid=password]", "kUtb-9wRx-Hm4e"],
  ["input#open-id, input#transfer-id", "abcdefgh2345ijklmnop67qrst"],
];

/** Keeps what the page shows, from its top to the end of its content. @param {Page} page
 * @param {string} name @param {string} [part] what ends the picture */
export async function keep(page, name, part = "main") {
  await page.evaluate(() => /** @type {any} */ (document.activeElement)?.blur());
  await page.evaluate((all) => {
    for (const [where, text] of all) {
      for (const found of document.querySelectorAll(where)) {
        if (found instanceof HTMLInputElement) found.value = text;
        else found.textContent = text;
      }
    }
    window.scrollTo(0, 0);
  }, steady);
  const box = await page.locator(part).boundingBox();
  if (!box) throw new Error(`${name}: nothing there`);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", {
    format: "webp",
    quality: 82,
    captureBeyondViewport: true,
    clip: {
      x: 0,
      y: box.y,
      width: page.viewportSize()?.width ?? 0,
      height: Math.min(box.height, 1100),
      scale: 1,
    },
  });
  const bytes = Buffer.from(data, "base64");
  if (bytes.length > bytesMax) throw new Error(`${name} has ${bytes.length} bytes`);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${name}.webp`), bytes);
}
