// QUICK where people send and open, through real mail: who is invited accepts, and from then on
// nobody types a password; who is not connected needs one; and what a browser says that cannot open.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desktop, launchChromium, launchFirefox, phone, Visits } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { pattern } from "./harness/portal-pages.mjs";
import { QuickPerson } from "./harness/quick-person.mjs";
import { connectPrograms, must, QuickProgram } from "./harness/quick-program.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./harness/quick-person.mjs").Options} Options */

const visits = new Visits();
/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "quick-send" });
  browser = await launchChromium();
});
after(async () => {
  visits.print();
  await browser?.close();
  await server?.stop();
});

/** @param {string} name @param {string} address @param {Options} options */
function begin(name, address, options) {
  const look = async (/** @type {Page} */ page, /** @type {string} */ state) => {
    await visits.look(page, state);
    if (options.viewport !== phone) return;
    const found = await layoutTroubles(page, [320]);
    visits.findings.push(...found.map((one) => `${state}: ${one}`));
  };
  return QuickPerson.begin({ server, browser, name, address, options, look });
}

/** @type {readonly (Options & { name: string })[]} */
const ways = [
  { name: "quick-send-de", language: "de", viewport: desktop },
  { name: "quick-send-nl", language: "nl", viewport: phone, scheme: "dark" },
];

for (const way of ways) {
  test(`who accepts an invitation sends and opens without passwords: ${way.name}`, async () => {
    const found = visits.findings.length;
    const annaAt = `${way.name}-anna@example.org`;
    const bertAt = `${way.name}-bert@example.net`;
    const anna = await begin(`${way.name}-anna`, annaAt, way);
    const bert = await begin(`${way.name}-bert`, bertAt, way);

    await anna.goToOptions([bertAt]);
    assert.equal(await anna.switch().isChecked(), false, "nobody is connected");
    await anna.look("options-off");
    await anna.switch().check();
    await anna.button("page.quick.activate").waitFor();
    await anna.look("options-activate");
    await anna.button("page.next").click();
    await anna.page.getByText(anna.t("page.quick_choice.missing")).waitFor();
    await anna.button("page.quick.activate").click();
    await anna.shownRecovery();
    await anna.look("options-recovery");
    await anna.button("page.quick.kept").click();
    await anna.page.getByTestId("quick-needing").getByText(bertAt).waitFor();
    await anna.look("options-inviting");
    const password = String(await anna.shownPassword());
    await anna.startWell();
    assert.equal(await anna.shownPassword(), password);

    const invited = await bert.nextLink();
    await bert.openWith(invited.link, password);
    await bert.offerIs("offer");
    await bert.look("invitation");
    await bert.button("page.invitation.yes").click();
    await bert.page.locator("#code").waitFor();
    await bert.look("invitation-prove");
    await bert.page.locator("#code").fill(await bert.readCode());
    await bert.button("page.verify.verify").click();
    await bert.shownRecovery();
    assert.equal(await bert.page.getByTestId("message-text").isVisible(), false);
    await bert.look("invitation-recovery");
    await bert.button("page.quick.kept").click();
    await bert.offerIs("connected");
    await bert.page.getByText(bert.t("page.quick.check")).click();
    await bert.look("invitation-connected");

    // Anna's side has heard of it by the time that she writes again.
    await anna.goToOptions([bertAt.toUpperCase()]);
    await anna.page.getByText(anna.t("page.quick_choice.all")).waitFor();
    assert.equal(await anna.switch().isChecked(), true, "all are connected");
    assert.equal(await anna.page.locator("input[name=password-mode]").count(), 0);
    await anna.look("options-pure");
    await anna.startWell();
    assert.equal(await anna.page.getByTestId("password-value").count(), 0);
    await anna.look("summary-pure");

    const pure = await bert.nextLink();
    await bert.opensItself(pure.link);
    await bert.look("opened");
    await bert.page.getByRole("link", { name: bert.t("page.reply"), exact: true }).click();
    await bert.fillContact();
    await bert.arrive("page.recipients.title");
    await bert.button("page.next").click();
    await bert.writeOn();
    assert.equal(await bert.switch().isChecked(), true);
    await bert.startWell();
    assert.equal(await bert.page.getByTestId("password-value").count(), 0);
    await anna.opensItself((await anna.nextLink()).link);

    await bert.close();
    await anna.close();
    assert.deepEqual(visits.findings.slice(found), []);
  });
}
