// Every pane of Thunderbird's add-on in a window of 320 pixels: axe-core finds nothing, nothing is
// cut, and keys lead through it; by day, by night and in the person's own colours.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openAddonPage } from "./harness/addon-pages.mjs";
import { launchChromium, openProfile, Visits } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { must, QuickProgram } from "./harness/quick-program.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./harness/addon-pages.mjs").Told} Told */
/** @typedef {import("./harness/browser.mjs").Scheme} Scheme */

const viewport = { width: 320, height: 700 };
const long = "Ein ziemlich langer Name einer Anlage, wie er vorkommt.pdf";
const done = "[data-testid=done][data-kept=true]";
const form = "main[data-stage=form]";

const visits = new Visits();
/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const limits = { client_mail: "true", transfer_bytes_max: "3000000" };
  server = await Couvertd.start({ name: "addon-looks", config: { limits } });
  browser = await launchChromium();
});

after(async () => {
  visits.print();
  await browser?.close();
  await server?.stop();
});

/** One person with the add-on, in one look. */
class Clerk {
  /** @param {string} language @param {Scheme} scheme */
  constructor(language, scheme) {
    this.name = `addon-${language}-${scheme}`;
    this.address = `looks-${language}-anna@example.org`;
    this.peer = `looks-${language}-bert@example.com`;
    this.language = language;
    this.scheme = scheme;
    /** @type {import("playwright-core").BrowserContext | undefined} */
    this.profile = undefined;
  }

  /** @param {string} name @param {Partial<Told>} [more] */
  async open(name, more) {
    const { language, scheme } = this;
    this.profile ??= await openProfile(browser, { language, viewport, scheme });
    return openAddonPage(this.profile, server.baseUrl, name, {
      language,
      address: this.address,
      to: [this.peer, "nobody@elsewhere.example"],
      attachments: [[long, 5000]],
      shown: "",
      kept: {},
      session: {},
      ...more,
    });
  }

  /** @param {Page} page @param {string} state */
  async look(page, state) {
    const name = `${this.name}-${state}`;
    await visits.look(page, name);
    const found = await layoutTroubles(page, [viewport.width]);
    visits.findings.push(...found.map((one) => `${name}: ${one}`));
  }
}

/** @param {Clerk} clerk */
async function setUp(clerk) {
  const page = await clerk.open("settings.html");
  await page.locator("#server").fill("no server");
  await page.locator("[data-testid=server] button").click();
  await page.locator(".field-error").waitFor();
  await clerk.look(page, "settings-wrong");
  await page.locator("#server").fill(server.baseUrl);
  await page.locator("[data-testid=server] button").click();
  await page.locator("[data-testid=server] .notice.good").waitFor();
  await clerk.look(page, "settings");
  await page.close();
  const filelink = await clerk.open("filelink.html");
  await filelink.locator("#days").fill("two");
  await filelink.getByTestId("keep").click();
  await filelink.locator(".field-error").waitFor();
  await clerk.look(filelink, "filelink");
  await filelink.close();
}

/** @param {Page} page @param {string} address */
async function typeCode(page, address) {
  await page.locator("#code").fill(await (await mailbox(address)).nextCode());
  await page.locator("[data-testid=verify] button[type=submit]").click();
}

/** Sends with QUICK, which is activated meanwhile; the password. @param {Clerk} clerk */
async function send(clerk) {
  const tooMuch = await clerk.open("send.html?tab=1", { attachments: [[long, 4_000_000]] });
  await tooMuch.getByTestId("countdown").waitFor();
  await clerk.look(tooMuch, "verify");
  await typeCode(tooMuch, clerk.address);
  await tooMuch.locator(`${form} [role=alert]`).first().waitFor();
  await tooMuch.getByTestId("send").click();
  await tooMuch.locator("main[data-lack=refused]").waitFor();
  await clerk.look(tooMuch, "send-too-much");
  await tooMuch.close();

  const page = await clerk.open("send.html?tab=2");
  await page.getByTestId("without").click();
  await page.locator("main[data-complete=true]").waitFor();
  await page.locator("#quick-switch").click();
  await page.getByTestId("activate").waitFor();
  await clerk.look(page, "send-activate");
  await page.getByTestId("activate").click();
  await page.getByTestId("recovery-code").waitFor();
  await clerk.look(page, "send-recovery");
  await page.getByTestId("kept").click();
  await page.getByTestId("quick-needing").waitFor();
  await page.locator("input[value=own]").check();
  await clerk.look(page, "send-own-password");
  await page.locator("input[value=generated]").check();
  const password = await page.getByTestId("password").textContent();
  await pressByKeys(page, "send");
  await page.locator(done).waitFor();
  await clerk.look(page, "done");
  await page.close();
  return String(password);
}

/** Goes there by Tab, from the top, and presses Enter. @param {Page} page @param {string} testid */
async function pressByKeys(page, testid) {
  await page.evaluate(() => /** @type {any} */ (document.activeElement)?.blur());
  for (let tabs = 0; tabs < 40; tabs += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
    if (at === testid) return page.keyboard.press("Enter");
  }
  return assert.fail(`Tab never comes to ${testid}`);
}

/** @param {Clerk} clerk @param {QuickProgram} peer */
async function read(clerk, peer) {
  const { password } = await peer.invite(clerk.address);
  const box = await mailbox(clerk.address);
  const fits = (/** @type {{ links: string[] }} */ { links }) =>
    links.some((one) => one.includes("/r/"));
  const shown = transferLinkIn(await box.next({ fits }));
  const page = await clerk.open("message.html?message=1", { shown });
  await page.locator("#password").fill("wrong");
  await page.getByTestId("open").click();
  await page.locator("[role=alert]").waitFor();
  await clerk.look(page, "message-wrong");
  await page.locator("#password").fill(password);
  await page.getByTestId("open").click();
  await page.getByTestId("accept").waitFor();
  await clerk.look(page, "message-invitation");
  await page.getByTestId("accept").click();
  await page.locator("[data-testid=invitation][data-stage=connected] summary").click();
  await clerk.look(page, "message-connected");
  await page.close();
  await must(peer.client.takeAnswers());
  await readByQuick(clerk, peer);
}

/** @param {Clerk} clerk @param {QuickProgram} peer */
async function readByQuick(clerk, peer) {
  const { recipients } = await peer.sendByQuick(clerk.address, { text: "Nur für Sie 🦷" });
  const shown = `${server.baseUrl}/r/${recipients[0].transfer_id}`;
  const page = await clerk.open("message.html?message=2", { shown });
  await page.getByTestId("by-quick").waitFor();
  await clerk.look(page, "message-by-quick");
  await page.close();
  const stranger = new Clerk(clerk.language, clerk.scheme);
  const shut = await stranger.open("message.html?message=2", {
    shown,
    kept: await keptOf(clerk),
  });
  await shut.getByTestId("connect").click();
  await shut.getByTestId("by-code").waitFor();
  await clerk.look(shut, "shut-join");
  await shut.getByTestId("by-code").click();
  await shut.getByTestId("shown-code").waitFor();
  await clerk.look(shut, "shut-code");
  await stranger.profile?.close();
}

/** @param {Clerk} clerk */
async function keptOf(clerk) {
  const page = await clerk.open("linked.html");
  const kept = await page.evaluate(() => localStorage.getItem("local"));
  await page.close();
  return JSON.parse(kept ?? "{}");
}

/** @param {Clerk} clerk */
async function overview(clerk) {
  const page = await clerk.open("transfers.html");
  await page
    .locator("[data-testid=received] li .badge, [data-testid=received] li")
    .first()
    .waitFor();
  await page.getByTestId("revoke").first().click();
  await clerk.look(page, "transfers");
  await page.close();
  const one = { fileId: 1, tabId: 3, trackingId: "x", name: long, password: "CNNU-7ekr-2kx6" };
  const links = [{ ...one, address: "somebody-else@example.com", expires: "2026-12-24T22:00:00Z" }];
  const linked = await clerk.open("linked.html?tab=3", { session: { links } });
  await linked.locator("main[data-foreign=true]").waitFor();
  await clerk.look(linked, "linked");
  await linked.close();
}

for (const [language, scheme] of /** @type {[string, Scheme][]} */ ([
  ["de", "light"],
  ["nl", "dark"],
  ["en", "forced"],
])) {
  test(`every pane is clean, whole and goes by keyboard: ${language}, ${scheme}`, async () => {
    const clerk = new Clerk(language, scheme);
    const peer = await QuickProgram.active(server.baseUrl, clerk.peer);
    await setUp(clerk);
    const password = await send(clerk);
    assert.notEqual(password, "");
    await read(clerk, peer);
    await overview(clerk);
    await clerk.profile?.close();
    assert.deepEqual(visits.findings, []);
  });
}

test("a fault that is planted is found", async () => {
  const clerk = new Clerk("de", "light");
  const page = await clerk.open("settings.html");
  await page.locator("#server").waitFor();
  await page.evaluate(() => {
    document.querySelector("label[for=phone]")?.remove();
    document.querySelector("h1")?.setAttribute("style", "min-width: 60rem");
  });
  const before = visits.findings.length;
  await clerk.look(page, "planted");
  const found = visits.findings.splice(before).join("\n");
  assert.match(found, /label: /);
  assert.match(found, /wide in a window of 320/);
  await clerk.profile?.close();
});
