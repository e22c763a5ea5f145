// Received transfers: what is open for an address, by API and in the portal.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { desktop, launchChromium, openProfile, phone, Visits } from "./harness/browser.mjs";
import { CommandLine, mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { RecipientPages, words } from "./harness/portal-pages.mjs";
import { mailbox } from "./harness/run-context.mjs";

const anna = "received-anna@example.org";
const bert = "received-bert@example.net";
const carla = "received-carla@example.com";
const password = "Ein Pferd, 7 Hufe";
const name = "Dr. Anna Müller";

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let hers;
/** @type {ApiClient} */
let his;
let proof = "";
/** @type {any} */
let byPassword;
/** @type {any} */
let byLink;
before(async () => {
  server = await Couvertd.start({ name: "received" });
  hers = new ApiClient(server.baseUrl);
  his = new ApiClient(server.baseUrl);
  await hers.verify(anna);
  const files = /** @type {[string, Buffer][]} */ ([["a.txt", Buffer.from("abc")]]);
  const more = { password, name, text: "Geheim" };
  byPassword = await hers.provide({ from: anna, to: [{ address: bert }], files, more });
  const to = { address: bert, kind: "to", slot_id: randomId(), secret: randomSecret() };
  byLink = await hers.provide({ from: anna, to: [], more: { open_by: "link", recipients: [to] } });
  proof = (await his.verify(bert)).verification_id;
});
after(() => server?.stop());

/** @param {string} [query] */
const list = (query = "") => his.call("GET", `/api/v1/verifications/${proof}/received${query}`);

test("who reads a mailbox sees what is open for it, and nothing of what is in it", async () => {
  const answer = expectStatus(await list(), 200);
  const { to, transfers, more } = answer.json;
  assert.equal(to, bert);
  assert.equal(more, false);
  // Both may have been sent in the same second.
  const ids = transfers.map((/** @type {any} */ one) => one.tracking_id);
  assert.equal(ids.length, 2);
  const [link, one] = [byLink, byPassword].map((sent) => transfers[ids.indexOf(sent.tracking_id)]);
  assert.equal(link.open_by, "link");
  assert.equal(link.transfer_id, undefined, "the link stands in the mail alone");
  assert.equal(one.transfer_id, byPassword.recipients[0].transfer_id);
  assert.equal(one.from, anna);
  assert.equal(one.name, name);
  assert.deepEqual([one.file_count, one.bytes, one.opened], [1, 3, undefined]);
  for (const secret of ["Geheim", "a.txt", byLink.recipients[0].link.split("#")[1]]) {
    assert.ok(!answer.body.includes(secret), secret);
  }
  await his.open(one.transfer_id, { password });
  const again = expectStatus(await list(), 200).json.transfers;
  assert.ok(again[ids.indexOf(byPassword.tracking_id)].opened);
  const rest = expectStatus(await list(`?before=${ids[0]}`), 200).json.transfers;
  assert.deepEqual([rest.length, rest[0]?.tracking_id], [1, ids[1]]);
  const page = expectStatus(await list("?limit=1"), 200).json;
  assert.deepEqual([page.transfers[0].tracking_id, page.transfers.length], [ids[0], 1]);
  assert.equal(page.more, true);
  const last = expectStatus(await list(`?limit=1&before=${ids[0]}`), 200).json;
  assert.deepEqual([last.transfers[0].tracking_id, last.more], [ids[1], false]);
  expectProblem(await list("?limit=51"), 400, "invalid");
});

test("nobody else sees the list, and a tracking ID of others tells nothing", async () => {
  const path = `/api/v1/verifications/${proof}/received`;
  expectProblem(await new ApiClient(server.baseUrl).call("GET", path), 401, "unproven");
  expectProblem(await hers.call("GET", path), 404, "denied");
  expectProblem(await list(`?before=${randomId()}`), 404, "denied");
  expectProblem(await list("?before=x"), 400, "invalid");
  const other = await hers.provide({ from: anna, to: [{ address: carla }], more: { password } });
  expectProblem(await list(`?before=${other.tracking_id}`), 404, "denied");
});

for (const [language, viewport, scheme] of /** @type {const} */ ([
  ["de", phone, "light"],
  ["nl", desktop, "dark"],
  ["en", desktop, "forced"],
])) {
  test(`the portal shows it after a code, and opens by the password: ${language}`, async () => {
    const browser = await launchChromium();
    const visits = new Visits();
    const page = await (await openProfile(browser, { language, viewport, scheme })).newPage();
    const texts = await words(language);
    const recipient = new RecipientPages(page, texts, async () => undefined);
    const look = (/** @type {string} */ state) =>
      visits.look(page, `received-${language}-${state}`);
    await page.goto(server.baseUrl);
    await page.getByRole("link", { name: texts["page.start.received"] }).click();
    await recipient.arrive("page.inbox.title");
    await look("prove");
    await page.locator("#address").fill(bert);
    const box = await mailbox(bert);
    await box.rest();
    await recipient.button("page.next").click();
    const code = await box.nextCode();
    await page.locator("#code").fill(code);
    await recipient.button("page.verify.verify").click();
    const lines = page.getByTestId("received-transfer");
    await lines.nth(1).waitFor();
    assert.equal(await lines.count(), 2);
    await look("list");
    const linked = lines.filter({ hasText: texts["page.inbox.by_link"] });
    assert.equal(await linked.count(), 1);
    assert.equal(await linked.locator("a").count(), 0);
    await lines
      .filter({ has: page.locator("a") })
      .getByText(name)
      .click();
    await recipient.arrive("page.open.title");
    await page.locator("#open-password").fill(password);
    await recipient.button("page.next").click();
    await page.getByTestId("content").waitFor();
    await browser.close();
    assert.deepEqual(visits.findings, []);
  });
}

test("couvert received prints what is open, with what retrieve takes", async () => {
  const person = await CommandLine.create(server.baseUrl);
  await person.verify(bert);
  const { transfers } = await person.json(["received"]);
  assert.equal(transfers.length, 2);
  const { transfer_id } = byPassword.recipients[0];
  const known = transfers.map((/** @type {any} */ one) => one.transfer_id);
  assert.ok(known.includes(transfer_id) && known.includes(undefined));
  const lines = String(mustEndWell(await person.run(["received", bert])).stdout)
    .trim()
    .split("\n");
  assert.equal(lines.length, 2);
  assert.ok(lines.some((line) => line.includes(anna) && line.includes(transfer_id)));
});
