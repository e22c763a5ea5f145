// The organisation's own look: its logo, colours and texts, and its terms, which a sender accepts.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import {
  desktop,
  launchChromium,
  openProfile,
  phone,
  Visits,
  wantedLook,
} from "./harness/browser.mjs";
import { CommandLine, mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { newFolder } from "./harness/files.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { SenderPages, words } from "./harness/portal-pages.mjs";
import { mailbox } from "./harness/run-context.mjs";

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 220 48" width="220" height="48">
<rect width="48" height="48" rx="6" fill="#7a1f5c"/><path d="M12 34 24 12l12 22z" fill="#fff"/>
<text x="60" y="33" font-family="sans-serif" font-size="26" fill="#7a1f5c">Example</text></svg>`;
const imprint = `# Angaben zum Anbieter

Kammer der Beispiele
Beispielstraße 1
12345 Beispielstadt

<script>document.title = "offen"</script>
`;
const visits = new Visits();

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  const folder = await newFolder("look");
  const texts = path.join(folder, "texts");
  await mkdir(texts);
  await writeFile(path.join(folder, "logo.svg"), logo);
  await writeFile(path.join(texts, "imprint.de.txt"), imprint);
  await writeFile(path.join(texts, "terms.de.txt"), "Nur für Vertrauliches.\n");
  await writeFile(path.join(texts, "terms.nl.txt"), "Alleen voor vertrouwelijke zaken.\n");
  const look = {
    logo: `"${path.join(folder, "logo.svg")}"`,
    colour: '"#7a1f5c"',
    accent: '"#e8a200"',
    texts: `"${texts}"`,
    terms_required: "true",
  };
  const config = { "": { organisation: '"Kammer der Beispiele"' }, look };
  server = await Couvertd.start({ name: "look", config });
  browser = await launchChromium();
});
after(async () => {
  visits.print();
  await browser?.close();
  await server?.stop();
});

/** @param {import("playwright-core").Page} page @param {string} selector */
function colourOf(page, selector) {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => getComputedStyle(element).backgroundColor);
}

/** Where no file is in a language, the German one stands. */
const terms = { nl: "Alleen voor", de: "Nur für" };

for (const profile of /** @type {const} */ ([
  { language: "de", viewport: desktop, scheme: "light" },
  { language: "nl", viewport: phone, scheme: "dark" },
])) {
  const { language, scheme } = { ...profile, ...wantedLook() };
  test(`the portal is the organisation's, and its terms are accepted: ${language}`, async () => {
    const context = await openProfile(browser, profile);
    const page = await context.newPage();
    const look = (/** @type {string} */ state) => visits.look(page, `look-${language}-${state}`);
    const pages = new SenderPages(page, await words(language), look);
    await page.goto(server.baseUrl);
    const picture = page.getByRole("img", { name: "Kammer der Beispiele" });
    await picture.waitFor();
    assert.ok(await picture.evaluate((/** @type {any} */ image) => image.naturalWidth > 0));
    await look("start");
    await page.getByRole("link", { name: pages.t("page.own_text.imprint") }).click();
    await page.getByTestId("own-text").getByText("12345 Beispielstadt").waitFor();
    assert.equal(await page.getByTestId("own-text").getAttribute("lang"), "de");
    assert.notEqual(await page.title(), "offen");
    await look("imprint");

    await page.goto(`${server.baseUrl}/provide`);
    const anna = `look-anna-${profile.language}@example.org`;
    const box = await mailbox(anna);
    const person = { name: "Anna", phone: "", address: anna };
    await pages.contact(person);
    await pages.arrive("page.verify.title");
    const colour = await colourOf(page, "button.primary");
    assert.equal(colour === "rgb(122, 31, 92)", scheme === "light", colour);
    await page.locator("#code").fill(await box.nextCode());
    await pages.button("page.verify.verify").click();
    await page.getByText(pages.t("page.terms.missing")).waitFor();
    await look("terms-missing");
    const read = await page.getByRole("link", { name: pages.t("page.terms.read") });
    const [opened] = await Promise.all([context.waitForEvent("page"), read.click()]);
    await opened.getByText(terms[language === "nl" ? "nl" : "de"]).waitFor();
    assert.deepEqual(await layoutTroubles(opened, [320, 360, 768, 1440]), []);
    await opened.close();
    await page.getByLabel(pages.t("page.terms.accept")).check();
    await pages.button("page.verify.verify").click();
    await pages.arrive("page.recipients.title");
    await context.close();
    assert.deepEqual(visits.findings, []);
  });
}

test("without the terms no code proves anything, and costs no try", async () => {
  const address = "look-api@example.org";
  const client = new ApiClient(server.baseUrl);
  const box = await mailbox(address);
  const asked = { address, language: "de", client: "program" };
  const begun = await client.call("POST", "/api/v1/verifications", { json: asked });
  client.token = expectStatus(begun, 202).json.token;
  const code = await box.nextCode();
  const confirm = (/** @type {object} */ more) =>
    client.call("POST", "/api/v1/verifications/confirm", { json: { address, code, ...more } });
  for (let tries = 0; tries < 6; tries++) {
    const more = tries % 2 ? { terms_accepted: false } : {};
    expectProblem(await confirm(more), 403, "refused", "terms");
  }
  expectStatus(await confirm({ terms_accepted: true }), 200);
  const facts = (await client.call("GET", "/api/v1/server")).json;
  assert.deepEqual(facts.texts, { imprint: ["de"], terms: ["de", "nl"] });
  assert.equal(facts.logo, "/look/logo.svg");
});

test("the command line says what to read, and accepts by an option", async () => {
  const address = "look-cli@example.org";
  const cli = await CommandLine.create(server.baseUrl);
  const box = await mailbox(address);
  mustEndWell(await cli.run(["verify", address, "--request-only"]));
  const code = await box.nextCode();
  const refused = await cli.run(["verify", address, "--code", code]);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr.toString(), /terms.*--accept-terms/s);
  mustEndWell(await cli.run(["verify", address, "--code", code, "--accept-terms"]));
});

test("a look that is wrong is refused at the start, by its key", async () => {
  const wrong = await Couvertd.prepare({
    name: "look-wrong",
    rules: [],
    config: { look: { colour: '"magenta"' } },
  });
  const ended = await wrong.run(["serve"]);
  assert.equal(ended.code, 2);
  assert.match(ended.stderr.toString(), /:\d+: look\.colour: expected /);
});
