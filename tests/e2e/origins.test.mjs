// Pages of other origins: those that the configuration names may use the API with a token, no page
// acts by a cookie, and an add-on of a mail program is taken like a program.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { launchChromium } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { send } from "./harness/http.mjs";

const anna = "origins-anna@example.org";
const named = "https://mail.example.org";
const other = "https://evil.example";
const addOn = "moz-extension://3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const readable = "access-control-allow-origin";

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** Serves an empty page: the named one, on its port. @type {import("node:http").Server} */
let pages;
/** @type {string} */
let pagesOrigin;
before(async () => {
  pages = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<p>Hi"));
  await new Promise((resolve) => pages.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (pages.address());
  pagesOrigin = `http://127.0.0.1:${address.port}`;
  const api = { origins: JSON.stringify([named, pagesOrigin]) };
  server = await Couvertd.start({ name: "origins", config: { api } });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
});
after(async () => {
  pages?.close();
  await server?.stop();
});

const draftFiles = "/api/v1/drafts/aaaaaaaaaaaaaaaaaaaaaaaaaa/files/0";

/** @param {string} origin @param {string} [path] */
const askBefore = (origin, path = draftFiles) =>
  send(server.baseUrl, "OPTIONS", path, {
    headers: { Origin: origin, "Access-Control-Request-Method": "PATCH" },
  });

test("a named origin is told before what it may send, another one nothing", async () => {
  const told = expectStatus(await askBefore(named), 204);
  assert.equal(told.headers[readable], named);
  assert.match(String(told.headers["access-control-allow-methods"]), /PATCH/);
  const may = String(told.headers["access-control-allow-headers"]).toLowerCase().split(", ");
  for (const field of ["authorization", "couvert-secret", "tus-resumable", "upload-offset"]) {
    assert.ok(may.includes(field), field);
  }
  assert.match(String(told.headers["vary"]), /Origin/);
  assert.equal(told.headers["access-control-allow-credentials"], undefined);
  for (const stranger of [other, addOn, `${named}.evil.example`, "null"]) {
    assert.equal((await askBefore(stranger)).headers[readable], undefined, stranger);
  }
});

test("answers and refusals are readable for the named origin alone", async () => {
  const call = (/** @type {string} */ origin, /** @type {string} */ path) =>
    client.call("GET", path, { headers: { Origin: origin } });
  for (const [path, status] of /** @type {[string, number][]} */ ([
    ["/api/v1/server", 200],
    ["/api/v1/sent/aaaaaaaaaaaaaaaaaaaaaaaaaa", 404],
  ])) {
    const mine = expectStatus(await call(named, path), status);
    assert.equal(mine.headers[readable], named);
    assert.match(String(mine.headers["access-control-expose-headers"]), /Upload-Offset/);
    const theirs = expectStatus(await call(other, path), status);
    assert.equal(theirs.headers[readable], undefined);
    assert.match(String(theirs.headers["vary"]), /Origin/);
  }
});

test("no page of another origin acts by a cookie, or gets one", async () => {
  const json = { address: anna, language: "en", client: "browser" };
  const ask = (/** @type {string} */ origin, /** @type {Record<string, string>} */ more = {}) =>
    send(server.baseUrl, "POST", "/api/v1/verifications", {
      json,
      headers: { Origin: origin, "Sec-Fetch-Site": "cross-site", ...more },
    });
  expectProblem(await ask(other), 403, "refused");
  const cookie = `__Host-session=${client.token}`;
  const seen = async (/** @type {Record<string, string>} */ headers) => {
    const answer = await send(server.baseUrl, "GET", "/api/v1/verifications", { headers });
    return answer.json.verifications?.length ?? 0;
  };
  assert.equal(await seen({ Cookie: cookie }), 1, "the cookie holds");
  for (const origin of [named, addOn]) {
    const answer = expectStatus(await ask(origin), 202);
    assert.equal(answer.headers["set-cookie"], undefined, origin);
    assert.equal(await seen({ Cookie: cookie, Origin: origin }), 0, origin);
  }
});

test("in Chromium, a page of the named origin uses the API with its token", async () => {
  const browser = await launchChromium();
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(pagesOrigin);
    const ask = (/** @type {string} */ token) =>
      page.evaluate(
        async ([url, bearer]) => {
          const headers = { Authorization: `Bearer ${bearer}` };
          const answer = await fetch(`${url}/api/v1/verifications`, { headers });
          return { json: await answer.json(), id: answer.headers.get("Request-Id") };
        },
        [server.baseUrl, token],
      );
    const { json, id } = await ask(client.token);
    assert.equal(json.verifications[0].address, anna);
    assert.ok(id, "the page may read what is exposed");
    await page.goto(pagesOrigin.replace("127.0.0.1", "localhost"));
    await assert.rejects(ask(client.token), /Failed to fetch/);
  } finally {
    await browser.close();
  }
});
