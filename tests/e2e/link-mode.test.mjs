// A transfer without password: the link opens it, after a click. Programs that look at links in
// mails fetch them, run the page's scripts and press what can be pressed; that consumes nothing and
// counts as nothing.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd, mailConfig } from "./harness/couvertd.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { FaultySmtp } from "./harness/faulty-smtp.mjs";
import { searchFor } from "./harness/canary.mjs";
import { send } from "./harness/http.mjs";
import { codeInText, transferLinkIn } from "./harness/mailbox.mjs";
import { RecipientPages, words } from "./harness/portal-pages.mjs";
import { output, pause, waitUntil } from "./harness/processes.mjs";
import { mailbox, runContext } from "./harness/run-context.mjs";

const anna = "link-anna@example.org";
const bert = "link-bert@example.net";
const text = "Guten Tag 🦷";
/** @type {[string, Buffer][]} */
const files = [
  ["a.txt", Buffer.from("Zähne\n")],
  ["b.txt", Buffer.from("mehr\n")],
];
const pressable = "a, button, input, select, summary";

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "link" });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** @param {ApiClient} sender */
async function provideByLink(sender) {
  const secret = randomSecret();
  const slot = { slot_id: randomId(), secret };
  const recipients = [{ address: bert, kind: "to", ...slot }];
  const more = { open_by: "link", slot_id: randomId(), text, notify_download: true, recipients };
  const sent = await sender.provide({ from: anna, to: [], files, more });
  return { sent, secret };
}

/** What the sender can see of a transfer. @param {{ tracking_id: string }} sent */
async function stateOf({ tracking_id }) {
  return expectStatus(await client.call("GET", `/api/v1/sent/${tracking_id}`), 200).json;
}

/** A page as a scanner has it: a fresh profile, the link followed, its scripts run.
 * @param {string} link @param {string[]} seen every address that is asked for */
async function visit(link, seen) {
  const page = await (await openProfile(browser, { language: "en" })).newPage();
  page.on("request", (request) => seen.push(`${request.method()} ${request.url()}`));
  page.on("dialog", (dialog) => dialog.dismiss());
  await page.goto(link);
  await page.locator("main h1").first().waitFor();
  await page.locator("main form").waitFor();
  return page;
}

test("a scanner that fetches, runs scripts and presses everything changes nothing", async () => {
  const { sent, secret } = await provideByLink(client);
  const link = transferLinkIn(await (await mailbox(bert)).next());
  assert.equal(link, sent.recipients[0].link);
  assert.ok(link.includes(`#`) && !link.split("#")[0].includes(secret));
  const before = await waitUntil("the mail is out", async () => {
    const state = await stateOf(sent);
    return state.recipients[0].mail === "handed_over" && state;
  });

  const below = new URL(link).pathname;
  for (const method of ["GET", "HEAD", "GET", "HEAD"]) {
    expectStatus(await send(server.baseUrl, method, below), 200);
    expectStatus(await send(server.baseUrl, method, `${below}?utm_source=mail`), 200);
  }
  /** @type {string[]} */
  const seen = [];
  const first = await visit(link, seen);
  assert.ok(!first.url().includes("#"), "the secret has left the address bar");
  assert.equal(seen.filter((one) => one.includes("/api/v1/retrievals")).length, 0, "not opened");
  const count = await first.locator(pressable).count();
  await first.context().close();
  assert.ok(count > 5, `${count} things to press`);
  let shown = 0;
  for (let index = 0; index < count; index++) {
    const page = await visit(link, seen);
    const thing = page.locator(pressable).nth(index);
    await thing.click({ force: true, noWaitAfter: true, timeout: 3_000 }).catch(() => undefined);
    await pause(500);
    const opens = seen.filter((one) => one.endsWith("/api/v1/retrievals")).length > shown;
    if (opens) {
      await page.getByTestId("content").waitFor();
      shown++;
    }
    await page.context().close();
  }
  assert.ok(shown > 0, "the button that opens was among what was pressed");
  assert.deepEqual(await stateOf(sent), before, "nothing is recorded");
  const strange = seen.filter((one) => one.includes(secret) || /\/files\/|\/zip/.test(one));
  assert.deepEqual(strange, []);

  // The person comes after the scanner, and is the first whom the sender hears of.
  const page = await visit(link, seen);
  const recipient = new RecipientPages(page, await words("en"), async () => undefined);
  await recipient.open("");
  assert.equal((await page.getByTestId("message-text").textContent())?.trim(), text);
  assert.deepEqual(await stateOf(sent), before, "content that is shown is not downloaded");
  const { file } = await recipient.download(recipient.saveLink(files[0][0]));
  assert.ok((await readFile(file)).equals(files[0][1]));
  await page.context().close();
  await waitUntil("it is recorded", async () => (await stateOf(sent)).recipients[0].retrieved);
  const told = await (await mailbox(anna)).next({ fits: (mail) => /download/i.test(mail.subject) });
  assert.ok(told.text.includes(bert));
  const more = (await (await mailbox(anna)).rest()).filter((mail) =>
    /download/i.test(mail.subject),
  );
  assert.equal(more.length, 1, "one mail about one download");
});

test("a waiting mail's secret lies nowhere in the clear, and goes with the mail", async () => {
  const { mail } = await runContext();
  const key = path.join(path.dirname(mail.certificate), "key.pem");
  const smtp = await FaultySmtp.start({ key, certificate: mail.certificate });
  const clock = await FakeClock.create();
  const mailTo = await mailConfig(smtp.port);
  const own = await Couvertd.start({ name: "link-mail", mail: mailTo, env: clock.env });
  try {
    const sender = new ApiClient(own.baseUrl);
    await sender.requestCode(anna);
    await waitUntil("the code's mail is there", () => smtp.taken.length === 1);
    const json = { address: anna, code: codeInText(smtp.taken[0].data) };
    expectStatus(await sender.call("POST", "/api/v1/verifications/confirm", { json }), 200);
    smtp.rcptAnswer = "451 4.3.0 later";
    const { secret } = await provideByLink(sender);
    const database = path.join(own.data, "couvert.db");
    const sealed = async () =>
      (
        await output([
          "sqlite3",
          database,
          "SELECT content FROM outbox WHERE kind = 'notification'",
        ])
      ).trim();
    const row = await waitUntil("the mail waits", sealed);
    assert.ok(row.length > 500);
    assert.deepEqual(await searchFor({ secret }, [own.folder, own.data, own.log]), []);
    const lies = () => searchFor({ row: row.slice(200, 400) }, [own.data]);
    assert.ok((await lies()).length > 0, "the search finds the sealed row while it waits");
    smtp.rcptAnswer = "250 ok";
    await clock.advance(3600);
    await waitUntil("the mail is out", () => smtp.taken.length >= 2, { deadline: 30_000 });
    await waitUntil("the row is gone, and what it was", async () => (await lies()).length === 0, {
      deadline: 20_000,
      every: 300,
    });
    assert.equal(await sealed(), "");
  } finally {
    await own.stop();
    smtp.stop();
  }
});
