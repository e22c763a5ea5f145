// The add-in for Outlook in real Chromium, with a real couvertd and real mails; Outlook itself is a
// model (harness/outlook.mjs).
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { CommandLine } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { Mail } from "./harness/outlook.mjs";
import {
  hasLink,
  Office,
  press,
  ready,
  secretText,
  uploaded,
  user,
} from "./harness/outlook-pane.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */

const office = new Office("outlook");
const { sender, recipient, other, visits } = office;
before(() => office.start({ marks: '["[intern]"]', alert_bytes: String(5 * 1024 * 1024) }));
after(() => office.stop());

/** @param {import("./harness/mailbox.mjs").Mail} mail */
const isFromAnna = (mail) => mail.from[0]?.address === sender && hasLink(mail);

const sum = (/** @type {string | Buffer} */ bytes) =>
  createHash("sha256").update(bytes).digest("hex");

test("a mail to one recipient becomes its notification, which the person sends", async () => {
  const mail = office.written();
  mail.people.cc = [user("nobody@elsewhere.example")];
  mail.attach("small.bin", "1");
  const large = path.join(await newFolder("outlook-files"), "Größe.bin");
  await writeFile(large, randomBytes(30 * 1024 * 1024));
  const outlook = office.outlook(mail);
  const page = await outlook.open(office.profile, "send");
  await page.getByTestId("verify").waitFor();
  await visits.look(page, "outlook-verify");
  await office.verified(page);
  await page.locator("#more-files").setInputFiles(large);
  await page.locator("[data-testid=files] li:nth-child(2)[data-state=done]").waitFor();
  await visits.look(page, "outlook-form");
  await press(page);
  await page.locator("main[data-lack=refused]").waitFor();
  await visits.look(page, "outlook-refused");
  await page.getByTestId("without").click();
  await page.locator("[data-testid=people]:not(:has(.warn))").waitFor();

  const held = await outlook.send(office.profile);
  assert.match(held?.errorMessage ?? "", /still open/, "nothing leaves beside the pane");
  assert.equal(held?.sendModeOverride, undefined);
  mail.subject = "Vertraulich: Prüfung, zweiter Betreff";
  await press(page);
  await page.locator("main[data-lack=changed][data-stage=form]").waitFor();
  await press(page);
  await ready(page);
  await visits.look(page, "outlook-ready");
  assert.ok(!mail.html.includes("vault"), "the text is gone from the mail");
  assert.deepEqual(mail.attachments, []);
  assert.deepEqual(Object.values(mail.people).flat(), [user(recipient)]);
  const password = (await page.getByTestId("password").textContent()) ?? "";
  await page.close();
  mail.session.delete("open"); // as after half a minute
  assert.equal(await outlook.send(office.profile), undefined);

  const notification = await (await mailbox(recipient)).next({ fits: isFromAnna });
  assert.ok(!notification.text.includes("vault"));
  assert.ok(!notification.html.includes("Größe") && !notification.html.includes("vault"));
  const { out, text } = await office.retrieve(transferLinkIn(notification), password);
  assert.match(text, /plan of the vault/);
  assert.equal(sum(await readFile(path.join(out, "Größe.bin"))), sum(await readFile(large)));
  assert.equal(await readFile(path.join(out, "small.bin"), "utf8"), "1");
});

test("for several recipients the server mails, and the draft cannot leave again", async () => {
  const mail = office.written();
  mail.people.bcc = [user(other)];
  mail.attach("plan.txt", "the plan");
  const before = mail.seen();
  const { outlook, page } = await office.begin(mail);
  await uploaded(page);
  await press(page);
  await page.locator("[data-testid=done][data-kept=true]").waitFor();
  await visits.look(page, "outlook-by-server");
  await page.close();
  mail.session.delete("open");
  const links = [];
  for (const address of [recipient, other]) {
    links.push(transferLinkIn(await (await mailbox(address)).next({ fits: hasLink })));
  }
  assert.notEqual(links[0], links[1]);
  assert.deepEqual(mail.seen(), { ...before, people: { to: [], cc: [], bcc: [] } });
  assert.match((await outlook.send(office.profile))?.errorMessage ?? "", /recipient/);
  mail.people.to = [user(recipient)];
  const asked = await outlook.send(office.profile);
  assert.match(asked?.errorMessage ?? "", /has left by Couvert already/);
  assert.equal(asked?.sendModeOverride, "promptUser");
  assert.deepEqual(outlook.left, []);
  const again = await outlook.open(office.profile, "send");
  await again.getByTestId("recovered").waitFor();
  await again.close();
});

/** Goes the whole way; true where the mail is ready to leave, false where the pane says why not.
 * @param {Page} page */
async function goOn(page) {
  const failed = page.locator("[role=alert]").first();
  const form = page.locator("main[data-stage=form] [data-testid=files] li[data-state=done]");
  const unread = page.locator("[data-state=unread]");
  await failed.or(form).or(unread).first().waitFor();
  if ((await failed.isVisible()) || (await unread.isVisible())) return false;
  await press(page);
  const done = page.locator("[data-testid=done][data-ready=true]");
  await failed.or(done).first().waitFor();
  return done.isVisible();
}

/** Lets the n-th call fail; undefined where the way has fewer. @param {number} n */
async function failAt(n) {
  const mail = office.written();
  mail.attach("plan.txt", "the plan of the vault");
  const before = mail.seen();
  const outlook = office.outlook(mail);
  outlook.fate.set(n, "fails");
  const page = await outlook.open(office.profile, "send");
  const isReady = await goOn(page);
  await page.close();
  const call = outlook.calls[n - 1];
  const what = `call ${n}, ${call}`;
  assert.deepEqual(outlook.left, [], what);
  if (isReady) {
    // A pane says again that it is open; what is not noted goes on nowhere.
    assert.match(call ?? "sessionData", /sessionData|ustomProperties/, what);
    assert.ok(!mail.html.includes("vault"), what);
  } else {
    assert.deepEqual(mail.seen(), before, what);
    assert.equal(mail.session.get("hold"), undefined, what);
  }
  return call;
}

test("whichever call of Office fails, nothing leaves and the mail is as it was", async () => {
  const { page } = await office.begin(office.written());
  await page.close();
  /** @type {(string | undefined)[]} */
  const failed = [];
  for (let n = 1; !failed.includes(undefined); n += 4) {
    failed.push(...(await Promise.all([n, n + 1, n + 2, n + 3].map(failAt))));
  }
  const calls = failed.filter((call) => call !== undefined);
  assert.ok(calls.length > 30, `${calls.length} calls were made to fail`);
  for (const call of ["to.setAsync", "body.setAsync", "removeAttachmentAsync"]) {
    assert.ok(calls.includes(call), call);
  }
});

test("a pane that ends halfway leaves a mail that cannot go; the next puts it right", async () => {
  const mail = office.written();
  mail.attach("plan.txt", "the plan");
  const before = mail.seen();
  const { outlook, page } = await office.begin(mail);
  await uploaded(page);
  outlook.stalled = "subject.setAsync"; // behind recipients and body
  await press(page);
  const stalls = async () => outlook.calls.at(-1) === outlook.stalled;
  await waitUntil("it is halfway", stalls);
  await page.close();
  outlook.stalled = "";
  mail.session.delete("open");
  assert.ok(!mail.html.includes("vault"));
  assert.deepEqual(Object.values(mail.people).flat(), []);
  assert.match((await outlook.send(office.profile))?.errorMessage ?? "", /recipient/);
  mail.people.to = [user(recipient)]; // somebody who does not wonder
  assert.match(
    (await outlook.send(office.profile))?.errorMessage ?? "",
    /putting the notification/,
  );
  const again = await outlook.open(office.profile, "send");
  await again.locator("[data-testid=done] [role=alert]").waitFor();
  assert.deepEqual(mail.seen(), before);
  assert.deepEqual(outlook.left, []);
  await again.close();
});

test("where even putting back fails the mail has no recipients; one can try again", async () => {
  const mail = office.written();
  mail.attach("plan.txt", "the plan");
  const outlook = office.outlook(mail);
  const page = await outlook.open(office.profile, "send");
  await uploaded(page);
  outlook.failing = "subject.setAsync";
  await press(page);
  await page.locator("[data-testid=done] [role=alert]").waitFor();
  await visits.look(page, "outlook-not-left");
  assert.deepEqual(Object.values(mail.people).flat(), []);
  outlook.failing = "";
  await page.locator("[data-testid=done] [role=alert] button").click();
  await ready(page);
  assert.ok(!mail.html.includes("vault"));
  assert.deepEqual(mail.people.to, [user(recipient)]);
  assert.deepEqual(mail.attachments, []);
  await page.close();
});

test("a mail of plain text becomes a notification of plain text", async () => {
  const mail = office.written({ isPlainText: true, html: secretText });
  const { page } = await office.begin(mail);
  await press(page);
  await ready(page);
  await page.close();
  assert.match(mail.html, /\/r\/[a-z2-7]{26}/);
  assert.ok(!mail.html.includes("vault") && !mail.html.includes("<html"));
});

test("of two panes of one mail one goes on, and one notification is made", async () => {
  const mail = office.written();
  const outlook = office.outlook(mail);
  const pages = [
    await outlook.open(office.profile, "send"),
    await outlook.open(office.profile, "send"),
  ];
  for (const page of pages) await page.locator("main[data-stage=form]").waitFor();
  await press(pages[0]);
  await ready(pages[0]);
  const html = mail.html;
  await press(pages[1]);
  await pages[1].locator("main[data-lack=changed]").waitFor();
  assert.equal(mail.html, html);
  for (const page of pages) await page.close();
});

test("what Outlook does not hand over, and what is too much, does not leave", async () => {
  const mail = office.written();
  mail.attach("cloud.pptx", "link", { attachmentType: "cloud" });
  const { page } = await office.begin(mail);
  await page.locator("[data-state=unread]").waitFor();
  await press(page);
  await page.locator("main[data-lack=unread]").waitFor();
  await visits.look(page, "outlook-unread");
  await page.locator("[data-state=unread] button").click();
  await page.locator("[data-state=unread]").waitFor({ state: "detached" });
  assert.deepEqual(mail.attachments, []);
  const file = path.join(await newFolder("outlook-large"), "large.bin");
  await writeFile(file, Buffer.alloc(41 * 1024 * 1024));
  await page.locator("#more-files").setInputFiles(file);
  await page.getByText(/are too much/).waitFor();
  await visits.look(page, "outlook-too-large");
  await page.locator("[data-testid=files] li button").last().click();
  await page.locator("[data-testid=files] li").waitFor({ state: "detached" });
  await press(page);
  await ready(page);
  await page.close();
});

test("a notification is opened, its attachment saved, and answered by Couvert", async () => {
  const folder = await newFolder("outlook-received");
  const file = path.join(folder, "Bericht.bin");
  await writeFile(file, randomBytes(300_000));
  const passwordFile = path.join(folder, "password");
  const password = "Anders, 8 Hufe im Wind";
  await writeFile(passwordFile, password, { mode: 0o600 });
  const bert = await CommandLine.create(office.server.baseUrl);
  await bert.verify(recipient);
  const who = ["--from", recipient, "--name", "Bert Bach", "--to", sender, "--language", "en"];
  const what = ["--password-file", passwordFile, "--subject", "The report"];
  await bert.json(["provide", file, ...who, ...what]);
  const notification = await (await mailbox(sender)).next({ fits: hasLink });

  const shown = new Mail({ html: notification.html, subject: notification.subject });
  const outlook = office.outlook(shown, { mode: "read" });
  const page = await outlook.open(office.profile, "message");
  await page.locator("#password").fill("wrong");
  await page.getByTestId("open").click();
  await page.locator("[role=alert]").waitFor();
  await page.locator("#password").fill(password);
  await page.getByTestId("open").click();
  const download = page.waitForEvent("download");
  await page.getByTestId("save").click();
  const saved = await (await download).path();
  assert.equal(sum(await readFile(saved)), sum(await readFile(file)));
  await page.getByTestId("saved").waitFor();
  await visits.look(page, "outlook-message");
  await page.getByTestId("reply").click();
  await waitUntil("the reply's window is there", async () => outlook.replies === 1);
  await page.close();

  const reply = office.written({ conversationId: shown.conversationId, subject: "RE: The report" });
  const answering = office.outlook(reply);
  const second = await answering.open(office.profile, "send");
  await office.verified(second);
  const asked = second.waitForRequest(/\/drafts\/[a-z2-7]+\/start$/);
  await press(second);
  await ready(second);
  const { reply_to } = (await asked).postDataJSON();
  assert.ok(transferLinkIn(notification).includes(`/r/${reply_to}`), "it answers that transfer");
  await second.close();
  reply.session.delete("open");
  assert.equal(await answering.send(office.profile), undefined);
  const answer = await (await mailbox(recipient)).next({ fits: isFromAnna });
  assert.ok(transferLinkIn(answer));

  const plain = office.outlook(new Mail({ html: "<p>Lunch?</p>" }), { mode: "read" });
  const none = await plain.open(office.profile, "message");
  await none.getByText(/no link of your Couvert server/).waitFor();
  await none.close();
});

test("the alert before sending offers Couvert for size and mark, and lets others go", async () => {
  const large = office.written({ subject: "Photos" });
  large.attach("photos.zip", Buffer.alloc(5 * 1024 * 1024));
  const outlook = office.outlook(large);
  const asked = await outlook.send(office.profile);
  assert.match(asked?.errorMessage ?? "", /attachments are large/);
  assert.equal(asked?.sendModeOverride, "promptUser");
  const marked = office.outlook(office.written({ subject: "Plan [Intern]" }), {
    language: "de-DE",
  });
  assert.match(
    (await marked.send(office.profile))?.errorMessage ?? "",
    /als vertraulich gekennzeichnet/,
  );
  const small = office.outlook(office.written({ subject: "Lunch", html: "<p>Lunch?</p>" }));
  assert.equal(await small.send(office.profile), undefined);
  assert.equal(small.left.length, 1);
  const unsure = office.outlook(office.written());
  for (const n of [1, 2, 3]) {
    unsure.recount();
    unsure.fate.set(n, "fails");
    assert.match(
      (await unsure.send(office.profile))?.errorMessage ?? "",
      /could not check/,
      `call ${n}`,
    );
  }
  const older = office.outlook(large, { mailbox: "1.12" });
  assert.match((await older.send(office.profile))?.errorMessage ?? "", /attachments are large/);
  assert.equal(await older.send(office.profile), undefined, "who presses twice means it");
});

test("the size from which on Couvert is offered is the person's own", async () => {
  const mail = office.written({ subject: "Photos" });
  mail.attach("photos.zip", Buffer.alloc(2 * 1024 * 1024));
  const outlook = office.outlook(mail);
  const page = await outlook.open(office.profile, "settings");
  await page.locator("#keep").fill("1,5");
  await visits.look(page, "outlook-settings");
  await page.locator("button[type=submit]").click();
  await page.getByText("Saved.").waitFor();
  await page.close();
  assert.match((await outlook.send(office.profile))?.errorMessage ?? "", /attachments are large/);
});

test("the manifests name this server, and its panes may be framed by webmail alone", async () => {
  const get = (/** @type {string} */ name) => fetch(`${office.server.baseUrl}/outlook/${name}`);
  const xml = await (await get("manifest.xml")).text();
  const json = await (await get("manifest.json")).json();
  assert.ok(xml.includes(`${office.server.baseUrl}/outlook/send.html`));
  assert.ok(!`${xml}${JSON.stringify(json)}`.includes("couvert.invalid"));
  assert.equal(/<Id>(.*)<\/Id>/.exec(xml)?.[1], json.id);
  assert.match(json.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const [, target] of xml.matchAll(/DefaultValue="(http[^"]*\/outlook\/[^"]*)"/g)) {
    assert.equal((await fetch(/** @type {string} */ (target))).status, 200, target);
  }
  const page = await get("send.html");
  const policy = page.headers.get("content-security-policy") ?? "";
  assert.match(policy, /frame-ancestors 'self' https:\/\/outlook\.office\.com /);
  assert.match(policy, /script-src 'self' https:\/\/appsforoffice\.microsoft\.com;/);
  assert.equal(page.headers.get("x-frame-options"), null);
  const portal = await fetch(`${office.server.baseUrl}/`);
  assert.match(portal.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
  const without = await Couvertd.start({ name: "no-outlook" });
  assert.equal((await fetch(`${without.baseUrl}/outlook/manifest.xml`)).status, 404);
  await without.stop();
});

test("a verification that ended: nothing leaves, and one proves oneself anew", async () => {
  const mail = office.written();
  const before = mail.seen();
  const { outlook, page } = await office.begin(mail);
  await uploaded(page);
  const ended = await page.evaluate(async () => {
    const key = Object.keys(localStorage).find((one) => one.endsWith("couvert-outlook-token"));
    const headers = { Authorization: `Bearer ${localStorage.getItem(key ?? "")}` };
    const { verifications } = await (await fetch("/api/v1/verifications", { headers })).json();
    const place = `/api/v1/verifications/${verifications[0].verification_id}`;
    return (await fetch(place, { method: "DELETE", headers })).status;
  });
  assert.equal(ended, 204);
  await page.getByTestId("send").click();
  await page.getByTestId("again").waitFor();
  assert.deepEqual(mail.seen(), before);
  await page.getByTestId("again").click();
  await page.getByTestId("verify").waitFor();
  await office.verified(page);
  await uploaded(page);
  await press(page);
  await ready(page);
  assert.deepEqual(outlook.left, []);
  await page.close();
});

test("who closes the pane to look for the code is not mailed another one", async () => {
  const address = "outlook-anita@example.org";
  const outlook = office.outlook(new Mail(), { mode: "read", address });
  const first = await outlook.open(office.profile, "transfers");
  await first.getByText(/is on its way to outlook-anita/).waitFor();
  await first.close();
  const codes = await mailbox(address);
  const code = await codes.nextCode();
  const page = await outlook.open(office.profile, "transfers");
  await page.getByText(/a short while ago and still holds/).waitFor();
  await visits.look(page, "outlook-mailed-before");
  await page.locator("#code").fill(code);
  await page.locator("[data-testid=verify] button[type=submit]").click();
  await page.getByTestId("received").waitFor();
  await page.close();
  assert.deepEqual(await codes.rest(), []);
});

test("long lists of recipients go in parts; what Outlook cuts does not leave", async () => {
  const many = (/** @type {number} */ count) =>
    Array.from({ length: count }, (_, at) => user(`outlook-many-${at}@example.com`));
  const mail = office.written();
  mail.people.to = many(150);
  const { page } = await office.begin(mail);
  await uploaded(page);
  await press(page);
  await page.locator("[data-testid=done][data-kept=true]").waitFor();
  await page.close();
  assert.deepEqual(mail.people.to, []);
  const last = await mailbox("outlook-many-149@example.com");
  assert.ok(transferLinkIn(await last.next({ fits: hasLink })));
  // The web's Outlook tells 1000 of 1200; others tell 500.
  for (const count of [500, 1200]) {
    const cut = office.written();
    cut.people.to = many(count);
    const before = cut.seen();
    const outlook = office.outlook(cut);
    const second = await outlook.open(office.profile, "send");
    await second.getByText(/Outlook may not name all/).waitFor();
    assert.equal(await second.getByTestId("send").count(), 0);
    await second.close();
    assert.deepEqual(cut.seen(), before);
  }
});
