// The pictures of the add-on's windows in Thunderbird for the guides: the windows alone, with
// something in Thunderbird's place, into docs/user/pictures.
//
// node tests/e2e/pictures/thunderbird-guide.mjs [LANGUAGE...]
import { openAddonPage } from "../harness/addon-pages.mjs";
import { launchChromium, openProfile } from "../harness/browser.mjs";
import { Couvertd } from "../harness/couvertd.mjs";
import { FakeClock } from "../harness/fake-clock.mjs";
import { transferLinkIn } from "../harness/mailbox.mjs";
import { beginRun, mailbox } from "../harness/run-context.mjs";
import { day, keep } from "./kept.mjs";
import { samples } from "./samples.mjs";

const viewport = { width: 420, height: 700 };

/** @param {Couvertd} server @param {import("playwright-core").Browser} browser
 * @param {string} language */
async function tell(server, browser, language) {
  const { name, subject, text, file } = samples[language];
  const [address, peer] = [`anna-${language}@example.org`, `bert-${language}@example.com`];
  const profile = await openProfile(browser, { language, viewport });
  const told = {
    language,
    address,
    name,
    subject,
    text,
    to: [peer],
    attachments: /** @type {[string, number][]} */ ([[file, 1_400_000]]),
    shown: "",
    kept: { server: server.baseUrl },
    session: {},
  };
  const page = await openAddonPage(profile, server.baseUrl, "send.html?tab=1", told);
  const box = await mailbox(address);
  await page.locator("#code").fill(await box.nextCode());
  await page.locator("[data-testid=verify] button[type=submit]").click();
  await page.locator("main[data-complete=true]").waitFor();
  const password = await page.getByTestId("password").textContent();
  await keep(page, `${language}-thunderbird-form`);
  await page.getByTestId("send").click();
  await page.locator("[data-testid=done][data-kept=true]").waitFor();
  await page.close();

  const shown = transferLinkIn(await (await mailbox(peer)).next({}));
  const reader = { ...told, address: peer, shown };
  const message = await openAddonPage(profile, server.baseUrl, "message.html?message=1", reader);
  await message.locator("#password").fill(String(password));
  await message.getByTestId("open").click();
  await message.getByTestId("save").waitFor();
  await keep(message, `${language}-thunderbird-message`);
  await profile.close();
}

const run = await beginRun();
try {
  const clock = await FakeClock.create();
  await clock.set(Math.round((day - Date.now()) / 1000));
  const server = await Couvertd.start({ name: "pictures", env: clock.env });
  const browser = await launchChromium();
  const chosen = process.argv.slice(2);
  for (const language of chosen.length ? chosen : Object.keys(samples)) {
    await tell(server, browser, language);
  }
  await browser.close();
  await server.stop();
} finally {
  await run.end();
}
