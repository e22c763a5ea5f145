// A pane is closed, or Outlook is quit, while a mail is on its way by Couvert: draft and transfer
// are both still there, another pane goes on, and on any doubt nothing leaves.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { newFolder, sha256 } from "./harness/files.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { hasLink, Office, press, ready, uploaded, user } from "./harness/outlook-pane.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./harness/outlook.mjs").Mail} Mail */

const office = new Office("going-on");
const { recipient, other, visits } = office;
before(() => office.start());
after(() => office.stop());

const nobody = { to: [], cc: [], bcc: [] };
const unsent = "[data-testid=done] [role=alert]";

/** @param {Page} page */
const wentOn = (page) => page.getByTestId("recovered").waitFor();

/** What a pane asks of the server, as `POST /files`. @param {Page} page */
function asked(page) {
  /** @type {{ what: string, offset: number }[]} */
  const calls = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    const offset = Number(request.headers()["upload-offset"] ?? 0);
    calls.push({ what: `${request.method()} /${pathname.split("/").at(-1)}`, offset });
  });
  return calls;
}

/** The mail goes out by Outlook, and what the recipient finds. @param {Page} page
 * @param {Awaited<ReturnType<typeof office.begin>>["outlook"]} outlook */
async function sendAndRetrieve(page, outlook) {
  await ready(page);
  const password = (await page.getByTestId("password").textContent()) ?? "";
  await page.close();
  outlook.mail.session.delete("open");
  const [link] = /http\S+\/r\/[a-z2-7]{26}/.exec(outlook.mail.html) ?? [];
  assert.equal(await outlook.send(office.profile), undefined);
  const fits = (/** @type {import("./harness/mailbox.mjs").Mail} */ mail) =>
    mail.links.some((one) => link && one.startsWith(link));
  const notification = await (await mailbox(recipient)).next({ fits });
  return office.retrieve(transferLinkIn(notification), password);
}

/** Sends, and closes the pane once Outlook is asked to change the mail, which it never does.
 * @param {Mail} mail @param {(page: Page) => Promise<unknown>} [prepare] */
async function closedAfterStart(mail, prepare) {
  const { outlook, page } = await office.begin(mail);
  await uploaded(page);
  await prepare?.(page);
  outlook.stalled = "to.setAsync";
  await press(page).catch(() => undefined);
  await waitUntil("the transfer is there", async () => outlook.calls.at(-1) === outlook.stalled);
  const password = (await page.getByTestId("password").textContent()) ?? "";
  await page.close();
  outlook.stalled = "";
  mail.reopen();
  return { outlook, password };
}

/** The request leaves, and no answer comes. @param {Page} page @param {boolean} arrives */
async function loseStart(page, arrives) {
  /** @type {(value?: unknown) => void} */
  let tell = () => undefined;
  const lost = new Promise((resolve) => (tell = resolve));
  await page.route("**/api/v1/drafts/*/start", async (route) => {
    if (arrives) await route.fetch();
    else await route.abort();
    tell();
  });
  await page.getByTestId("send").click();
  await lost;
  await page.close();
}

/** States of what Anna has sent, the latest first. */
async function sentStates() {
  const outlook = office.outlook(office.written(), { mode: "read" });
  const page = await outlook.open(office.profile, "transfers");
  await page.getByTestId("sent").waitFor();
  const states = await page
    .locator("[data-testid=sent] li[data-state]")
    .evaluateAll((all) => all.map((one) => one.getAttribute("data-state")));
  await page.close();
  return states;
}

test("uploads go on in the next pane; what was chosen from disk is chosen again", async () => {
  const mail = office.written();
  mail.attach("plan.txt", "the plan");
  const folder = await newFolder("going-on");
  const large = path.join(folder, "large.bin");
  const small = path.join(folder, "small.bin");
  await writeFile(large, randomBytes(30 * 1024 * 1024));
  await writeFile(small, randomBytes(1000));
  const { outlook, page } = await office.begin(mail);
  await uploaded(page);
  await page.locator("#more-files").setInputFiles(small);
  await page.locator("[data-testid=files] li:nth-child(2)[data-state=done]").waitFor();
  const line = await page.context().newCDPSession(page);
  const throttled = { offline: false, latency: 0, downloadThroughput: -1 };
  await line.send("Network.emulateNetworkConditions", {
    ...throttled,
    uploadThroughput: 6 * 1024 * 1024,
  });
  await page.locator("#more-files").setInputFiles(large);
  const percent = async () => (await page.locator("[data-state=running]").textContent()) ?? "";
  await waitUntil("half of it is there", async () => /[5-9]\d\s?%/.test(await percent()));
  await page.close();
  mail.reopen();

  const again = await outlook.open(office.profile, "send");
  const calls = asked(again);
  await wentOn(again);
  await again.locator("[data-state=unchosen]").waitFor();
  await visits.look(again, "outlook-choose-again");
  assert.equal(await again.locator("[data-testid=files] li[data-state=done]").count(), 2);
  await press(again);
  await again.locator("main[data-lack=unchosen]").waitFor();
  await again.locator("#more-files").setInputFiles(large);
  await uploaded(again);
  assert.ok(!calls.some(({ what }) => what === "POST /files"), "no file begins anew");
  const offsets = calls.filter(({ what }) => what.startsWith("PATCH")).map(({ offset }) => offset);
  assert.equal(offsets.length, 1, "what was whole is not sent again");
  assert.ok((offsets[0] ?? 0) >= 8 * 1024 * 1024, `on from ${offsets[0]}`);
  await press(again);
  const { out } = await sendAndRetrieve(again, outlook);
  for (const file of [large, small]) {
    assert.equal(await sha256(path.join(out, path.basename(file))), await sha256(file));
  }
  assert.equal(await readFile(path.join(out, "plan.txt"), "utf8"), "the plan");
});

test("an attachment of the same name and size with other bytes is another one", async () => {
  const mail = office.written();
  mail.attach("plan.txt", "the plan");
  mail.attach("gone.txt", "not any more");
  const { outlook, page } = await office.begin(mail);
  await uploaded(page);
  await page.close();
  mail.reopen();
  mail.attachments = [];
  mail.attach("plan.txt", "THE PLAN");
  const again = await outlook.open(office.profile, "send");
  await uploaded(again);
  await press(again);
  const { out, text } = await sendAndRetrieve(again, outlook);
  assert.equal(await readFile(path.join(out, "plan.txt"), "utf8"), "THE PLAN");
  assert.ok(!text.includes("gone.txt"));
});

test("quit between Start and the notification: the same transfer goes on", async () => {
  const mail = office.written();
  mail.attach("plan.txt", "the plan");
  const seen = mail.seen();
  const { outlook, password } = await closedAfterStart(mail);
  assert.deepEqual(mail.seen(), seen, "the draft is as it was");
  const again = await outlook.open(office.profile, "send");
  const calls = asked(again);
  await again.locator(unsent).waitFor();
  await visits.look(again, "outlook-not-told-yet");
  assert.deepEqual(mail.seen(), seen, "nothing happens by itself");
  assert.equal(await again.getByTestId("password").textContent(), password);
  await again.locator(`${unsent} button`).click();
  assert.ok(!calls.some(({ what }) => /POST \/(files|drafts)/.test(what)));
  const { text } = await sendAndRetrieve(again, outlook);
  assert.match(text, /plan of the vault/);
});

test("quit halfway, behind an attachment: the text goes on, and nothing of it leaves", async () => {
  const mail = office.written();
  mail.attach("plan.txt", "the plan");
  mail.attach("more.txt", "more");
  for (const isQuit of [false, true]) {
    const outlook = office.outlook(mail);
    const page = await outlook.open(office.profile, "send");
    if (isQuit) await page.locator(unsent).waitFor();
    else {
      await office.verified(page);
      await uploaded(page);
    }
    outlook.isMute = (call) => call === "removeAttachmentAsync";
    const button = isQuit ? page.locator(`${unsent} button`) : page.getByTestId("send");
    await button.click();
    const isGone = async () => mail.attachments.length === (isQuit ? 0 : 1);
    await waitUntil("an attachment is gone", isGone);
    await page.close();
    assert.deepEqual(mail.people, nobody);
    mail.session.delete("open");
    if (isQuit) mail.reopen();
  }
  const outlook = office.outlook(mail);
  const page = await outlook.open(office.profile, "send");
  await page.locator(unsent).waitFor();
  assert.deepEqual(mail.people, nobody);
  await page.locator(`${unsent} button`).click();
  const { out } = await sendAndRetrieve(page, outlook);
  assert.equal(await readFile(path.join(out, "more.txt"), "utf8"), "more");
  assert.deepEqual(mail.attachments, []);
});

test("the answer to Start is lost: what the server has made is found again", async () => {
  for (const arrives of [true, false]) {
    const mail = office.written();
    const { outlook, page } = await office.begin(mail);
    await uploaded(page);
    const before = (await sentStates()).length;
    await loseStart(page, arrives);
    mail.reopen();
    const again = await outlook.open(office.profile, "send");
    if (arrives) {
      await again.locator(unsent).waitFor();
      await again.locator(`${unsent} button`).click();
    } else {
      await wentOn(again);
      await uploaded(again);
      await press(again);
    }
    await sendAndRetrieve(again, outlook);
    assert.equal((await sentStates()).length, before + 1, "one transfer");
  }
});

test("edited after Start: nobody has heard of it, and it is taken back", async () => {
  const mail = office.written();
  const { outlook } = await closedAfterStart(mail);
  mail.html = "<p>The plan has changed, and that is for nobody else.</p>";
  const again = await outlook.open(office.profile, "send");
  await wentOn(again);
  await visits.look(again, "outlook-taken-back");
  assert.equal((await sentStates())[0], "revoked");
  await uploaded(again);
  await press(again);
  const { text } = await sendAndRetrieve(again, outlook);
  assert.match(text, /plan has changed/);
  assert.ok(!text.includes("vault"));
});

test("mailed by the server before the pane closed: the draft is a copy, edited too", async () => {
  for (const isEdited of [false, true]) {
    const mail = office.written();
    mail.people.cc = [user(other)];
    const { outlook, page } = await office.begin(mail);
    await uploaded(page);
    await loseStart(page, true);
    mail.reopen();
    if (isEdited) mail.subject = "Another subject";
    const again = await outlook.open(office.profile, "send");
    if (isEdited) await wentOn(again);
    else await again.locator("[data-testid=done][data-kept=true]").waitFor();
    assert.deepEqual(mail.people, nobody);
    assert.equal(mail.session.get("hold"), "left");
    await again.close();
    for (const address of [recipient, other]) {
      assert.ok(await (await mailbox(address)).next({ fits: hasLink }));
    }
  }
});

test("a mail that is its notification already stays that", async () => {
  const mail = office.written();
  const { outlook, page } = await office.begin(mail);
  await uploaded(page);
  outlook.isMute = (call, [people]) => call === "to.setAsync" && people.length > 0;
  await page.getByTestId("send").click();
  await waitUntil("it has its recipient", async () => /\/r\//.test(mail.html) && isAddressed(mail));
  await page.close();
  outlook.isMute = () => false;
  mail.reopen();
  const { html } = mail;
  const again = await outlook.open(office.profile, "send");
  await ready(again);
  assert.equal(mail.html, html);
  const { text } = await sendAndRetrieve(again, outlook);
  assert.match(text, /plan of the vault/);
});

const isAddressed = (/** @type {Mail} */ mail) => mail.people.to.length === 1;
