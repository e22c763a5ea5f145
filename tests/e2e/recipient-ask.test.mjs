// A recipient without the password asks the sender for it, by a button after a wrong one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { launchChromium, openProfile, phone, Visits } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { headerOf, readable } from "./harness/mailbox.mjs";
import { RecipientPages, words } from "./harness/portal-pages.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";

const anna = "ask-anna@example.org";
const bert = "ask-bert@example.net";
const carla = "ask-carla@example.com";
const password = "Ein Pferd, 7 Hufe";

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {any} */
let sent;
/** @type {import("./harness/mailbox.mjs").Mailbox} the sender's */
let box;
before(async () => {
  // Each request says through which network it came.
  const config = { "": { proxies: '["127.0.0.0/8"]' } };
  server = await Couvertd.start({ name: "ask", config });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  box = await mailbox(anna);
  const more = { password, text: "Geheim", sender_language: "nl" };
  sent = await client.provide({ from: anna, to: [{ address: bert }, { address: carla }], more });
});
after(() => server?.stop());

/** @param {string} transfer_id @param {string} network */
function ask(transfer_id, network) {
  const headers = { "X-Forwarded-For": network };
  return client.call("POST", "/api/v1/transfers/ask", { json: { transfer_id }, headers });
}

/** The subject of the mail that asks for a password. @param {string} address */
async function subjectFor(address) {
  return (await words("nl"))["mail.password_asked.subject"].replace("{recipient}", address);
}

test("the button after a wrong password sends the sender one mail, in her language", async () => {
  const visits = new Visits();
  const browser = await launchChromium();
  const context = await openProfile(browser, { language: "de", viewport: phone });
  const page = await context.newPage();
  const texts = await words("de");
  const recipient = new RecipientPages(page, texts, async () => undefined);
  await page.goto(sent.recipients[0].link);
  await recipient.arrive("page.open.title");
  assert.equal(await page.getByTestId("ask-sender").count(), 0, "first the password is tried");
  await page.locator("#open-password").fill("Anders, 8 Hufe");
  await recipient.button("page.next").click();
  await page.getByTestId("ask-sender").waitFor();
  await visits.look(page, "ask-offered");
  await page.getByTestId("ask-sender").click();
  await page.getByText(texts["page.open.asked"]).waitFor();
  assert.equal(await page.getByTestId("ask-sender").count(), 0);
  await visits.look(page, "ask-done");
  const subject = await subjectFor(bert);
  const mail = await box.next({ fits: (one) => one.subject === subject });
  assert.deepEqual(mail.defects, []);
  assert.deepEqual(headerOf(mail, "Content-Language"), ["nl"]);
  assert.deepEqual(headerOf(mail, "Reply-To"), [], "nobody answers it with a password");
  assert.deepEqual(mail.links, []);
  for (const text of [mail.text, mail.html]) {
    assert.ok(readable(text).includes(bert), text);
    for (const secret of [password, "Geheim", sent.recipients[0].transfer_id]) {
      assert.ok(!text.includes(secret), secret);
    }
  }
  await browser.close();
  assert.deepEqual(visits.findings, []);
});

test("asked again, from anywhere, the answer is the same and no mail goes", async () => {
  for (const network of ["198.51.100.1", "198.51.100.2"]) {
    expectStatus(await ask(sent.recipients[0].transfer_id, network), 204);
  }
  expectStatus(await ask(sent.recipients[1].transfer_id, "198.51.100.3"), 204);
  /** @type {string[]} */
  const subjects = [];
  const last = await subjectFor(carla);
  await waitUntil("carla's mail is there", async () => {
    subjects.push(...(await box.rest()).map((mail) => mail.subject));
    return subjects.includes(last);
  });
  assert.ok(!subjects.includes(await subjectFor(bert)), subjects.join("\n"));
});

test("an unknown ID, a link, and a network that asks too often are refused", async () => {
  expectProblem(await ask(randomId(), "198.51.100.4"), 404, "denied");
  const to = { address: bert, kind: "to", slot_id: randomId(), secret: randomSecret() };
  const more = { open_by: "link", recipients: [to] };
  const other = await client.provide({ from: anna, to: [], more });
  expectProblem(await ask(other.recipients[0].transfer_id, "198.51.100.4"), 409, "conflict");
  const id = sent.recipients[0].transfer_id;
  // Twenty an hour, or twice that where an hour ends meanwhile.
  let taken = 0;
  let refused = await ask(id, "198.51.100.5");
  for (; refused.status === 204 && taken < 40; taken++) refused = await ask(id, "198.51.100.5");
  assert.ok(taken >= 20, `${taken}`);
  expectProblem(refused, 429, "throttled");
  assert.ok(refused.json.retry_after <= 3600);
  await client.call("POST", `/api/v1/sent/${sent.tracking_id}/revoke`);
  expectProblem(await ask(id, "198.51.100.6"), 404, "denied");
});
