// The rendered description of the API: it is there, complete, and comes from this server alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { expectStatus } from "./harness/api-client.mjs";
import { keepPicture, launchChromium, openProfile, Visits } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { send } from "./harness/http.mjs";

/** @type {Couvertd} */
let server;
before(async () => {
  server = await Couvertd.start({ name: "api-docs" });
});
after(() => server?.stop());

test("/api/docs shows every operation, from this server alone", async () => {
  const answer = expectStatus(await send(server.baseUrl, "GET", "/api/docs"), 200);
  const policy = String(answer.headers["content-security-policy"]);
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  const spec = expectStatus(await send(server.baseUrl, "GET", "/api/openapi.yaml"), 200);
  const operations = [...spec.body.toString("utf8").matchAll(/operationId: (\w+)/g)];
  assert.ok(operations.length > 60);

  const browser = await launchChromium();
  try {
    const context = await openProfile(browser, { language: "en" });
    const page = await context.newPage();
    /** @type {string[]} */
    const troubles = [];
    page.on("console", (one) => one.type() === "error" && troubles.push(one.text()));
    page.on("pageerror", (error) => troubles.push(String(error)));
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(`${server.baseUrl}/api/docs`);
    await page.locator(".opblock").first().waitFor();
    assert.equal(await page.locator(".opblock").count(), operations.length);
    await page.locator(".opblock", { hasText: "/start" }).first().click();
    await page.getByText("Repeating it gives the same transfer.").first().waitFor();
    await page.locator(".opblock.is-open .responses-table").waitFor();
    assert.equal(await page.getByRole("button", { name: /try it/i }).count(), 0);
    await keepPicture(page, "api-docs");
    assert.deepEqual(troubles, []);
    const elsewhere = asked.filter((url) => !/^(data|blob):/.test(url));
    assert.ok(elsewhere.length >= 5);
    for (const url of elsewhere) assert.ok(url.startsWith(server.baseUrl), url);
  } finally {
    await browser.close();
  }
});

for (const scheme of /** @type {const} */ (["light", "dark"])) {
  test(`everybody can read /api/docs, and it offers what it can do: ${scheme}`, async () => {
    const browser = await launchChromium();
    try {
      const page = await (await openProfile(browser, { language: "en", scheme })).newPage();
      await page.goto(`${server.baseUrl}/api/docs`);
      await page.locator(".opblock").first().waitFor();
      const visits = new Visits();
      await visits.look(page, `api-docs-${scheme}-list`);
      for (const what of ["/start", "/device/token"]) {
        await page.locator(".opblock", { hasText: what }).first().click();
      }
      await page.locator(".opblock.is-open .responses-table").nth(1).waitFor();
      await visits.look(page, `api-docs-${scheme}-open`);
      assert.deepEqual(visits.findings, []);
      const keys = await page.locator(".authorize, .authorization__btn").all();
      assert.deepEqual(await Promise.all(keys.map((one) => one.innerHTML())), []);
      assert.equal(await page.getByRole("button", { name: /^authorize\b/i }).count(), 0);
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      if (scheme === "dark") assert.notEqual(background, "rgb(255, 255, 255)");
    } finally {
      await browser.close();
    }
  });
}

test("below /api/ there is no other page", async () => {
  for (const path of ["/api/docs/", "/api/doc", "/api/docs/x", "/api/"]) {
    const answer = expectStatus(await send(server.baseUrl, "GET", path), 404);
    assert.equal(answer.headers["content-type"], "application/problem+json", path);
  }
});
