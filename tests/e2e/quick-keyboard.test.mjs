// QUICK without a mouse, where people send and open.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desktop, launchChromium } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { QuickPerson } from "./harness/quick-person.mjs";
import { waitUntil } from "./harness/processes.mjs";

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "quick-keyboard" });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** @param {string} name @param {string} address */
function begin(name, address) {
  const options = { language: "en", viewport: desktop };
  return QuickPerson.begin({ server, browser, name, address, options, look: async () => {} });
}

test("QUICK is switched on, activated and accepted by keyboard, the focus never lost", async () => {
  const annaAt = "quick-keys-anna@example.org";
  const anna = await begin("quick-keys-anna", annaAt);
  const bert = await begin("quick-keys-bert", "quick-keys-bert@example.net");
  /** Goes on with Tab to what has this name, and presses. @param {QuickPerson} person
   * @param {string} key @param {string} press */
  const press = async ({ page, texts }, key, press) => {
    for (let tabs = 0; tabs < 40; tabs++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const element = /** @type {HTMLInputElement} */ (document.activeElement);
        return element.labels?.[0]?.textContent ?? element.textContent;
      });
      if (name?.trim() === texts[key]) return await page.keyboard.press(press);
    }
    assert.fail(`${key} is not reached`);
  };
  /** What has the focus, by its words or its name. @param {QuickPerson} person */
  const focused = ({ page }) =>
    page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim());
  await anna.goToOptions([bert.address]);
  await press(anna, "page.quick_choice.switch", "Space");
  await anna.button("page.quick.activate").waitFor();
  await press(anna, "page.quick.activate", "Enter");
  await anna.shownRecovery();
  await press(anna, "page.quick.kept", "Enter");
  await anna.page.getByTestId("quick-needing").waitFor();
  await waitUntil("the switch has the focus", async () => (await focused(anna)) === "quick-switch");
  const password = String(await anna.shownPassword());
  await anna.startWell();
  await bert.openWith(await bert.nextLink(), password);
  await press(bert, "page.invitation.no", "Enter");
  await waitUntil("undoing has the focus", async () => (await focused(bert)) === "quick-undo");
  await bert.page.keyboard.press("Enter");
  await waitUntil("accepting has the focus", async () => (await focused(bert)) === "quick-accept");
  await bert.proveHere(async () => {
    await bert.page.keyboard.press("Enter");
    await waitUntil("the code has the focus", async () => (await focused(bert)) === "code");
  });
  await bert.shownRecovery();
  await press(bert, "page.quick.kept", "Enter");
  await bert.offerIs("connected");
  await waitUntil("the news has the focus", async () => (await focused(bert)) === "quick-heading");
  await bert.close();
  await anna.close();
});
