// Every state of the portal's main pages, into build/portal-pictures/LOOK: to be looked at. What
// the layout's check says of each is printed. By hand, for no picture says by itself that it is
// ugly:
//
// node tests/e2e/pictures/portal.mjs LOOK...: such as de-phone-light, nl-768-dark, en-1440-light
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { writeFile } from "node:fs/promises";
import { launchChromium, openProfile } from "../harness/browser.mjs";
import { Couvertd } from "../harness/couvertd.mjs";
import { FakeClock } from "../harness/fake-clock.mjs";
import { layoutTroubles } from "../harness/layout.mjs";
import { words } from "../harness/portal-pages.mjs";
import { beginRun, root } from "../harness/run-context.mjs";
import { SlowLine } from "../harness/slow-line.mjs";
import { retrieve } from "./portal-recipient.mjs";
import { provide, sent } from "./portal-sender.mjs";

/** One person's browser at one server, and how its states are kept.
 * @typedef {{ page: import("playwright-core").Page, language: string, anna: string, bert: string,
 *   texts: Record<string, string>, server: Couvertd, line: SlowLine, clock: FakeClock,
 *   look: (state: string) => Promise<void>,
 *   setRule: (action: string) => Promise<void> }} Stage */

/** Makes this the only rule, while the server runs. @param {Couvertd} server
 * @param {string} action */
async function setRule(server, action) {
  const list = path.join(server.folder, "rules.json");
  const rule = { action, sender: "*", recipient: "*" };
  await writeFile(list, JSON.stringify({ rules: [rule] }));
  const { code, stderr } = await server.run(["policy", "import", list]);
  if (code !== 0) throw new Error(stderr.toString());
}

/** Pictures of one look, and a line a trouble. @param {import("playwright-core").Browser} browser
 * @param {string} look */
async function take(browser, look) {
  process.env.COUVERT_LOOK = look;
  const [language] = look.split("-");
  const folder = path.join(root, "build/portal-pictures", look);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const clock = await FakeClock.create();
  const limits = { transfer_bytes_max: "100_000_000" };
  const server = await Couvertd.start({ name: look, env: clock.env, config: { limits } });
  const line = await SlowLine.start(server.port, 1000 * 1024 * 1024);
  let taken = 10;
  const person = async () => {
    const page = await (await openProfile(browser, { language })).newPage();
    page.on("dialog", (dialog) => dialog.accept()); // "leave this page?"
    const keep = async (/** @type {string} */ state) => {
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(250); // the pages' animations are shorter
      const name = `${taken++}-${state}.png`;
      await page.screenshot({
        path: path.join(folder, name),
        fullPage: !state.startsWith("view-"),
      });
      const widths = [page.viewportSize()?.width ?? 360];
      for (const one of await layoutTroubles(page, widths)) console.log(`${look} ${state}: ${one}`);
    };
    page.setDefaultTimeout(20_000);
    return { page, look: keep };
  };
  const common = {
    language,
    texts: await words(language),
    anna: `anna-${look}@example.org`,
    bert: `bert-${look}@example.net`,
    server,
    line,
    clock,
    setRule: (/** @type {string} */ action) => setRule(server, action),
  };
  const sender = { ...common, ...(await person()) };
  const recipient = { ...common, ...(await person()) };
  for (const [walk, stage] of /** @type {const} */ ([
    [provide, sender],
    [sent, sender],
    [retrieve, recipient],
  ])) {
    await walk(stage).catch(async (error) => {
      process.exitCode = 1;
      console.log(`${look}: ${error.stack}`);
      await stage.look("where-it-ended").catch(() => undefined);
      await stage.page.context().setOffline(false);
    });
  }
  line.stop();
  await server.stop();
}

const run = await beginRun();
try {
  const browser = await launchChromium();
  for (const look of process.argv.slice(2)) await take(browser, look);
  await browser.close();
} finally {
  await run.end();
}
