// How the panes of the add-in for Outlook look and where they may be shown: in each language, by
// day, by night and in a person's own colours; 320 pixels wide; by keyboard; in frames of others.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeFindings, openProfile } from "./harness/browser.mjs";
import { CommandLine } from "./harness/command-line.mjs";
import { newFolder } from "./harness/files.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { Mail } from "./harness/outlook.mjs";
import { hasLink, Office, paneSize, press, ready, uploaded } from "./harness/outlook-pane.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";
import { writeFile } from "node:fs/promises";
import path from "node:path";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./harness/browser.mjs").Scheme} Scheme */

const secret = "8e2d1f5a-2f4b-4a3e-9d6c-0b7a51c4e9f2";
const office = new Office("outlook-look");
const { sender, recipient, visits } = office;
before(() =>
  office.start(
    { frames: '["https://webmail.example.org"]', labels: `["${secret}"]` },
    // Webmail of the wide world frames a server of this machine: here that is no attack.
    { flags: ["--disable-features=LocalNetworkAccessChecks"] },
  ),
);
after(() => office.stop());

const longName = "Ein ziemlich langer Name einer Anlage, wie er vorkommt.pdf";

/** The add-in's session, as its storage has it. @returns {Promise<[string, string]>} */
async function tokenOf() {
  const { page } = await office.begin(office.written());
  await page.close();
  const { origins } = await office.profile.storageState();
  const kept = origins.flatMap(({ localStorage }) => localStorage);
  const found = kept.find(({ name }) => name.endsWith("couvert-outlook-token"));
  assert.ok(found);
  return [found.name, found.value];
}

/** A notification that Anna has got, with a file. */
async function received() {
  const file = path.join(await newFolder("outlook-look"), longName);
  const passwordFile = path.join(path.dirname(file), "password");
  await writeFile(file, "A report");
  await writeFile(passwordFile, "Anders, 8 Hufe im Wind", { mode: 0o600 });
  const bert = await CommandLine.create(office.server.baseUrl);
  await bert.verify(recipient);
  const who = ["--from", recipient, "--name", "Bert Bach", "--to", sender, "--language", "en"];
  await bert.json(["provide", file, ...who, "--password-file", passwordFile, "--subject", "Plan"]);
  const { html, subject } = await (await mailbox(sender)).next({ fits: hasLink });
  return { html, subject };
}

/** Goes to a control by the Tab key alone. @param {Page} page @param {string} selector */
async function tabTo(page, selector) {
  for (let tabs = 0; tabs < 60; tabs += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((one) => document.activeElement?.matches(one), selector)) return;
  }
  assert.fail(`no key leads to ${selector}`);
}

/** Axe, the layout, the language and the ground. @param {Page} page @param {string} state
 * @param {{ language: string, theme: string }} of */
async function looksRight(page, state, { language, theme }) {
  await visits.look(page, state);
  assert.deepEqual(await layoutTroubles(page, [paneSize.width]), [], state);
  const { lang, ground } = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    ground: getComputedStyle(document.documentElement).backgroundColor,
  }));
  assert.equal(lang, language.slice(0, 2));
  const red = Number(/\d+/.exec(ground)?.[0]);
  if (theme) assert.equal(red < 128, theme === "#1f1f1f", `${state}: ${ground}`);
}

const looks = /** @type {const} */ ([
  ["de-DE", "#1f1f1f", "light"],
  ["nl-NL", "#ffffff", "dark"],
  ["en-US", "#ffffff", "light"],
  ["en-US", "", "forced"],
]);

test("every pane fits 320 pixels, follows Outlook's theme, and goes by keyboard", async () => {
  const token = await tokenOf();
  const notification = await received();
  for (const [language, theme, scheme] of looks) {
    const person = await openProfile(office.browser, { language, viewport: paneSize, scheme });
    await person.addInitScript(([key, value]) => localStorage.setItem(key, value), token);
    const look = { language, theme };
    const named = (/** @type {string} */ pane) =>
      `outlook-${pane}-${language}-${theme === "#1f1f1f" ? "dark" : theme ? "light" : scheme}`;
    const mail = office.written();
    mail.attach(longName, "1");
    const writing = office.outlook(mail, look);
    const reading = office.outlook(new Mail(notification), { ...look, mode: "read" });

    const settings = await writing.open(person, "settings");
    await settings.locator("#keep").waitFor();
    await looksRight(settings, named("settings"), look);
    const transfers = await reading.open(person, "transfers");
    await transfers.getByTestId("received").waitFor();
    await looksRight(transfers, named("transfers"), look);

    const message = await reading.open(person, "message");
    await tabTo(message, "#password");
    await looksRight(message, named("locked"), look);
    await message.keyboard.type("Anders, 8 Hufe im Wind");
    await message.keyboard.press("Enter");
    await message.getByTestId("content").waitFor();
    await looksRight(message, named("message"), look);
    await tabTo(message, "[data-testid=reply]");
    await message.keyboard.press("Enter");
    await waitUntil("the reply's window is there", async () => reading.replies === 1);

    const send = await writing.open(person, "send");
    await uploaded(send);
    await looksRight(send, named("send"), look);
    await tabTo(send, "[data-testid=send]");
    await send.keyboard.press("Enter");
    await ready(send);
    await looksRight(send, named("done"), look);
    await person.close();
  }
});

test("what is wrong with a pane is seen", async () => {
  const { page } = await office.begin(office.written());
  assert.deepEqual(await axeFindings(page), []);
  await page.evaluate(() => {
    const send = document.querySelector("[data-testid=send]");
    if (send) send.textContent = "";
    const pale = Object.assign(document.createElement("p"), { textContent: "pale" });
    pale.style.cssText = "color: #eee; background: #fff; width: 400px";
    document.querySelector("main")?.append(pale);
  });
  const found = (await axeFindings(page)).join("\n");
  assert.match(found, /button-name/);
  assert.match(found, /color-contrast/);
  const wrong = looksRight(page, "outlook-planted", { language: "en-US", theme: "" });
  await assert.rejects(wrong, /outlook-planted/);
  visits.findings.length = 0; // they were planted
  await page.close();
});

test("webmail frames a pane and the whole way works; nobody else may", async () => {
  for (const origin of ["https://outlook.office.com", "https://webmail.example.org"]) {
    const outlook = office.outlook(office.written());
    const page = await outlook.frame(office.profile, "send", origin);
    // A frame has what these ask a page for.
    const pane = /** @type {Page} */ (/** @type {unknown} */ (page.frameLocator("iframe")));
    await office.verified(pane);
    await uploaded(pane);
    await press(pane);
    await ready(pane);
    const password = await pane.getByTestId("password").textContent();
    await pane.getByText("Copy", { exact: true }).click();
    await pane.getByText("Copied.").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), password);
    await page.close();
  }
  for (const origin of ["https://evil.example", "https://webmail.example.org.evil.example"]) {
    const outlook = office.outlook(office.written());
    const page = await outlook.frame(office.profile, "send", origin);
    /** @type {string[]} */
    const told = [];
    page.on("console", (message) => told.push(message.text()));
    await page.reload();
    const why = async () => told.some((text) => /frame-ancestors/.test(text));
    await waitUntil("the browser refuses to show it", why);
    assert.deepEqual(outlook.calls, [], "no script of the pane has run");
    await page.close();
  }
});

test("a sensitivity label asks for Couvert, by Office or by its header", async () => {
  const header = `MSIP_Label_${secret}_Enabled=true; MSIP_Label_${secret}_Name=Secret`;
  const text = async (/** @type {Partial<Mail>} */ more, /** @type {object} */ of = {}) =>
    (await office.outlook(office.written({ subject: "Lunch", ...more }), of).send(office.profile))
      ?.errorMessage;
  const classified = /this sensitivity/;
  assert.match((await text({ label: secret })) ?? "", classified);
  assert.match((await text({ label: secret.toUpperCase() })) ?? "", classified);
  const byHeader = { headers: { msip_labels: header } };
  assert.match((await text(byHeader)) ?? "", classified);
  assert.match((await text(byHeader, { mailbox: "1.12" })) ?? "", classified);
  const other = "11111111-2f4b-4a3e-9d6c-0b7a51c4e9f2";
  assert.equal(await text({ label: other }), undefined);
  assert.equal(
    await text({ headers: { msip_labels: `MSIP_Label_${other}_Enabled=true` } }),
    undefined,
  );
  assert.equal(await text({}), undefined);
  for (const call of ["sensitivityLabel.getAsync", "internetHeaders.getAsync"]) {
    const outlook = office.outlook(office.written({ label: secret }));
    outlook.failing = call;
    assert.match((await outlook.send(office.profile))?.errorMessage ?? "", /could not check/, call);
    assert.deepEqual(outlook.left, []);
  }
});

test("a device whose clock is a year behind sends all the same", async () => {
  const look = { language: "en-US", viewport: paneSize };
  const person = await openProfile(office.browser, look);
  await person.clock.install({ time: Date.now() - 365 * 24 * 3600 * 1000 });
  const page = await office.outlook(office.written()).open(person, "send");
  await office.verified(page);
  await uploaded(page);
  await press(page);
  await ready(page);
  await person.close();
});
