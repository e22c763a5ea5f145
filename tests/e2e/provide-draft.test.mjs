// What a sender has filled in survives: sealed at the server, offered again by the browser that
// began it. And what else the sender's way in the portal promises.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, inSeconds } from "./harness/api-client.mjs";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { pattern, RecipientPages, SenderPages, words } from "./harness/portal-pages.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContext} BrowserContext */

const password = "Ein Pferd, 7 Hufe";
const look = async () => undefined;

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Record<string, string>} */
let texts;
before(async () => {
  server = await Couvertd.start({ name: "drafts" });
  browser = await launchChromium();
  texts = await words("en");
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a draft's form comes back to its sender until the transfer is started", async () => {
  const client = new ApiClient(server.baseUrl);
  await client.verify("drafts-carla@example.org");
  const draft = await client.createDraft("drafts-carla@example.org");
  const form = async () => expectStatus(await draft.call("GET", "/form"), 200).json;
  const save = (/** @type {unknown} */ json) => draft.call("POST", "/form", { json });
  assert.deepEqual(await form(), {});
  expectStatus(await save({ form: "first" }), 204);
  const latest = `Grüße 🦷 "\n${"x".repeat(500_000)}`;
  expectStatus(await save({ form: latest }), 204);
  assert.deepEqual(await form(), { form: latest });
  for (const wrong of [{}, { form: 1 }, { form: "a", more: 1 }, { form: "x".repeat(524_289) }]) {
    expectProblem(await save(wrong), 400, "invalid");
  }
  assert.deepEqual(await form(), { form: latest });
  const start = draft.startBody([{ address: "drafts-dora@example.net" }], { password });
  expectStatus(await draft.start(start), 201);
  expectProblem(await draft.call("GET", "/form"), 409, "conflict");
  expectProblem(await save({ form: "late" }), 409, "conflict");
  expectProblem(await draft.call("GET"), 409, "conflict");
  expectProblem(await draft.call("DELETE"), 409, "conflict");
});

test("the recipients' mail is a page that does nothing, for forms of the portal", async () => {
  const client = new ApiClient(server.baseUrl);
  await client.verify("drafts-frame@example.org");
  const question = {
    from: "drafts-frame@example.org",
    name: "<script>alert(1)</script>",
    language: "de",
    expires: inSeconds(86_400),
    open_by: "password",
    notification: { subject: "Betreff", text: "Ü + & = % \n <img src=x>" },
  };
  const path = "/api/v1/notification/page";
  const type = "application/x-www-form-urlencoded";
  const ask = (/** @type {string} */ body, headers = {}, who = client) =>
    who.call("POST", path, { headers: { "Content-Type": type, ...headers }, body });
  const body = new URLSearchParams({ json: JSON.stringify(question) }).toString();
  const page = expectStatus(await ask(body), 200);
  assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
  assert.equal(page.headers["x-frame-options"], "SAMEORIGIN");
  const html = page.body.toString();
  assert.match(html, /<base target="_blank">/);
  assert.ok(html.includes("Ü + &amp; = %"), "the text came as it was typed");
  assert.doesNotMatch(html, /<script|<img/);

  for (const wrong of ["", "json=", "json={}", "json=%7B%7D", `${body}&json=1`, `a=1&${body}`]) {
    expectProblem(await ask(wrong), 400, "invalid");
  }
  expectStatus(await ask(body, { "Content-Type": "application/json" }), 415);
  expectProblem(await ask(body, {}, new ApiClient(server.baseUrl)), 401, "unproven");
  const foreign = await new ApiClient(server.baseUrl).call("POST", path, {
    headers: { "Content-Type": type, "Sec-Fetch-Site": "cross-site", Cookie: "__Host-session=x" },
    body,
  });
  expectProblem(foreign, 403, "refused");
});

/** A browser of a verified person, at the recipients. @param {string} anna
 * @param {{ at?: string }} [begin] */
async function newSender(anna, { at = "/provide" } = {}) {
  const context = await openProfile(browser, { language: "en" });
  const page = await context.newPage();
  page.on("dialog", (dialog) => dialog.accept()); // "leave this page?"
  const sender = new SenderPages(page, texts, look);
  await page.goto(server.baseUrl + at);
  await sender.arrive("page.contact.title");
  await sender.field("page.contact.name").fill("Anna Muster");
  await sender.field("page.contact.address").fill(anna);
  await sender.button("page.next").click();
  await sender.arrive("page.verify.title");
  await sender.field("page.verify.code").fill(await (await mailbox(anna)).nextCode());
  await sender.button("page.verify.verify").click();
  await sender.arrive("page.recipients.title");
  return { context, page, sender };
}

/** The same person on another day. @param {BrowserContext} context */
async function comeBack(context) {
  const page = await context.newPage();
  const sender = new SenderPages(page, texts, look);
  await page.goto(`${server.baseUrl}/provide`);
  await sender.arrive("page.contact.title");
  await sender.button("page.next").click();
  await sender.arrive("page.recipients.title");
  return { page, sender };
}

/** Fills in recipients, a message and a file, and waits until all is at the server.
 * @param {Page} page @param {SenderPages} sender @param {string} to */
async function fillIn(page, sender, to) {
  await page.locator("#recipients-to").fill(`${to}, drafts-cc@example.net`);
  await sender.button("page.next").click();
  await sender.arrive("page.content.title");
  const buffer = Buffer.from("abc");
  const file = { name: "Befund.txt", mimeType: "text/plain", buffer };
  await page.getByTestId("file-input").setInputFiles(file);
  await page.locator('[data-testid="file-row"][data-state="done"]').waitFor();
  const saved = page.waitForResponse((answer) => {
    const sent = answer.request().postData() ?? "";
    return answer.url().endsWith("/form") && sent.includes("anbei.");
  });
  await sender.message({ subject: "Größe", text: "Guten Tag,\nanbei." });
  assert.equal((await saved).status(), 204);
}

/** What the browser has noted of the draft. @param {Page} page */
const keptDraft = (page) =>
  page.evaluate(() => JSON.parse(localStorage.getItem("couvert.drafts") ?? "")[0]);

/** Whom this browser has proven, as the server knows it. @param {Page} page */
const proven = (page) =>
  page.evaluate(async () => (await (await fetch("/api/v1/verifications")).json()).verifications);

test("a closed browser loses neither recipients nor message nor a file", async () => {
  const bert = "drafts-bert@example.net";
  const { context, page, sender } = await newSender("drafts-anna@example.org");
  await fillIn(page, sender, bert);
  // What the browser has noted of the file: within a second.
  await waitUntil("the draft is noted", () =>
    page.evaluate(() => /"files":\{"0":\d{10,}/.test(localStorage.getItem("couvert.drafts") ?? "")),
  );
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.doesNotMatch(kept, /drafts-bert|Größe|Befund/, "the browser keeps ID and secret only");
  let codes = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/verifications") && request.method() === "POST") codes += 1;
  });
  await page.reload();
  await sender.arrive("page.contact.title");
  await page.waitForLoadState("networkidle");
  assert.equal(codes, 0, "a reload mails no code");
  await page.close();
  await server.stop(); // the night
  await server.serve();

  const back = await comeBack(context);
  await back.page.getByTestId("unfinished-recipients").getByText(bert).waitFor();
  await back.sender.button("page.unfinished.go_on").click();
  assert.equal(await back.page.getByTestId("recipient").count(), 2);
  await back.sender.button("page.next").click();
  await back.sender.arrive("page.content.title");
  assert.equal(await back.page.getByTestId("written-subject").textContent(), "Größe");
  await back.page.locator('[data-testid="file-row"][data-state="done"]').waitFor();
  await back.sender.button("page.next").click();
  const chosen = await back.sender.options("generate", "", "en");
  await back.sender.mailPage();
  await back.sender.button("page.notification.start").click();
  await back.sender.summary();
  await back.sender.button("page.summary.anew").click();
  await back.sender.arrive("page.contact.title");
  await back.sender.button("page.next").click();
  await back.sender.arrive("page.recipients.title");
  assert.equal(await back.page.getByTestId("recipient").count(), 0);
  assert.equal(await back.page.getByTestId("unfinished-recipients").count(), 0);
  assert.equal(await back.page.evaluate(() => localStorage.getItem("couvert.drafts")), null);

  const mail = await (await mailbox(bert)).next();
  const recipient = new RecipientPages(back.page, texts, look);
  await back.page.goto(transferLinkIn(mail));
  await recipient.open(chosen);
  assert.equal(await back.page.getByTestId("message-subject").textContent(), "Größe");
  const { name } = await recipient.download(recipient.saveLink("Befund.txt"));
  assert.equal(name, "Befund.txt");
  await context.close();
});

test("a draft that is discarded is gone here and at the server", async () => {
  const { context, page, sender } = await newSender("drafts-eva@example.org");
  await fillIn(page, sender, "drafts-bert@example.net");
  const draft = await keptDraft(page);
  const ask = (/** @type {Page} */ from) =>
    from.evaluate(async ({ id, secret }) => {
      const headers = { "Couvert-Secret": secret };
      return (await fetch(`/api/v1/drafts/${id}/form`, { headers })).status;
    }, draft);
  assert.equal(await ask(page), 200);
  await page.close();

  const back = await comeBack(context);
  await back.sender.button("page.unfinished.discard").click();
  // The harmless answer has the focus, and gives it back.
  await back.sender.button("page.revoke.no").and(back.page.locator(":focus")).click();
  await back.page.locator("#discard:focus").click();
  assert.equal(await ask(back.page), 200);
  await back.sender.button("page.unfinished.discard_yes").click();
  await back.page.getByTestId("unfinished-recipients").waitFor({ state: "detached" });
  await waitUntil("the draft is gone", async () => (await ask(back.page)) === 404);
  assert.equal(await back.page.evaluate(() => localStorage.getItem("couvert.drafts")), null);
  assert.equal(await back.page.getByTestId("recipient").count(), 0);
  await context.close();
});

test("who lets this device be forgotten leaves nothing in it", async () => {
  const fred = "drafts-fred@example.org";
  const { context, page, sender } = await newSender(fred);
  await fillIn(page, sender, "drafts-bert@example.net");
  const draft = await keptDraft(page);
  await page.getByRole("link", { name: texts["page.header.sent"], exact: true }).click();
  await sender.arrive("page.sent.title");
  await sender.button("page.forget.button").click();
  await sender.button("page.cancel").and(page.locator(":focus")).click();
  await page.locator("#forget:focus").click();
  assert.equal((await proven(page)).length, 1);
  await sender.button("page.forget.yes").click();
  await page.getByText(pattern(texts["page.forget.done"] ?? "")).waitFor();
  await sender.button("page.next").waitFor(); // somebody is to be proven anew
  assert.deepEqual(await proven(page), []);
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage, ...sessionStorage }]));
  assert.doesNotMatch(kept, /fred|people|drafts/);
  await page.goBack();
  await sender.arrive("page.contact.title"); // nor does the page hold what was filled in
  await context.close();

  const client = new ApiClient(server.baseUrl);
  await client.verify(fred);
  const headers = { "Couvert-Secret": draft.secret };
  expectProblem(await client.call("GET", `/api/v1/drafts/${draft.id}`, { headers }), 404, "denied");
});

test("a person's name can be edited, never the address; and a person can be removed", async () => {
  const { context, page, sender } = await newSender("drafts-greta@example.org");
  const contact = async () => {
    await page.goto(`${server.baseUrl}/provide`);
    await sender.arrive("page.contact.title");
  };
  await contact();
  await sender.button("page.contact.edit").click();
  await sender.field("page.contact.name").fill("Greta Neu");
  assert.ok(!(await sender.field("page.contact.address").isEditable()));
  await sender.button("page.next").click();
  await sender.arrive("page.recipients.title"); // verified still
  await contact();
  await page.getByText("Greta Neu", { exact: true }).waitFor();
  await sender.button("page.contact.remove").click();
  await sender.button("page.cancel").and(page.locator(":focus")).click();
  await sender.button("page.contact.remove").click();
  await page.getByRole("button", { name: texts["page.contact.remove_yes"], exact: true }).click();
  await page.locator("#name:focus").waitFor();
  assert.equal(await page.getByText("Greta Neu", { exact: true }).count(), 0);
  assert.deepEqual(await proven(page), []);
  assert.equal(await page.evaluate(() => localStorage.getItem("couvert.people")), null);
  await context.close();
});

test("a link fills in recipients and subject, and the page says that it did", async () => {
  const query = new URLSearchParams({ subject: "Unterlagen\u202e\n", cc: "drafts-c@example.net" });
  query.append("to", "Bert <drafts-bert@example.net>; kaputt@");
  query.append("to", "drafts-b@example.net");
  const begin = { at: `/provide?${query}` };
  const { context, page, sender } = await newSender("drafts-link@example.org", begin);
  await page.getByText(texts["page.recipients.from_link"]).waitFor();
  assert.equal(new URL(page.url()).search, "", "the addresses leave the address bar");
  const chips = page.getByTestId("recipient");
  const shown = (await chips.allTextContents()).map((one) => one.trim().split(/[\s:]/)[0]);
  assert.deepEqual(shown, [
    "drafts-bert@example.net",
    "kaputt@",
    "drafts-b@example.net",
    "drafts-c@example.net",
  ]);
  await sender.button("page.next").click();
  await page.getByTestId("refused").getByText("kaputt@").waitFor();
  await sender.removeWrong();
  await sender.button("page.next").click();
  await sender.arrive("page.content.title");
  assert.equal(await page.getByTestId("written-subject").textContent(), "Unterlagen");
  await context.close();
});

test("a pasted list of hundreds is asked about once; who may not receive goes", async () => {
  const { context, page, sender } = await newSender("drafts-list@example.org");
  const names = Array.from({ length: 300 }, (_, at) => `"P, ${at}" <drafts-${at}@example.net>`);
  const list = [...names, ...names.slice(0, 50), "x@elsewhere.example", "falsch@"].join(";\r\n");
  await page.evaluate((text) => navigator.clipboard.writeText(text), list);
  await page.locator("#recipients-to").focus();
  await page.keyboard.press("Control+v");
  const chips = page.getByTestId("recipient");
  await waitUntil("the list is read", async () => (await chips.count()) === 302);
  const count = sender.t("page.recipients.count").match(/other \{(.*?)\}/)?.[1] ?? "";
  await page.getByText(count.replace("#", "302"), { exact: true }).waitFor();
  await waitUntil("what is typed next is in sight", () =>
    page.locator("#recipients-to").evaluate((input) => {
      const line = input.getBoundingClientRect();
      const box = input.parentElement?.getBoundingClientRect();
      return box !== undefined && line.top >= box.top && line.bottom <= box.bottom + 1;
    }),
  );
  let questions = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/api/v1/policy")) questions += 1;
  });
  await sender.button("page.next").click();
  await page.getByTestId("refused").getByText("falsch@").waitFor();
  await sender.removeWrong();
  assert.equal(questions, 0, "what is no address is not asked about");
  await sender.button("page.next").click();
  await page.getByTestId("refused").getByText("x@elsewhere.example").waitFor();
  assert.equal(questions, 1);
  await sender.removeWrong();
  assert.equal(await chips.count(), 300);
  await sender.button("page.next").click();
  await sender.arrive("page.content.title");
  assert.equal(questions, 2);
  await context.close();
});

// Before the rules are changed for good.
test("a rule for the recipients that wants the sender's phone sends back to it once", async () => {
  const bert = "drafts-phone@example.net";
  const added = await server.run(["policy", "allow", "*", bert, "phone_required=yes"]);
  assert.equal(added.code, 0, added.stderr.toString());
  const { context, page, sender } = await newSender("drafts-fritz@example.org");
  await page.locator("#recipients-to").fill(bert);
  await sender.button("page.next").click();
  await sender.arrive("page.contact.title");
  await page.locator("#phone[aria-invalid=true]:focus").waitFor();
  await page.getByText(texts["page.contact.phone_ruled"] ?? "").waitFor();
  await sender.button("page.next").click();
  await page.getByText(texts["page.contact.phone_missing"] ?? "").waitFor();
  await page.locator("#phone").fill("+49 261 0");
  await sender.button("page.next").click();
  await sender.arrive("page.recipients.title");
  await sender.button("page.next").click();
  await sender.arrive("page.content.title");
  await page.goBack();
  await sender.arrive("page.recipients.title");
  await context.close();
});

const toAll = { action: "allow", sender: "*@example.org", recipient: "*" };

/** Makes these the only rules. @param {object[]} rules */
async function setRules(...rules) {
  const list = path.join(server.folder, "rules.json");
  await writeFile(list, JSON.stringify({ rules }));
  const ended = await server.run(["policy", "import", list]);
  assert.equal(ended.code, 0, ended.stderr.toString());
}

// The last: the rules stay as it leaves them.
test("what the rules forbid meanwhile is said at the start, and can be changed there", async () => {
  const bert = "drafts-bert@example.net";
  const { context, page, sender } = await newSender("drafts-hugo@example.org");
  await fillIn(page, sender, bert);
  await sender.button("page.next").click();
  await sender.options("generate", "", "en");
  /** Starts under new rules. @param {string} key of what is said @param {object[]} rules */
  const refused = async (key, ...rules) => {
    await sender.arrive("page.notification.title");
    await setRules(...rules);
    await sender.button("page.notification.start").click();
    await page.getByText(pattern(texts[key] ?? "")).waitFor();
    await sender.button("page.sending.correct").click();
  };

  await refused("page.error.life", { ...toAll, settings: { days_max: 1 } });
  await sender.arrive("page.options.title");
  await page.getByText("One day is possible at most").waitFor();
  await sender.button("page.next").click();

  const settings = { generated_passwords: false };
  await refused("page.error.start.generated_password", { ...toAll, settings });
  await sender.arrive("page.options.title");
  await page.locator("#password").fill(password);
  await page.locator("#password-again").fill(password);
  await sender.button("page.next").click();

  await sender.button("page.edit").click();
  await page.locator("#notification-subject").fill("Mein Betreff");
  await sender.button("page.save").click();
  const subject = page.getByTestId("notification-subject");
  await subject.getByText("Mein Betreff").waitFor();
  const fixed = { ...toAll, settings: { notification_editable: false } };
  await refused("page.error.start.notification_fixed", fixed);
  await subject.filter({ hasNotText: "Mein Betreff" }).waitFor();

  await refused("page.error.deny_rule", toAll, { action: "deny", sender: "*", recipient: bert });
  await page.getByTestId("refused").getByText(bert).waitFor();
  await sender.removeWrong();
  await sender.button("page.next").click();
  await sender.arrive("page.content.title");
  await sender.button("page.next").click();
  await sender.arrive("page.options.title");
  await sender.button("page.next").click();
  await sender.arrive("page.notification.title");
  await sender.button("page.notification.start").click();
  await sender.arrive("page.summary.title");
  await copiedPassword(page, sender);
  await context.close();
});

/** From the summary: five minutes after the copy a click anywhere empties the clipboard, also after
 * a reload, and again where the browser did not let it at first.
 * @param {Page} page @param {SenderPages} sender */
async function copiedPassword(page, sender) {
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const told = page.getByText(texts["page.password.still_copied"] ?? "");
  await page.clock.install();
  await sender.button("page.password.copy").click();
  await page.getByText(texts["page.password.copied"] ?? "").waitFor();
  await page.reload();
  await page.getByRole("link", { name: texts["page.header.start"], exact: true }).click();
  await sender.arrive("page.start.title");
  await page.clock.fastForward("04:30");
  await page.locator("h1").click();
  assert.equal(await told.count(), 0);
  assert.equal(await copied(), password);
  await page.clock.fastForward("00:31");
  await told.waitFor();
  await page.evaluate(() => {
    const { clipboard } = navigator;
    clipboard.writeText = async () => {
      Reflect.deleteProperty(clipboard, "writeText");
      throw new DOMException("not now", "NotAllowedError");
    };
  });
  await page.locator("h1").click();
  assert.equal(await copied(), password);
  await page.locator("h1").click();
  await told.waitFor({ state: "detached" });
  assert.equal(await copied(), "");
}
