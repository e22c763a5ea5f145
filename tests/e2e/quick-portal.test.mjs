// QUICK in real browsers: activating, more devices, contacts, and what a browser says when
// something is lost, changed or older than it was.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { generate } from "lean-qr/nano";
import { toSvgPath } from "lean-qr/extras/svg";
import {
  desktop,
  launchChromium,
  launchFirefox,
  openProfile,
  phone,
  Visits,
} from "./harness/browser.mjs";
import { mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { pattern } from "./harness/portal-pages.mjs";
import { QuickPages } from "./harness/quick-pages.mjs";
import { connectPeople, Person } from "./harness/quick-people.mjs";
import { connectPrograms, must, QuickProgram } from "./harness/quick-program.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContext} BrowserContext */

const visits = new Visits();
/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "quick-portal" });
  browser = await launchChromium();
});
after(async () => {
  visits.print();
  await browser?.close();
  await server?.stop();
});

/** A person's page. @param {BrowserContext} context @param {string} language @param {string} [name]
 * of looks; without one nobody looks */
function openPage(context, language, name) {
  return QuickPages.open(server.baseUrl, context, language, async (page, state) => {
    if (name) await visits.look(page, `${name}-${state}`);
  });
}

/** Takes what the browser keeps, as who clears the data of a site. @param {Page} page
 * @param {string} kinds */
async function clearStorage(page, kinds) {
  const line = await page.context().newCDPSession(page);
  const origin = new URL(server.baseUrl).origin;
  await line.send("Storage.clearDataForOrigin", { origin, storageTypes: kinds });
}

/** @typedef {{ name: string, language: string, viewport: typeof phone,
 *   scheme: import("./harness/browser.mjs").Scheme }} Way */
/** @type {Way[]} */
const ways = [
  { name: "quick-de-phone", language: "de", viewport: phone, scheme: "dark" },
  { name: "quick-nl-desktop", language: "nl", viewport: desktop, scheme: "light" },
  { name: "quick-en-phone", language: "en", viewport: phone, scheme: "forced" },
];

for (const way of ways) {
  test(`a person activates QUICK and manages devices and contacts: ${way.name}`, async () => {
    const before = visits.findings.length;
    const [anna, bert] = [`${way.name}-anna@example.org`, `${way.name}-bert@example.net`];
    const [carl, dora] = [`${way.name}-carl@example.com`, `${way.name}-dora@example.com`];
    const eva = `${way.name}-eva@example.net`;
    const pages = await openPage(
      await openProfile(browser, way),
      way.language,
      `${way.name}-first`,
    );
    const { page } = pages;
    const recovery = await pages.activate(anna);
    assert.deepEqual(await layoutTroubles(page, [320, 360, 768, 1440]), []);

    // On paper and in a file there is what somebody needs years later.
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("header, .button:visible").first().isVisible(), false);
    assert.equal(await page.getByTestId("recovery-code").isVisible(), true);
    await pages.look("recovery-paper");
    await page.emulateMedia({ media: "screen" });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      pages.button("page.quick.save_file").click(),
    ]);
    assert.equal(download.suggestedFilename(), pages.t("page.quick.file_name"));
    const file = await readFile(await download.path(), "utf8");
    assert.ok(file.includes(anna) && file.includes(`${server.baseUrl}/quick`), file);
    assert.equal(file.match(/(?:[a-z2-7]{4} ){6}[a-z2-7]{2}/)?.[0].replace(/ /g, ""), recovery);
    await pages.button("page.quick.copy").click();
    await page.getByText(pages.t("page.quick.copied")).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), recovery);

    // Who leaves before it is kept is reminded.
    await pages.reload();
    await pages.is("here");
    await page.getByText(pages.t("page.quick.recovery_unkept_about")).waitFor();
    await pages.look("unkept");
    await pages.keep();
    await page
      .getByText(pages.t("page.quick.recovery_unkept_about"))
      .waitFor({ state: "detached" });
    await page.getByText(pages.t("page.quick.contacts_none")).waitFor();
    await pages.look("here");

    // Contacts come by another device of hers, for all of them share one book.
    const program = await QuickProgram.of(server.baseUrl, anna);
    await must(program.client.joinByRecovery(program.joining, recovery));
    const others = [];
    for (const address of [bert, dora, eva]) {
      const other = await QuickProgram.active(server.baseUrl, address);
      await connectPrograms(program, other);
      others.push(other);
    }
    await program.invite(carl);
    await others[1].activate(true);
    await must(others[2].client.endContact(anna));
    await pages.reload();
    await pages.contactOf(bert).waitFor();
    for (const [address, state] of [
      [bert, "connected"],
      [carl, "invited"],
      [dora, "changed"],
      [eva, "removed"],
    ]) {
      assert.equal(await pages.contactOf(address).getAttribute("data-state"), state);
    }
    assert.equal(await pages.devices().count(), 2);
    await pages.look("contacts");
    const checks = pages.contactOf(bert).locator("details");
    await checks.locator("summary").click();
    for (const [of, shown] of /** @type {const} */ ([
      ["check-theirs", others[0].client.checkCode()],
      ["check-own", program.client.checkCode()],
    ])) {
      assert.equal(await checks.getByTestId(of).textContent(), await must(shown));
    }
    await pages.look("check-codes");
    assert.deepEqual(await layoutTroubles(page, [360, 768, 1440]), []);
    await checks.locator("summary").click();

    await pages.buttonIn(pages.contactOf(dora), "page.quick.reconnect").click();
    await pages.look("connect-anew");
    await pages.button("page.quick.reconnect_yes").click();
    await page.getByText(pattern(pages.t("page.quick.reconnect_done"))).waitFor();
    assert.equal(await pages.contactOf(dora).count(), 0);
    await pages.buttonIn(pages.contactOf(bert), "page.quick.end").click();
    await pages.look("end");
    await pages.button("page.quick.end_yes").click();
    await page.getByText(pattern(pages.t("page.quick.ended"))).waitFor();
    assert.equal(await pages.contactOf(bert).count(), 0);
    await pages.buttonIn(pages.contactOf(eva), "page.quick.drop").click();
    await pages.contactOf(eva).waitFor({ state: "detached" });
    const seen = await must(others[0].client.shownStates([anna]));
    assert.equal(seen.get(anna), "removed");

    await pages.buttonIn(page.getByTestId("recovery-section"), "page.quick.renew").click();
    await pages.look("renew");
    await pages.button("page.quick.renew_yes").click();
    const renewed = await pages.shownRecovery();
    assert.notEqual(renewed, recovery);
    await pages.keep();
    await walkSecond(way, { pages, anna, recovery, renewed });
    assert.deepEqual(visits.findings.slice(before), []);
    await pages.end();
  });
}

/**
 * One more browser of hers, connected by a code, taken off the list, and back by the recovery code.
 * @param {Way} way
 * @param {{ pages: QuickPages, anna: string, recovery: string, renewed: string }} first
 */
async function walkSecond(way, { pages, anna, recovery, renewed }) {
  const second = await openPage(
    await openProfile(browser, way),
    way.language,
    `${way.name}-second`,
  );
  await second.prove(anna);
  await second.is("elsewhere");
  await second.page.getByText(second.t("page.quick.anew_open")).click();
  await second.look("elsewhere");
  await second.button("page.quick.anew").click();
  await second.look("start-anew");
  await second.button("page.cancel").click();
  const code = await second.showCode();
  await second.look("shown-code");
  const drawn = await second.page.getByTestId("qr").locator("path").getAttribute("d");
  assert.equal(drawn, toSvgPath(generate(code)), "the picture holds exactly the code");
  assert.deepEqual(await layoutTroubles(second.page, [320, 360, 768, 1440]), []);

  // Typed wrongly it is noticed here, and another code there.
  await pages.letIn("abc");
  await pages.page.getByText(pages.t("page.quick.code_form")).waitFor();
  await pages.look("let-in-wrong");
  await pages.page.locator("#let-in-code").fill("a".repeat(26));
  await pages.button("page.quick.connect").click();
  await second.page.getByText(second.t("page.quick.other_code")).waitFor();
  await second.look("other-code");
  await pages.button("page.cancel").click();
  const again = String(await second.page.getByTestId("shown-code").textContent());
  assert.notEqual(again, code);
  await pages.letIn(again.toUpperCase().replace(/(.{4})/g, "$1 - "));
  await second.is("here");
  await second.page.getByText(second.t("page.quick.joined")).waitFor();
  await second.look("joined");
  await pages.page.getByText(pattern(pages.t("page.quick.let_in_done"))).waitFor();
  await pages.look("let-in");
  assert.equal(await pages.devices().count(), 3);

  const other = pages.devices().last();
  assert.equal(await other.getByText(pages.t("page.quick.device_here")).count(), 0);
  await pages.buttonIn(other, "page.quick.device_remove").click();
  await pages.look("remove");
  await pages.button("page.quick.device_yes").click();
  await pages.page.getByText(pattern(pages.t("page.quick.device_removed"))).waitFor();
  assert.equal(await pages.devices().count(), 2);

  await second.reload();
  await second.is("revoked");
  await second.look("revoked");
  await second.button("page.quick.join_recovery").click();
  await second.page.locator("#recovery").fill(recovery);
  await second.button("page.quick.connect").click();
  await second.page.getByText(second.t("page.error.quick.wrong_code")).waitFor();
  await second.look("recovery-wrong");
  await second.page.locator("#recovery").fill(renewed);
  await second.button("page.quick.connect").click();
  await second.is("here");
  await second.end();
}

test("a browser that lost its storage says so, and never begins anew by itself", async () => {
  const anna = "quick-lost-anna@example.org";
  const pages = await openPage(await openProfile(browser, { language: "en" }), "en");
  const recovery = await pages.activate(anna);
  await pages.keep();
  await clearStorage(pages.page, "indexeddb");
  await pages.reload();
  await pages.is("elsewhere");
  await pages.page.getByText(pages.t("page.quick.elsewhere_title")).waitFor();
  await pages.button("page.quick.join_recovery").click();
  await pages.page.locator("#recovery").fill(recovery);
  await pages.button("page.quick.connect").click();
  await pages.is("here");
  assert.equal(await pages.devices().count(), 2);

  // Everything of the site: the mailbox is to be proven again, too.
  await clearStorage(pages.page, "all");
  await pages.prove(anna);
  await pages.is("elsewhere");
  await pages.page.getByText(pages.t("page.quick.anew_open")).click();
  await pages.button("page.quick.anew").click();
  await pages.button("page.quick.anew_yes").click();
  assert.notEqual(await pages.shownRecovery(), recovery);
  await pages.keep();
  assert.equal(await pages.devices().count(), 1);
  await pages.end();
});

test("a browser that can keep nothing, and a line that breaks, are told apart", async () => {
  const anna = "quick-nothing-anna@example.org";
  const context = await openProfile(browser, { language: "en" });
  const pages = await openPage(context, "en", "quick-nothing");
  await context.route(/\/quick$/, (route) =>
    route.request().isNavigationRequest() ? route.continue() : route.abort(),
  );
  await pages.prove(anna);
  await pages.page.getByText(pages.t("page.error.offline")).waitFor();
  await pages.look("offline");
  await context.unroute(/\/quick$/);
  await pages.button("page.try_again").click();
  await pages.is("none");
  await context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("not here", "SecurityError");
    };
  });
  await pages.reload();
  await pages.is("unavailable");
  await pages.look("unavailable");
  assert.deepEqual(visits.findings, []);
  await pages.end();
});

test("a server that shows an older book or another identity is refused, and why", async () => {
  const anna = "quick-lies-anna@example.org";
  const context = await openProfile(browser, { language: "en" });
  const pages = await openPage(context, "en", "quick-lies");
  const recovery = await pages.activate(anna);
  await pages.keep();
  const program = await QuickProgram.of(server.baseUrl, anna);
  await must(program.client.joinByRecovery(program.joining, recovery));
  /** @type {string[]} */
  const books = [];
  let isLying = false;
  await context.route(/\/api\/v1\/quick\/book$/, async (route) => {
    const answer = await route.fetch();
    books.push(await answer.text());
    await route.fulfill({ response: answer, body: isLying ? books[0] : books.at(-1) });
  });
  await pages.reload();
  await pages.is("here");
  await program.invite("quick-lies-bert@example.net");
  await pages.reload();
  await pages.contactOf("quick-lies-bert@example.net").waitFor();
  isLying = true;
  await pages.reload();
  await pages.is("rolled_back");
  await pages.page.getByText(pages.t("page.quick.rolled_back_about")).waitFor();
  await pages.look("rolled-back");
  isLying = false;
  await pages.reload();
  await pages.is("here");

  const stranger = await QuickProgram.active(server.baseUrl, "quick-lies-eve@example.net");
  await context.route(/\/api\/v1\/quick$/, async (route) => {
    const answer = await route.fetch();
    const key = Buffer.from(stranger.record?.personKey ?? []).toString("base64url");
    await route.fulfill({ response: answer, json: { ...(await answer.json()), public_key: key } });
  });
  await pages.reload();
  await pages.is("changed");
  await pages.look("changed");
  await context.unroute(/\/api\/v1\/quick$/);
  await pages.reload();
  await pages.is("here");
  assert.deepEqual(visits.findings, []);
  await pages.end();
});

test("Firefox is let in by Chromium, keeps its keys over a visit, and lets others in", async () => {
  const anna = "quick-firefox-anna@example.org";
  const first = await openPage(await openProfile(browser, { language: "en" }), "en");
  await first.activate(anna);
  await first.keep();
  const other = await launchFirefox();
  try {
    const context = await other.newContext({ locale: "en" });
    context.setDefaultTimeout(30_000);
    const fox = await openPage(context, "en");
    await fox.prove(anna);
    await fox.is("elsewhere");
    await first.letIn(await fox.showCode());
    await fox.is("here");
    await first.page.getByText("Firefox on Linux").first().waitFor();
    assert.match(String(await first.devices().first().textContent()), /Chromium on Linux/);
    await fox.reload();
    await fox.is("here");
    const third = await openPage(await openProfile(browser, { language: "en" }), "en");
    await third.prove(anna);
    await third.is("elsewhere");
    await fox.letIn(await third.showCode());
    await third.is("here");
    assert.equal(await third.devices().count(), 3);
    await third.end();
    await fox.end();
  } finally {
    await other.close();
  }
  await first.end();
});

test("the command line and the portal are devices of one person, and see the same", async () => {
  const [anna, bert] = ["quick-line-anna@example.org", "quick-line-bert@example.net"];
  const pages = await openPage(await openProfile(browser, { language: "en" }), "en");
  const recovery = await pages.activate(anna);
  await pages.keep();
  const line = await Person.create(server.baseUrl, anna);
  const { code, ended } = await line.showCode();
  await pages.letIn(code);
  mustEndWell(await ended);
  await pages.page.getByText(pattern(pages.t("page.quick.let_in_done"))).waitFor();
  const other = await Person.connected(server.baseUrl, bert);
  await connectPeople(line, other);
  await pages.reload();
  assert.equal(await pages.contactOf(bert).getAttribute("data-state"), "connected");
  const checks = pages.contactOf(bert).locator("details");
  await checks.locator("summary").click();
  const [hers, his] = [await line.contacts(), await other.contacts()];
  assert.equal(await checks.getByTestId("check-own").textContent(), hers.check_code);
  assert.equal(await checks.getByTestId("check-theirs").textContent(), his.check_code);
  assert.equal(his.contacts[0].check_code, hers.check_code);

  // Each lets others in, and each has its own way back.
  const second = await openPage(await openProfile(browser, { language: "en" }), "en");
  await second.prove(anna);
  await second.is("elsewhere");
  const shown = await second.showCode();
  await line.devices(["add"], { input: `${shown}\n` });
  await second.is("here");
  assert.equal(await second.contactOf(bert).getAttribute("data-state"), "connected");
  assert.equal(await second.devices().count(), 3);
  const again = await line.another();
  await again.connect(["--recover"], { input: `${recovery}\n` });
  assert.equal(await again.stateOf(bert), "connected");

  // Who begins anew is noticed here, and leaves this browser behind.
  await (await other.another()).connect(["--start-anew", "--yes"]);
  await second.reload();
  assert.equal(await second.contactOf(bert).getAttribute("data-state"), "changed");
  const fresh = await line.another();
  const begun = await fresh.connect(["--start-anew", "--yes"]);
  await second.reload();
  await second.is("revoked");
  await second.recover(begun.recovery_code);
  await second.page.getByText(second.t("page.error.quick.other_identity")).waitFor();
  await second.button("page.quick.remove_here").click();
  await second.button("page.quick.device_yes").click();
  await second.is("elsewhere");
  await second.recover(begun.recovery_code);
  await second.is("here");
  await second.end();
  await pages.end();
});

test("a browser that forgets a person is no device any more, and keeps no key", async () => {
  const anna = "quick-forget-anna@example.org";
  const pages = await openPage(await openProfile(browser, { language: "en" }), "en");
  const recovery = await pages.activate(anna);
  await pages.keep();
  const program = await QuickProgram.of(server.baseUrl, anna);
  await must(program.client.joinByRecovery(program.joining, recovery));
  assert.equal((await must(program.client.devices())).length, 2);
  await pages.button("page.forget.button").click();
  await pages.button("page.forget.yes").click();
  await pages.page.getByText(pattern(pages.t("page.forget.done"))).waitFor();
  assert.equal((await must(program.client.devices())).length, 1);
  const kept = await pages.page.evaluate(async () => {
    const database = await new Promise((resolve, reject) => {
      const opening = indexedDB.open("couvert.quick");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const store = database.transaction("devices").objectStore("devices");
    return await new Promise((resolve) => {
      const asked = store.getAllKeys();
      asked.onsuccess = () => resolve(asked.result);
    });
  });
  assert.deepEqual(kept, []);
  await pages.prove(anna);
  await pages.is("elsewhere");
  await pages.end();
});

test("QUICK can be walked by keyboard, and the focus is never lost", async () => {
  const anna = "quick-keys-anna@example.org";
  const pages = await openPage(await openProfile(browser, { language: "en" }), "en");
  const { page } = pages;
  /** Goes on with Tab until the element that fits has the focus. */
  const tabTo = async (/** @type {string} */ selector) => {
    for (let presses = 0; presses < 60; presses++) {
      if (await page.evaluate((one) => document.activeElement?.matches(one), selector)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab never comes to ${selector}`);
  };
  const focused = (/** @type {string} */ selector) =>
    page.waitForFunction((one) => document.activeElement?.matches(one), selector);
  await pages.prove(anna);
  await pages.is("none");
  await tabTo('[data-testid="quick"] .button.primary');
  await page.keyboard.press("Enter");
  await pages.shownRecovery();
  await focused("h1, [data-testid='recovery']");
  await tabTo('[data-testid="recovery"] .button.primary');
  await page.keyboard.press("Enter");
  await pages.is("here");
  await tabTo("#let-in");
  await page.keyboard.press("Enter");
  await focused("#let-in-code");
  await page.keyboard.press("Enter");
  await page.getByText(pages.t("page.quick.code_form")).waitFor();
  await focused("#let-in-code");
  await tabTo("form .button:not(.primary)");
  await page.keyboard.press("Enter");
  await focused("#let-in");
  // The harmless answer has the focus: a second Enter removes nothing.
  const remove = '[data-testid="device"] button';
  await tabTo(remove);
  await page.keyboard.press("Shift+Tab");
  await tabTo(remove);
  await page.keyboard.press("Enter");
  await pages.button("page.quick.device_no").waitFor();
  await page.keyboard.press("Enter");
  await focused(remove);
  await pages.is("here");
  await pages.end();
});
