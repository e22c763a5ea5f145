// The page on which a person lets programs in and ends them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { desktop, launchChromium, openProfile, phone, Visits } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { pattern, RecipientPages, words } from "./harness/portal-pages.mjs";
import { askToBeLetIn, givenScopes, poll } from "./harness/programs.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @type {Couvertd} */
let server;
before(async () => {
  server = await Couvertd.start({ name: "programs-portal" });
});
after(() => server?.stop());

for (const { language, viewport, scheme } of /** @type {const} */ ([
  { language: "de", viewport: phone, scheme: "light" },
  { language: "nl", viewport: phone, scheme: "dark" },
  { language: "en", viewport: desktop, scheme: "dark" },
])) {
  test(`a person lets a program in, declines one, and ends what is in: ${language}`, async () => {
    const address = `programs-page-${language}@example.org`;
    const name = "Nightly backup on the archive server";
    const first = await askToBeLetIn(server.baseUrl, givenScopes, name);
    const browser = await launchChromium();
    try {
      const visits = new Visits();
      const page = await (await openProfile(browser, { language, viewport, scheme })).newPage();
      const texts = await words(language);
      const pages = new RecipientPages(page, texts, async () => undefined);
      const look = (/** @type {string} */ state) =>
        visits.look(page, `device-${language}-${state}`);

      await page.goto(first.verification_uri_complete);
      await pages.arrive("page.device.title");
      await look("prove");
      await page.locator("#address").fill(address);
      const box = await mailbox(address);
      await pages.button("page.next").click();
      await page.locator("#code").fill(await box.nextCode());
      await pages.button("page.verify.verify").click();

      const question = page.getByRole("heading", { name: pattern(texts["page.device.question"]) });
      await question.waitFor();
      assert.equal(new URL(page.url()).hash, "", "the code is in no history");
      assert.equal(await page.locator("[data-scope]").count(), 5);
      await page.getByText(pattern(texts["page.device.warning_title"])).waitFor();
      await look("question");
      assert.deepEqual(await layoutTroubles(page, [320, 360, 1280]), []);
      await pages.button("page.device.allow").click();
      await page.getByText(pattern(texts["page.device.allowed"])).waitFor();
      const listed = page.getByTestId("program");
      assert.equal(await listed.count(), 0, "it has not asked yet");
      const given = expectStatus(await poll(server.baseUrl, first.device_code), 200).json;
      assert.equal(given.address, address);
      await listed.first().waitFor();

      const code = page.locator("#user-code");
      const next = page.locator("form").getByRole("button", { name: texts["page.next"] });
      await code.fill("BBBB-BBBB");
      await next.click();
      await page.getByText(texts["page.error.device.denied"]).waitFor();
      await look("wrong");
      const second = await askToBeLetIn(server.baseUrl, ["send"], "Skript");
      await code.fill(second.user_code.toLowerCase());
      await next.click();
      await question.waitFor();
      await pages.button("page.device.decline").click();
      await page.getByText(pattern(texts["page.device.declined"])).waitFor();
      assert.equal((await poll(server.baseUrl, second.device_code)).status, 403);

      assert.equal(await listed.count(), 1);
      await look("list");
      await pages.button("page.device.end").click();
      await look("end");
      await pages.button("page.device.end_yes").click();
      await page.getByText(pattern(texts["page.device.none"])).waitFor();
      const program = new ApiClient(server.baseUrl);
      program.token = given.access_token;
      const held = expectStatus(await program.call("GET", "/api/v1/verifications"), 200).json;
      assert.deepEqual(held.verifications, []);

      await page.goto(`${server.baseUrl}/sent`);
      await pages.arrive("page.sent.title");
      await look("way");
      await page.getByRole("link", { name: texts["page.device.link"] }).click();
      await pages.arrive("page.device.title");
      assert.deepEqual(visits.findings, []);
    } finally {
      await browser.close();
    }
  });
}
