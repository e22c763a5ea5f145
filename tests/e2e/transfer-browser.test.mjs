// The whole way in a real browser: from the sender's start page to the recipient's files, in every
// language, on desktop and phone, in private windows without cookies of third parties. axe-core
// looks at every state.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { colourAlone } from "./harness/colour.mjs";
import {
  axeFindings,
  desktop,
  launchChromium,
  noThirdPartyCookies,
  openProfile,
  phone,
  Visits,
} from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { pattern, RecipientPages, SenderPages, words } from "./harness/portal-pages.mjs";
import { output } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */

const visits = new Visits();
const ownPassword = "Ein Pferd, 7 Hufe";
const subject = "Befund für Frau Ångström 🦷";
const text = "Guten Tag,\n\nanbei Röntgenbilder – „vertraulich“ & wichtig <b>.\nGrüße 👋🏽\n";
const files = [
  { name: "Größe & Maß.txt", mimeType: "text/plain", buffer: Buffer.from("Zähne 🦷\n") },
  { name: "röntgen 47.png", mimeType: "image/png", buffer: randomBytes(700_000) },
  { name: "leer.dat", mimeType: "", buffer: Buffer.alloc(0) },
];

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "browser" });
  browser = await launchChromium(noThirdPartyCookies);
});
after(async () => {
  visits.print();
  await browser?.close();
  await server?.stop();
});

/**
 * A page of a new person; what it logs as errors fails the test that made it.
 * @param {{ language: string, viewport?: typeof phone,
 *   scheme?: import("./harness/browser.mjs").Scheme }} options
 */
async function newPerson(options) {
  const context = await openProfile(browser, options);
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    const expected = /status of 4(01|03|04|29)/.test(message.text());
    if (message.type() === "error" && !expected) errors.push(message.text());
  });
  return { context, page, errors };
}

/** @param {string} address */
async function readCode(address) {
  const box = await mailbox(address);
  return await box.nextCode();
}

/** Looks at each state of a way; on the phone, in the language with the longest words and in
 * people's own colours, also as it is at 400 % on a screen of 1280.
 * @param {Page} page @param {Way} way */
function lookAt(page, { name, viewport, language, scheme }) {
  return async (/** @type {string} */ state) => {
    await visits.look(page, `${name}-${state}`);
    if (viewport !== phone || (language !== "de" && scheme !== "forced")) return;
    const found = await layoutTroubles(page, [320]);
    visits.findings.push(...found.map((one) => `${name}-${state}: ${one}`));
  };
}

/** What paper shows: these words on white, by day and by night, and nothing to press.
 * @param {Page} page @param {Way} way @param {string[]} wanted */
async function printsWell(page, { viewport }, wanted) {
  if (viewport !== desktop) return;
  await page.emulateMedia({ media: "print" });
  const shown = await page.locator("body").innerText();
  for (const words of wanted) assert.ok(shown.includes(words), `${words} on paper: ${shown}`);
  const idle = page.locator("header, nav, button, a.button, select, progress, input");
  assert.deepEqual(await idle.filter({ visible: true }).allTextContents(), []);
  const paper = await page.evaluate(
    () => getComputedStyle(document.documentElement).backgroundColor,
  );
  assert.equal(paper, "rgb(255, 255, 255)");
  await page.emulateMedia({ media: "screen" });
}

/** The sender's way to the summary; what the recipient needs. @param {Way} way */
async function provide(way) {
  const { language, mode, name } = way;
  const anna = `browser-anna-${name}@example.org`;
  const bert = `browser-bert-${name}@example.net`;
  const person = await newPerson(way);
  const { page } = person;
  const look = lookAt(page, way);
  const sender = new SenderPages(page, await words(language), look);
  await page.goto(server.baseUrl);
  await sender.arrive("page.start.title");
  await look("start");
  await page.locator('main a[href="/provide"]').click();
  await sender.contact({ name: "Dr. Anna Müller", phone: "+49 30 1234", address: anna });
  await sender.verify(() => readCode(anna));
  await sender.recipients({
    to: bert,
    cc: `browser-carla-${name}@example.com`,
    bcc: `browser-dora-${name}@example.org`,
    refused: "x@elsewhere.example",
  });
  await sender.content({ subject, text, files });
  const password = await sender.options(mode, ownPassword, language);
  await sender.notification();
  const tracking = await sender.summary();
  assert.match(tracking, /^[a-z2-7]{26}$/);
  const grouped = (await page.getByTestId("tracking-id").innerText()).trim();
  await printsWell(page, way, [
    grouped,
    bert,
    "Dr. Anna Müller",
    ...files.map((one) => one.name),
    password,
  ]);
  assert.deepEqual(person.errors, []);
  await person.context.close();
  const mail = await (await mailbox(bert)).next();
  assert.equal(mail.subject, "Mein Betreff");
  for (const other of ["carla", "dora"]) {
    const domain = other === "carla" ? "com" : "org";
    await (await mailbox(`browser-${other}-${name}@example.${domain}`)).next();
  }
  return { anna, bert, password, link: transferLinkIn(mail), mail };
}

/** Opens a ZIP by three programs; its files by name. @param {string} file */
async function openZip(file) {
  const folder = await newFolder("zip");
  const zip = path.join(folder, "transfer.zip");
  await copyFile(file, zip);
  await output(["unzip", "-q", "-d", path.join(folder, "unzip"), zip], {
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  await output(["7z", "x", `-o${path.join(folder, "7z")}`, zip]);
  const script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
  await output(["/usr/bin/python3", "-c", script, zip, path.join(folder, "python")]);
  return (/** @type {string} */ name) =>
    Promise.all(["unzip", "7z", "python"].map((by) => readFile(path.join(folder, by, name))));
}

/** The recipient's way. @param {Way} way @param {Awaited<ReturnType<typeof provide>>} sent */
async function retrieve(way, { password, link, anna }) {
  const person = await newPerson(way);
  const { page } = person;
  const look = lookAt(page, way);
  const recipient = new RecipientPages(page, await words(way.language), look);
  await page.goto(link);
  await recipient.open(password);
  assert.ok(!page.url().includes("#"), "the secret leaves the address bar");
  assert.equal(await page.getByTestId("message-subject").textContent(), subject);
  assert.equal((await page.getByTestId("message-text").textContent())?.trim(), text.trim());
  await page.locator("details summary").click();
  await look("received");
  const lines = text.trim().split("\n");
  await printsWell(page, way, [subject, ...lines, anna, ...files.map((one) => one.name)]);
  for (const { name, buffer } of files) {
    const { name: saved, file } = await recipient.download(recipient.saveLink(name));
    assert.equal(saved, name);
    assert.ok((await readFile(file)).equals(buffer), name);
  }
  const all = await openZip((await recipient.download(recipient.zipLink())).file);
  for (const { name, buffer } of files) {
    for (const bytes of await all(name)) assert.ok(bytes.equals(buffer), name);
  }
  const pick = pattern(recipient.t("page.received.select").replace("{name}", files[1].name));
  await page.getByRole("checkbox", { name: pick }).check();
  await look("received-selected");
  const some = await openZip((await recipient.download(recipient.zipLink())).file);
  for (const bytes of await some(files[1].name)) assert.ok(bytes.equals(files[1].buffer));
  await assert.rejects(() => some(files[0].name));
  await page.reload();
  await page.getByTestId("content").waitFor();
  const reply = page.getByRole("link", { name: recipient.t("page.reply"), exact: true });
  assert.ok((await reply.getAttribute("href"))?.includes(encodeURIComponent(anna)));
  await page.getByRole("button", { name: recipient.t("page.finish"), exact: true }).click();
  await recipient.arrive("page.start.title");
  await page.goto(link);
  await recipient.arrive("page.open.title");
  assert.deepEqual(person.errors, []);
  await person.context.close();
}

/** @typedef {{ name: string, language: string, mode: "generate" | "manual" | "none",
 *   viewport: typeof phone, scheme?: import("./harness/browser.mjs").Scheme }} Way */
/** @type {Way[]} */
const ways = [
  { name: "de-desktop", language: "de", mode: "generate", viewport: desktop },
  { name: "de-phone", language: "de", mode: "manual", viewport: phone },
  { name: "nl-desktop", language: "nl", mode: "manual", viewport: desktop, scheme: "dark" },
  { name: "nl-phone", language: "nl", mode: "none", viewport: phone, scheme: "forced" },
  { name: "en-desktop", language: "en", mode: "none", viewport: desktop, scheme: "forced" },
  { name: "en-phone", language: "en", mode: "generate", viewport: phone, scheme: "dark" },
];

for (const way of ways) {
  test(`a transfer goes the whole way in the browser: ${way.name}, ${way.mode}`, async () => {
    const before = visits.findings.length;
    await retrieve(way, await provide(way));
    assert.deepEqual(visits.findings.slice(before), []);
  });
}

test("Reply leads to Provide with the sender filled in, by page and by mail", async () => {
  const way = /** @type {Way} */ ({ ...ways[4], name: "en-reply" });
  const { anna, bert, link, mail } = await provide(way);
  const replyLink = mail.links.find((one) => one.includes("/provide"));
  assert.ok(replyLink, mail.text);
  const person = await newPerson(way);
  const { page } = person;
  const texts = await words("en");
  const recipient = new RecipientPages(page, texts, async () => undefined);
  await page.goto(link);
  await recipient.open("");
  await page.getByRole("link", { name: texts["page.reply"], exact: true }).click();
  const sender = new SenderPages(page, texts, async () => undefined);
  await sender.contact({ name: "Bert", phone: "", address: bert });
  await sender.verify(() => readCode(bert));
  await sender.arrive("page.recipients.title");
  assert.deepEqual(await page.getByTestId("recipient").allInnerTexts(), [anna]);
  await page.goto(replyLink);
  await sender.arrive("page.contact.title");
  await sender.button("page.next").click();
  await sender.arrive("page.recipients.title");
  assert.deepEqual(await page.getByTestId("recipient").allInnerTexts(), [anna]);
  await person.context.close();
});

test("the pages beside the way are looked at, too", async () => {
  const before = visits.findings.length;
  for (const language of ["de", "nl", "en"]) {
    const person = await newPerson({ language, viewport: phone });
    const { page } = person;
    const texts = await words(language);
    const recipient = new RecipientPages(page, texts, async () => undefined);
    for (const [target, heading, state] of [
      ["/help", "page.help.title", "help"],
      ["/retrieve", "page.open.title", "retrieve"],
      ["/nowhere", "page.unknown.title", "unknown"],
      [`/r/${"a".repeat(26)}`, "page.dead.title", "dead"],
    ]) {
      await page.goto(server.baseUrl + target);
      await recipient.arrive(heading);
      await visits.look(page, `${language}-${state}`);
    }
    await person.context.close();
  }
  assert.deepEqual(visits.findings.slice(before), []);
});

test("the language changes without a reload and stays for the next visit", async () => {
  const { context, page } = await newPerson({ language: "en" });
  await page.goto(server.baseUrl);
  const texts = await words("nl");
  await page.locator("header select").selectOption("nl");
  await page.getByRole("heading", { level: 1, name: texts["page.start.title"] }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "nl");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: texts["page.start.title"] }).waitFor();
  await context.close();
});

test("the sender's way can be walked by keyboard alone", async () => {
  const { context, page, errors } = await newPerson({ language: "en" });
  const texts = await words("en");
  const sender = new SenderPages(page, texts, async () => undefined);
  const anna = "browser-keys@example.org";
  /** Goes on with Tab until the element that fits has the focus. */
  const tabTo = async (/** @type {string} */ selector) => {
    for (let presses = 0; presses < 60; presses++) {
      if (await page.evaluate((one) => document.activeElement?.matches(one), selector)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab never comes to ${selector}`);
  };
  await page.goto(server.baseUrl);
  await sender.arrive("page.start.title");
  await tabTo('main a[href="/provide"]');
  await page.keyboard.press("Enter");
  await sender.arrive("page.contact.title");
  await tabTo("#name");
  await page.keyboard.type("Anna");
  await tabTo("#address");
  await page.keyboard.type(anna);
  await page.keyboard.press("Enter");
  await sender.arrive("page.verify.title");
  await tabTo("#code");
  await page.keyboard.type(await readCode(anna));
  await page.keyboard.press("Enter");
  await sender.arrive("page.recipients.title");
  await tabTo("#recipients-to");
  await page.keyboard.type("bert@example.net ");
  await tabTo('button[type="submit"]');
  await page.keyboard.press("Enter");
  await sender.arrive("page.content.title");
  await tabTo("section button"); // Edit, which puts the focus into the subject
  await page.keyboard.press("Enter");
  await tabTo("#text");
  await page.keyboard.type("nur Text");
  await tabTo('button[type="submit"]');
  await page.keyboard.press("Space");
  await sender.arrive("page.options.title");
  await tabTo('button[type="submit"]');
  // One Back is enough, also while the mail is still on its way into its frame.
  /** @type {() => void} */
  let release = () => undefined;
  const held = new Promise((resolve) => (release = () => resolve(undefined)));
  const asked = page.waitForRequest("**/api/v1/notification/page");
  // The frame that asked may be gone when it is let go on.
  await page.route("**/api/v1/notification/page", async (route) => {
    await held;
    await route.continue().catch(() => undefined);
  });
  await page.keyboard.press("Enter");
  await asked;
  await sender.button("page.back").press("Enter");
  await sender.arrive("page.options.title");
  release();
  await page.unroute("**/api/v1/notification/page");
  await tabTo('button[type="submit"]');
  await page.keyboard.press("Enter");
  await sender.mailPage();
  await tabTo('button[type="submit"]');
  await page.keyboard.press("Enter");
  await sender.arrive("page.summary.title");
  assert.deepEqual(errors, []);
  await context.close();
});

test("this browser gives no cookie to pages inside those of another site", async () => {
  const context = await browser.newContext();
  const inner = `<script>document.cookie = "a=b; Secure; SameSite=None";
    parent.postMessage(document.cookie, "*")</script>`;
  const outer = `<script>onmessage = ({ data }) => (document.title = "[" + data + "]")</script>
    <iframe src="https://inner.example.org/"></iframe>`;
  const bodies = { "https://inner.example.org/": inner, "https://outer.example.net/": outer };
  for (const [url, body] of Object.entries(bodies)) {
    await context.route(url, (route) => route.fulfill({ contentType: "text/html", body }));
  }
  const page = await context.newPage();
  await page.goto("https://outer.example.net/");
  await page.waitForFunction(() => document.title !== "");
  assert.equal(await page.title(), "[]");
  await page.goto("https://inner.example.org/");
  assert.equal(await page.evaluate(() => document.cookie), "a=b");
  await context.close();
});

test("nothing moves for who wants it so", async () => {
  for (const [reducedMotion, moving] of /** @type {const} */ ([
    ["no-preference", true],
    ["reduce", false],
  ])) {
    const context = await browser.newContext({ reducedMotion });
    const page = await context.newPage();
    await page.goto(server.baseUrl);
    await page.locator("main h1").waitFor();
    const moves = await page.evaluate(() => {
      const waiting = document.createElement("progress");
      document.querySelector("main")?.append(waiting);
      return document.getAnimations().length > 0;
    });
    assert.equal(moves, moving, reducedMotion);
    // Whatever moves in some state of some page stands in the styles, which all pages share.
    const rules = await page.evaluate(() => {
      const found = /** @type {string[]} */ ([]);
      const walk = (/** @type {CSSRuleList} */ list) => {
        for (const rule of list) {
          if (rule instanceof CSSMediaRule && !matchMedia(rule.conditionText).matches) continue;
          if (rule instanceof CSSStyleRule) {
            const { transitionDuration, scrollBehavior } = rule.style;
            if (transitionDuration || scrollBehavior) found.push(rule.cssText);
          } else if ("cssRules" in rule && !(rule instanceof CSSKeyframesRule)) {
            walk(/** @type {CSSMediaRule} */ (rule).cssRules);
          }
        }
      };
      for (const sheet of document.styleSheets) walk(sheet.cssRules);
      return found;
    });
    assert.deepEqual(rules, []);
    await context.close();
  }
});

test("axe-core finds a fault that is planted, and the console check finds an error", async () => {
  const { context, page, errors } = await newPerson({ language: "en" });
  await page.goto(server.baseUrl);
  await page.locator("main h1").waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.evaluate(() => {
    const field = document.createElement("input");
    document.querySelector("main")?.append(field);
    setTimeout(() => {
      throw new Error("planted");
    });
  });
  const found = await axeFindings(page);
  assert.ok(
    found.some((/** @type {string} */ one) => one.startsWith("label:")),
    found.join("\n"),
  );
  assert.equal(errors.length, 1);
  await context.close();
});

test("what colour alone says is found where it is planted", async () => {
  const { context, page } = await newPerson({ language: "en" });
  await page.goto(server.baseUrl);
  await page.locator("main h1").waitFor();
  assert.deepEqual(await colourAlone(page), []);
  await page.evaluate(() => {
    document.querySelector("main")?.insertAdjacentHTML(
      "beforeend",
      `<p id="alone"><bdi>anna@example.org</bdi></p><p id="said">refused</p>
       <input id="red"><ul><li aria-current="page" id="one">one</li><li>two</li></ul>`,
    );
    for (const id of ["alone", "said"]) {
      document.getElementById(id)?.style.setProperty("color", "var(--bad)");
    }
    document.getElementById("red")?.style.setProperty("border-color", "var(--bad)");
    document.getElementById("one")?.style.setProperty("color", "var(--brand)");
  });
  const found = await colourAlone(page);
  assert.deepEqual(
    found.map((one) => /id="(.*?)"/.exec(one)?.[1]),
    ["alone", "red", "one"],
    found.join("\n"),
  );
  await context.close();
});
