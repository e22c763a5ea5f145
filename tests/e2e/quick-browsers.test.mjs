// QUICK where a browser is special: several people share it, it is private, the operator has reset
// somebody, or an invitation was declined in it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { expectStatus } from "./harness/api-client.mjs";
import { launchChromium, launchFirefox, openProfile, Visits } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { pattern } from "./harness/portal-pages.mjs";
import { QuickPages } from "./harness/quick-pages.mjs";
import { QuickPerson } from "./harness/quick-person.mjs";
import { connectPrograms, must, QuickProgram } from "./harness/quick-program.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContext} BrowserContext */

const visits = new Visits();
const english = { language: "en" };
/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "quick-browsers" });
  browser = await launchChromium();
});
after(async () => {
  visits.print();
  await browser?.close();
  await server?.stop();
});

/** @param {BrowserContext} context @param {string} [name] of looks */
function openPage(context, name) {
  return QuickPages.open(server.baseUrl, context, "en", async (page, state) => {
    if (name) await visits.look(page, `${name}-${state}`);
  });
}

/** A transfer that opens by QUICK alone; the path of its link. @param {QuickProgram} from
 * @param {string} to @param {string} text */
async function sendPure(from, to, text) {
  const draft = await from.api.createDraft(from.address);
  const [envelope] = await must(from.client.envelopesFor(draft.sealId, [to]));
  assert.ok(envelope);
  const body = {
    ...draft.startBody([], { open_by: "quick", subject: "S", text }),
    recipients: [{ kind: "to", ...envelope }],
  };
  const { recipients } = expectStatus(await draft.start(body), 201).json;
  return `/r/${recipients[0].transfer_id}`;
}

/** @param {QuickPages} pages @param {string} path */
async function goTo(pages, path) {
  await pages.page.evaluate(() => sessionStorage.clear());
  await pages.page.goto(`${server.baseUrl}${path}`);
}

/** What a page keeps of keys: whose, or one put in another's place. @param {Page} page
 * @param {{ of: string, as: string }} [change] */
function keys(page, change) {
  return page.evaluate(async (wanted) => {
    /** @type {<T>(request: IDBRequest<T>) => Promise<T>} */
    const settled = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open("couvert.quick"));
    const store = database.transaction("devices", "readwrite").objectStore("devices");
    if (wanted) {
      const record = await settled(store.get(wanted.of));
      await settled(store.put({ ...record, address: wanted.as }));
    }
    const all = await settled(store.getAllKeys());
    database.close();
    return all;
  }, change);
}

test("two people share a browser, and what is for one opens by no other's keys", async () => {
  const [anna, bert] = ["quick-shared-anna@example.org", "quick-shared-bert@example.org"];
  const pages = await openPage(await openProfile(browser, english), "quick-shared");
  const { page } = pages;
  const codes = [await pages.activate(anna)];
  await pages.keep();
  await pages.button("page.inbox.another").click();
  await pages.proveAddress(bert);
  await pages.is("none");
  await pages.button("page.quick.activate").click();
  codes.push(await pages.shownRecovery());
  await pages.keep();
  assert.notEqual(codes[0], codes[1]);
  assert.deepEqual(await keys(page), [anna, bert]);
  await pages.look("two");

  // A third writes to both.
  const carl = await QuickProgram.active(server.baseUrl, "quick-shared-carl@example.net");
  for (const [address, code] of [
    [anna, codes[0]],
    [bert, codes[1]],
  ]) {
    const program = await QuickProgram.of(server.baseUrl, String(address));
    await must(program.client.joinByRecovery(program.joining, String(code)));
    await connectPrograms(carl, program);
  }
  const forAnna = await sendPure(carl, anna, "For Anna alone");
  const forBert = await sendPure(carl, bert, "For Bert alone");
  for (const [path, text] of [
    [forAnna, "For Anna alone"],
    [forBert, "For Bert alone"],
  ]) {
    await goTo(pages, String(path));
    await page.getByTestId("by-quick").waitFor();
    await page.getByText(String(text), { exact: true }).waitFor();
  }

  // Each sees the own contacts, and one who goes takes nothing of the other's along.
  await goTo(pages, "/quick");
  await pages.is("here");
  await page.getByRole("radio", { name: anna }).check();
  await pages.is("here");
  await pages.button("page.forget.button").click();
  await pages.button("page.forget.yes").click();
  await page.getByText(pattern(pages.t("page.forget.done"))).waitFor();
  assert.deepEqual(await keys(page), [bert]);
  await goTo(pages, forAnna);
  await pages.arrive("page.quick_open.title");
  await goTo(pages, forBert);
  await page.getByText("For Bert alone", { exact: true }).waitFor();

  // Bert's keys under Anna's name are nobody's.
  assert.deepEqual(await keys(page, { of: bert, as: anna }), [anna, bert]);
  await goTo(pages, forAnna);
  await page.getByTestId("quick-shut").waitFor();
  await pages.look("forged");
  assert.equal(await page.getByText("For Anna alone").count(), 0);
  assert.deepEqual(visits.findings, []);
  await pages.end();
});

test("who was reset by the operator is told so, and so are the contacts", async () => {
  const [anna, bert] = ["quick-reset-anna@example.org", "quick-reset-bert@example.net"];
  const who = { server, browser, options: english };
  const annas = await QuickPerson.begin({ ...who, name: "quick-reset-anna", address: anna });
  const program = await annas.join();
  annas.look = (state) => visits.look(annas.page, `quick-reset-anna-${state}`);
  const pages = await openPage(await openProfile(browser, english), "quick-reset-bert");
  const recovery = await pages.activate(bert);
  await pages.keep();
  const berts = await QuickProgram.of(server.baseUrl, bert);
  await must(berts.client.joinByRecovery(berts.joining, recovery));
  await connectPrograms(program, berts);
  await annas.page.reload();
  await annas.contactOf(bert).waitFor();
  assert.equal(await annas.contactOf(bert).getAttribute("data-state"), "connected");

  assert.equal((await server.run(["quick", "reset", bert])).code, 0);
  await annas.page.reload();
  await annas.contactOf(bert).waitFor();
  assert.equal(await annas.contactOf(bert).getAttribute("data-state"), "removed");
  await annas.page.getByText(annas.t("page.quick.contact_about.removed")).waitFor();
  await annas.look("contact");
  await annas.goToOptions([bert]);
  assert.equal(await annas.switch().isChecked(), false, "nobody is connected");
  assert.equal(await annas.page.locator("input[name=password-mode]").count(), 3);

  await pages.reload();
  await pages.is("revoked");
  await pages.page.getByText(pattern(pages.t("page.quick.reset_about"))).waitFor();
  await pages.look("person");
  await pages.button("page.quick.activate").click();
  assert.notEqual(await pages.shownRecovery(), recovery);
  await pages.keep();
  await pages.page.getByText(pages.t("page.quick.contacts_none")).waitFor();
  assert.equal(await pages.devices().count(), 1);
  assert.deepEqual(visits.findings, []);
  await annas.close();
  await pages.end();
});

test("a declined invitation is found on the page of QUICK, and offered again", async () => {
  const [anna, bert] = ["quick-declined-anna@example.org", "quick-declined-bert@example.net"];
  const program = await QuickProgram.active(server.baseUrl, anna);
  const { transferId, password } = await program.invite(bert);
  const berts = await QuickPerson.begin({
    server,
    browser,
    options: english,
    name: "quick-declined-bert",
    address: bert,
    look: (page, state) => visits.look(page, state),
  });
  const { page } = berts;
  await berts.openWith(`${server.baseUrl}/r/${transferId}`, password);
  await berts.offerIs("offer");
  await berts.button("page.invitation.no").click();
  await berts.offerIs("declined");
  await berts.unseen(() => berts.prove(bert));
  await berts.is("none");
  await page.getByTestId("declined").getByText(anna, { exact: true }).waitFor();
  await berts.look("listed");
  await berts.button("page.invitation.undo").click();
  await page.getByText(pattern(berts.t("page.quick.declined_undone"))).waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "quick-news");
  assert.equal(await page.getByTestId("declined").count(), 0);
  await page.goto(`${server.baseUrl}/r/${transferId}`);
  await berts.offerIs("offer");
  assert.deepEqual(visits.findings, []);
  await berts.close();
});

/** Firefox with private windows only, as who browses so always. @param {(pages: QuickPages) =>
 *   Promise<void>} walk */
async function inPrivate(walk) {
  const fox = await launchFirefox({ "browser.privatebrowsing.autostart": true });
  try {
    const context = await fox.newContext({ locale: "en" });
    context.setDefaultTimeout(60_000);
    const pages = await openPage(context);
    await pages.page.goto(server.baseUrl);
    const folder = await pages.page.evaluate(() =>
      navigator.storage.getDirectory().then(
        () => "normal",
        ({ name }) => name,
      ),
    );
    assert.equal(folder, "SecurityError", "it is a private window");
    await walk(pages);
    await pages.end();
  } finally {
    await fox.close();
  }
}

test("a private window of Firefox is a device until it closes, says so, and may ask", async () => {
  const anna = await QuickProgram.active(server.baseUrl, "quick-private-anna@example.org");
  const bert = await QuickProgram.active(server.baseUrl, "quick-private-bert@example.net");
  await connectPrograms(anna, bert);
  const link = await sendPure(anna, bert.address, "For your own devices");
  await inPrivate(async (pages) => {
    await pages.prove(bert.address);
    await pages.is("elsewhere");
    await pages.page.getByText(pages.t("page.quick.join_private")).waitFor();
    await pages.recover(bert.recovery);
    await pages.is("here");
    await pages.reload();
    await pages.is("here");
    await pages.page.goto(`${server.baseUrl}${link}`);
    await pages.page.getByText("For your own devices", { exact: true }).waitFor();
  });
  // Closed and opened again it knows nobody, and what is in the transfer is not lost.
  await inPrivate(async (pages) => {
    await pages.page.goto(`${server.baseUrl}${link}`);
    await pages.arrive("page.quick_open.title");
    await pages.page.getByTestId("ask-sender").click();
    await pages.page.getByText(pages.t("page.open.asked")).waitFor();
  });
});
