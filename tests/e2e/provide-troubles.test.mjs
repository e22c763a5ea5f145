// What may come between a sender and the summary, in the browser: files that still travel, a line
// that breaks, a server that is away, rules that change. Nothing is lost, and the page says so.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { SenderPages, words } from "./harness/portal-pages.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";
import { SlowLine } from "./harness/slow-line.mjs";

const anna = "troubles-anna@example.org";
const bert = "troubles-bert@example.net";
const mebi = 1024 * 1024;
const slow = 2 * mebi;
const fast = 1000 * mebi;
// More than what systems take from a program before the line has it.
const size = 32 * mebi;
const allowed = { action: "allow", sender: "*", recipient: "*" };

/** @type {Couvertd} */
let server;
/** @type {SlowLine} */
let line;
/** @type {import("playwright-core").BrowserContext} */
let context;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Record<string, string>} */
let texts;
let file = "";
let known = false;

before(async () => {
  const limits = { transfer_bytes_max: "100_000_000", unsent_bytes_max: "45_000_000" };
  server = await Couvertd.start({ name: "troubles", config: { limits } });
  line = await SlowLine.start(server.port, fast);
  file = path.join(await newFolder("troubles"), "scan.bin");
  await writeFile(file, randomBytes(size));
  texts = await words("en");
  browser = await launchChromium();
  context = await openProfile(browser, { language: "en" });
});
after(async () => {
  await browser?.close();
  line?.stop();
  await server?.stop();
});

/** Makes this the only rule, while the server runs. @param {object} rule */
async function setRule(rule) {
  const list = path.join(server.folder, "rules.json");
  await writeFile(list, JSON.stringify({ rules: [rule] }));
  const ended = await server.run(["policy", "import", list]);
  assert.equal(ended.code, 0, ended.stderr.toString());
}

/** A new page of the one sender, where files are chosen. */
async function toContent() {
  const page = await context.newPage();
  const sender = new SenderPages(page, texts, async () => undefined);
  await page.goto(new URL("/provide", line.baseUrl).href);
  const readCode = async () => await (await mailbox(anna)).nextCode();
  if (known) await sender.goOnToContent(bert);
  else await sender.goToContent({ name: "Anna Muster", address: anna, to: bert, readCode });
  known = true;
  const row = page.getByTestId("file-row");
  return { page, sender, row, input: page.getByTestId("file-input") };
}

/** Notes what the page says to who cannot see it, in its order.
 * @param {import("playwright-core").Page} page @returns {Promise<() => Promise<string[]>>} */
async function listen(page) {
  await page.evaluate(() => {
    /** @type {string[]} */
    const heard = [];
    Object.assign(globalThis, { heard });
    const regions = '[role="status"], [role="alert"], [aria-live]';
    const say = (/** @type {Element | null | undefined} */ region) => {
      const text = region?.textContent?.trim();
      if (text && heard[heard.length - 1] !== text) heard.push(text);
    };
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes) {
        say((target instanceof Element ? target : target.parentElement)?.closest(regions));
        for (const added of addedNodes) {
          if (added instanceof Element && added.matches('[role="alert"]')) say(added);
        }
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => /** @type {any} */ (globalThis).heard);
}

test("progress and errors are said once, and no number that runs", async () => {
  const { page, sender, row, input } = await toContent();
  const heard = await listen(page);
  await sender.button("page.next").click();
  const empty = sender.t("page.content.empty");
  await page.getByText(empty).waitFor();
  line.rate = slow;
  await input.setInputFiles(file);
  await row.getByText(/[1-9]\d?% · .+ a second/).waitFor();
  const before = await row.textContent();
  await waitUntil("it runs", async () => (await row.textContent()) !== before);
  line.rate = fast;
  await page.locator('[data-testid="file-row"][data-state="done"]').waitFor();
  await waitUntil("it is said", async () => (await heard()).some((one) => /uploaded/.test(one)));
  const said = await heard();
  assert.deepEqual([said[0], said.length], [empty, 2], said.join("; "));
  await row.getByRole("button").click(); // the room is for the next test
  await row.waitFor({ state: "detached" });
  await page.close();
});

test("Start waits for files that travel, and a page that goes meanwhile is held", async () => {
  const { page, sender, input } = await toContent();
  line.rate = slow;
  await input.setInputFiles(file);
  await sender.goToNotification("none");
  const start = sender.button("page.notification.start");
  await start.click();
  await sender.arrive("page.sending.uploading");
  await page.getByText(sender.t("page.sending.keep_open")).waitFor();
  const row = page.getByTestId("file-row");
  await row.getByText(/\d+% · .+ a second · \d+ seconds left/).waitFor();

  const asked = page.waitForEvent("dialog");
  void page.close({ runBeforeUnload: true });
  const question = await asked;
  assert.equal(question.type(), "beforeunload");
  await question.dismiss();

  await sender.button("page.sending.back").click();
  await sender.arrive("page.notification.title");
  await page.getByText(/Uploading in the background: 0 of 1 files/).waitFor();
  await start.click();
  await sender.arrive("page.sending.uploading");
  line.rate = fast;
  await sender.summary();
  await page.close();
});

test("a broken line is said, and once it is back all goes on by itself", async () => {
  const { page, sender, input } = await toContent();
  line.rate = slow;
  await input.setInputFiles(file);
  await sender.goToNotification("none");
  await sender.button("page.notification.start").click();
  await sender.arrive("page.sending.uploading");
  const row = page.getByTestId("file-row");
  await row.getByText(/seconds left/).waitFor();
  await context.setOffline(true);
  line.cut(); // what is under way is no concern of the browser's switch
  await page.getByText(sender.t("page.offline")).waitFor();
  await row.getByText(sender.t("page.file.retrying")).waitFor();
  assert.equal(await page.getByText(/left$/).count(), 0, "nobody knows how long it takes");
  line.rate = fast;
  const before = line.up;
  await context.setOffline(false);
  await sender.summary();
  assert.equal(await page.getByText(sender.t("page.offline")).count(), 0);
  assert.ok(line.up - before < size, "what was there went no second time");
  await page.close();
});

test("a computer that sleeps goes on with its upload where it stopped", async () => {
  const { page, row, input } = await toContent();
  const before = line.up;
  line.rate = slow;
  await input.setInputFiles(file);
  await row.getByText(/[5-9]\d% · /).waitFor();
  const computer = await context.newCDPSession(page);
  await computer.send("Page.setWebLifecycleState", { state: "frozen" });
  line.cut();
  line.rate = fast;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await computer.send("Page.setWebLifecycleState", { state: "active" });
  await page.locator('[data-testid="file-row"][data-state="done"]').waitFor();
  assert.ok(line.up - before < size * 1.3, "what was there went no second time");
  await row.getByRole("button").click();
  await row.waitFor({ state: "detached" });
  await page.close();
});

test("a server that starts anew meanwhile loses neither upload nor Start", async () => {
  const { page, sender, row, input } = await toContent();
  line.rate = slow;
  await input.setInputFiles(file);
  await row.getByText(/seconds left/).waitFor();
  await server.kill(); // asked to stop it would take the rest of such a file first
  await page.locator('[data-testid="file-row"][data-state="retrying"]').waitFor();
  line.rate = fast;
  await server.serve();
  await page.locator('[data-testid="file-row"][data-state="done"]').waitFor();
  await sender.goToNotification("none");
  await server.stop();
  await sender.button("page.notification.start").click();
  await sender.arrive("page.sending.sealing");
  await page.getByText(sender.t("page.sending.waiting")).waitFor();
  await server.serve();
  await sender.summary();
  assert.equal(await page.getByTestId("delivery").count(), 1);
  await page.close();
});

test("a file that was refused says why, and goes with Retry once there is room", async () => {
  const { page, sender, row, input } = await toContent();
  const done = page.locator('[data-testid="file-row"][data-state="done"]');
  await input.setInputFiles(file);
  await done.waitFor();
  await input.setInputFiles({
    name: "more.bin",
    mimeType: "application/octet-stream",
    buffer: randomBytes(12 * mebi),
  });
  const refused = row.filter({ hasText: "more.bin" });
  await refused.getByText(sender.t("page.error.upload.quota")).waitFor();
  await refused.getByText(sender.t("page.file.failed")).waitFor();
  await sender.button("page.file.remove").click();
  await done.waitFor({ state: "detached" });
  const retry = refused.getByRole("button", { name: sender.t("page.file.retry") });
  await waitUntil("there is room", async () => {
    if ((await refused.getAttribute("data-state")) === "failed") await retry.click();
    return (await done.count()) === 1;
  });
  assert.equal(await page.getByText(sender.t("page.error.upload.quota")).count(), 0);
  await sender.button("page.file.remove").click();
  await page.close();
});

test("rules bind before a byte is sent; a Start that they refuse is tried again", async () => {
  const settings = {
    transfer_bytes_max: 1000,
    notify_delivery: "always",
    show_file_names: "never",
    days_editable: false,
  };
  await setRule({ ...allowed, settings });
  const { page, sender, row, input } = await toContent();
  /** @type {string[]} */
  const sent = [];
  page.on("request", (request) => sent.push(`${request.method()} ${request.url()}`));
  const text = (/** @type {number} */ size) => ({
    name: "a.txt",
    mimeType: "text/plain",
    buffer: Buffer.alloc(size, "a"),
  });
  await input.setInputFiles(text(1001));
  await page.getByText("This file does not fit any more").waitFor();
  await page.getByText(/1\skB; 1\skB are allowed|1,001\sbytes; 1,000\sbytes are allowed/).waitFor();
  assert.equal(await row.count(), 0);
  assert.deepEqual(
    sent.filter((one) => one.includes("/files")),
    [],
  );
  await input.setInputFiles(text(1000));
  await page.locator('[data-testid="file-row"][data-state="done"]').waitFor();

  await sender.button("page.next").click();
  await sender.arrive("page.options.title");
  for (const [name, checked] of /** @type {const} */ ([
    ["notify_delivery", true],
    ["show_file_names", false],
  ])) {
    const box = page.getByRole("checkbox", { name: sender.t(`page.options.${name}`) });
    assert.deepEqual([await box.isChecked(), await box.isDisabled()], [checked, true], name);
  }
  const free = page.getByRole("checkbox", { name: sender.t("page.options.notify_download") });
  assert.ok(await free.isEnabled());
  assert.equal(await page.getByText(sender.t("page.options.fixed")).count(), 3);
  await page.goBack();
  await sender.goToNotification("none");

  await setRule({ ...allowed, action: "deny" });
  await sender.button("page.notification.start").click();
  await sender.arrive("page.sending.failed");
  await page.getByText(bert).waitFor();
  await setRule({ ...allowed, settings });
  await sender.button("page.try_again").click();
  await sender.summary();

  const copy = sender.button("page.summary.copy_link");
  await page.evaluate(() => {
    // As where the browser or its owner forbids it.
    navigator.clipboard.writeText = () => Promise.reject(new DOMException("", "NotAllowedError"));
  });
  await copy.click();
  await page.getByText(sender.t("page.summary.copy_forbidden")).waitFor();
  await page.evaluate(() => Reflect.deleteProperty(navigator.clipboard, "writeText"));
  await copy.click();
  await page.getByText(sender.t("page.copied")).waitFor();
  assert.equal(await page.getByText(sender.t("page.summary.copy_forbidden")).count(), 0);
  const link = await page.getByTestId("link").getAttribute("href");
  assert.match(link ?? "", /\/r\/[a-z2-7]{26}#/);
  await waitUntil("the link is on the clipboard", async () => {
    return (await page.evaluate(() => navigator.clipboard.readText())) === link;
  });
  await page.close();
});
