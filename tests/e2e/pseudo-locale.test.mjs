// The whole way in a language that nobody speaks (web/core/src/pseudo.ts): a plain letter is a text
// that stands in the code, and its long words fit at 360 and 768 pixels, as those of any language;
// and what is clicked has 24 pixels.
// It takes the place of English on the way to the browser; no visitor's page holds it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pseudoCatalogue } from "../../web/core/src/pseudo.ts";
import { ApiClient } from "./harness/api-client.mjs";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { layoutTroubles, textsOn } from "./harness/layout.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { RecipientPages, SenderPages, words } from "./harness/portal-pages.mjs";
import { QuickPages } from "./harness/quick-pages.mjs";
import { connectPrograms, must, QuickProgram } from "./harness/quick-program.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "pseudo" });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const tablet = { width: 768, height: 1024 };

// What people write has no Latin letter, so that what is left of those is ours.
const person = { name: "Анна", phone: "030 1234" };
const files = [
  { name: "Снимок.дат", mimeType: "", buffer: Buffer.alloc(700_000) },
  { name: "Письмо.дат", mimeType: "", buffer: Buffer.from("Здравствуйте") },
];

/** What may stand on a page beside the catalogue's texts. */
const foreign = [
  /⟦[^⟦⟧]*⟧/gu, // the catalogue's
  /[^\s<>()]+@[\w.-]+/g,
  /\d{1,2} [A-Z][a-z]+ \d{4}( at \d\d:\d\d)?/g, // the dates of English
  /\d\s(bytes?|kB|MB|GB)/g,
  /falsch/g, // typed where an address belongs
  /\b(Couvert|CRC-32|SHA-256)\b/g,
];

/** Texts that the catalogue lacks. @param {string[]} texts */
export function textsOfTheCode(texts) {
  return texts.filter((text) => {
    let rest = text;
    for (let before = ""; before !== rest;) {
      before = rest;
      for (const one of foreign) rest = rest.replace(one, "");
    }
    return /[A-Za-z]{2}/.test(rest);
  });
}

async function newVisitor() {
  const context = await openProfile(browser, { language: "en", viewport: tablet });
  const texts = pseudoCatalogue(await words("en"));
  let served = 0;
  await context.route(/\/assets\/en-[\w-]+\.js$/, async (route) => {
    served += 1;
    const body = `export const texts = ${JSON.stringify(texts)};`;
    await route.fulfill({ contentType: "text/javascript", body });
  });
  const page = await context.newPage();
  /** Each with the first state that has it. @type {Map<string, string>} */
  const troubles = new Map();
  /** @type {string[]} */
  const states = [];
  const look = async (/** @type {string} */ state) => {
    states.push(state);
    const found = textsOfTheCode(await textsOn(page)).map((text) => `in the code: “${text}”`);
    found.push(...(await layoutTroubles(page, [tablet.width, 360])));
    for (const one of found) if (!troubles.has(one)) troubles.set(one, state);
  };
  const done = async () => {
    assert.ok(served > 0, "the pages asked for their texts");
    console.log(`looked at ${states.length} states: ${states.join(", ")}`);
    await context.close();
    assert.deepEqual(
      [...troubles].map(([one, state]) => `${state}: ${one}`),
      [],
    );
  };
  return { page, texts, look, done };
}

/** @param {string} address */
async function readCode(address) {
  const box = await mailbox(address);
  return await box.nextCode();
}

test("the way of a transfer has no text of its own, and long words fit", async () => {
  const [anna, bert] = ["pseudo-anna@example.org", "pseudo-bert@example.net"];
  const { page, texts, look, done } = await newVisitor();
  const sender = new SenderPages(page, texts, look);
  await page.goto(server.baseUrl);
  await sender.arrive("page.start.title");
  await look("start");
  await page.locator('main a[href="/provide"]').click();
  await sender.contact({ ...person, address: anna });
  await sender.verify(() => readCode(anna));
  const others = { cc: "pseudo-carla@example.com", bcc: "pseudo-dora@example.org" };
  await sender.recipients({ to: bert, ...others, refused: "x@elsewhere.example" });
  await sender.content({ subject: "Тема", text: "Здравствуйте", files });
  await sender.options("manual", "Ein Pferd, 7 Hufe", "nl");
  await sender.mailPage();
  await sender.button("page.back").click();
  await sender.options("generate", "", "nl");
  await sender.mailPage();
  await sender.button("page.back").click();
  const password = await sender.options("none", "", "nl");
  await sender.notification();
  await sender.summary();

  const mail = await (await mailbox(bert)).next();
  const recipient = new RecipientPages(page, texts, look);
  await page.goto(transferLinkIn(mail));
  await recipient.open(password);
  await page.locator("details summary").click();
  await look("received");
  await page.getByRole("checkbox").last().check();
  await look("received-selected");
  await done();
});

test("nor have the pages beside it", async () => {
  const anna = "pseudo-anna-sent@example.org";
  const client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  const to = [{ address: "pseudo-bert@example.net" }, { address: "pseudo-carla@example.com" }];
  const file = /** @type {[string, Buffer]} */ (["Письмо.дат", Buffer.from("abc")]);
  const password = "Ein Pferd, 7 Hufe";
  const sent = await client.provide({ from: anna, to, files: [file], more: { password } });
  const { page, texts, look, done } = await newVisitor();
  const pages = new SenderPages(page, texts, look);
  for (const [target, heading] of [
    ["/help", "page.help.title"],
    ["/retrieve", "page.open.title"],
    ["/nowhere", "page.unknown.title"],
    [`/r/${"a".repeat(26)}`, "page.dead.title"],
    [`/r/${sent.recipients[0].transfer_id}`, "page.open.title"],
    ["/sent", "page.sent.title"],
  ]) {
    await page.goto(server.baseUrl + target);
    await pages.arrive(heading);
    await look(target);
  }
  const box = await mailbox(anna);
  await box.rest(); // what was mailed before
  await pages.field("page.contact.address").fill(anna);
  await pages.button("page.next").click();
  await page.locator("#code").fill(await box.nextCode());
  await pages.button("page.verify.verify").click();
  await page.getByTestId("sent-transfer").waitFor();
  await look("sent-list");
  await page.getByTestId("sent-transfer").locator("a").click();
  await page.locator('[data-testid="recipient"][data-state="handed_over"]').first().waitFor();
  await look("sent-detail");
  await pages.button("page.sent.replace").click();
  await look("sent-replace");
  await pages.button("page.sent.revoke").click();
  await look("sent-revoke-one");
  await pages.button("page.revoke.no").click();
  await pages.button("page.sent.change_expiry").click();
  await look("sent-expiry");
  await page
    .getByRole("button", { name: pages.t("page.cancel") })
    .last()
    .click();
  await pages.button("page.revoke.button").click();
  await look("sent-revoke");
  await pages.button("page.revoke.yes").click();
  await page.getByText(pages.t("page.sent.state.revoked")).first().waitFor();
  await look("sent-revoked");
  await done();
});

test("nor has QUICK", async () => {
  const anna = "pseudo-anna-quick@example.org";
  const { page, texts, look, done } = await newVisitor();
  const pages = new QuickPages(page, texts, look);
  pages.baseUrl = server.baseUrl;
  const recovery = await pages.activate(anna);
  await pages.reload();
  await page.getByText(pages.t("page.quick.recovery_unkept")).waitFor();
  await look("quick-unkept");
  await pages.keep();
  const program = await QuickProgram.of(server.baseUrl, anna);
  await must(program.client.joinByRecovery(program.joining, recovery));
  for (const name of ["bert", "carl", "dora"]) {
    const other = await QuickProgram.active(server.baseUrl, `pseudo-${name}-quick@example.net`);
    await connectPrograms(program, other);
    if (name === "carl") await other.activate(true);
    if (name === "dora") await must(other.client.endContact(anna));
  }
  await program.invite("pseudo-eva@example.com");
  await pages.reload();
  await pages.contactOf("pseudo-bert").waitFor();
  for (const folded of await page.locator("main summary").all()) await folded.click();
  await look("quick-contacts");
  await pages.button("page.quick.let_in").click();
  await page.locator("#let-in-code").fill("falsch");
  await pages.button("page.quick.connect").click();
  await look("quick-let-in");
  await pages.buttonIn(pages.contactOf("pseudo-bert"), "page.quick.end").click();
  await pages.buttonIn(pages.contactOf("pseudo-carl"), "page.quick.reconnect").click();
  await pages.buttonIn(pages.devices().first(), "page.quick.device_remove").click();
  await pages.buttonIn(page.getByTestId("recovery-section"), "page.quick.renew").click();
  await page.locator("#start-anew").click();
  await look("quick-questions");
  // Which stands first is by chance when both came in one second.
  const portal = (await must(program.client.devices())).find((one) => !one.isHere);
  await must(program.client.revoke(String(portal?.device_id)));
  await pages.reload();
  await pages.is("revoked");
  await look("quick-revoked");
  await pages.button("page.quick.join_recovery").click();
  await page.locator("#recovery").fill("falsch");
  await pages.button("page.quick.connect").click();
  await look("quick-recovery");
  await pages.button("page.cancel").click();
  await pages.showCode();
  await look("quick-shown-code");
  await done();
});

test("a text in the code and a text that is cut are found", async () => {
  const { page, done } = await newVisitor();
  await page.goto(server.baseUrl);
  await page.locator("main h1").waitFor();
  assert.deepEqual(textsOfTheCode(await textsOn(page)), []);
  assert.deepEqual(await layoutTroubles(page, [360]), []);
  await page.evaluate(() => {
    const planted = document.createElement("div");
    planted.innerHTML = `<p title="Close it">Hello</p><p>Donaudampfschiff</p><p>one<br>two</p>
      <p>wide</p><h2>Rindfleischetikett</h2><select><option>Nederlands</select>
      <button>tiny</button>`;
    const [, narrow, low, wide] = planted.querySelectorAll("p");
    // Not in the markup: the pages' policy lets no style stand there.
    narrow.style.cssText = "width: 2rem; white-space: nowrap";
    const tiny = planted.querySelector("button");
    if (tiny) tiny.style.cssText = "width: 20px; height: 20px; padding: 0; font-size: 8px";
    planted.querySelector("h2")?.style.setProperty("width", "4rem");
    low.style.cssText = "height: 1rem; overflow: hidden";
    wide.style.width = "500px";
    planted.querySelector("select")?.style.setProperty("width", "4rem");
    document.querySelector("main")?.append(planted);
  });
  const texts = textsOfTheCode(await textsOn(page));
  assert.ok(texts.includes("Hello") && texts.includes("Close it"), texts.join());
  const cut = (await layoutTroubles(page, [360])).join("\n");
  for (const words of [
    "sticks out.*Donau",
    "is cut.*two",
    "5.. wide",
    "broken.*Rindfleisch",
    "is cut.*Nederlands",
    "a target of 20 × 20.*tiny",
  ]) {
    assert.match(cut, new RegExp(words));
  }
  await done();
});
