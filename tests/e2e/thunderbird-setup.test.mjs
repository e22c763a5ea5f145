// How the add-on in Debian's Thunderbird comes to its server, and whose mail it is that leaves.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import * as inside from "./harness/in-mail-program.mjs";
import { MailProgram } from "./harness/mail-program.mjs";
import { NamedHosts } from "./harness/named-hosts.mjs";
import { mailbox } from "./harness/run-context.mjs";

const first = "setup-anna@example.org";
const second = "setup-office@example.org";
const third = "setup-anna@example.net";
const recipient = "setup-bert@example.com";
const domain = "example.net";

/** @type {Couvertd} */
let server;
/** @type {NamedHosts} */
let hosts;
/** @type {MailProgram} */
let program;

before(async () => {
  server = await Couvertd.start({ name: "setup", config: { limits: { client_mail: "true" } } });
  hosts = await NamedHosts.start();
  hosts.answers.set(`https://${domain}/.well-known/couvert.json`, { server: server.baseUrl });
  program = await MailProgram.start({
    address: first,
    second,
    account: third,
    more: { "extensions.webextOptionalPermissionPrompts": false, ...hosts.preferences },
  });
  await program.trust(domain);
});

after(async () => {
  await program?.stop();
  hosts?.stop();
  await server?.stop();
});

/** @param {string} page @param {string} selector */
const valueOf = (page, selector) =>
  program.until(
    page,
    (/** @type {Window} */ w, /** @type {string} */ wanted) =>
      /** @type {HTMLInputElement | null} */ (w.document.querySelector(wanted))?.value,
    selector,
  );

test("the server that the mail domain names is proposed", async () => {
  await program.open("settings.html");
  assert.equal(await valueOf("settings.html", "#server"), server.baseUrl);
  await program.look("settings.html", "settings");
  await program.click("settings.html", "[data-testid=server] button[type=submit]");
  await program.isThere("settings.html", "[data-testid=server] .notice.good");
});

/** @param {string} address */
async function typeCode(address) {
  await program.fill("send.html", "#code", await (await mailbox(address)).nextCode());
  await program.click("send.html", "[data-testid=verify] button[type=submit]");
}

/** Sends a mail as somebody, with two attachments. @param {string} address */
async function sendAs(address) {
  const folder = await newFolder("setup-files");
  const [small, large] = ["small.txt", "large.bin"].map((name) => path.join(folder, name));
  await writeFile(small, "1");
  await writeFile(large, Buffer.alloc(2 * 1024 * 1024));
  const subject = `Letter of ${address}`;
  const body = "<p>Only for <b>Bert</b>.</p>";
  const files = [small, large];
  await program.run(inside.compose, { to: recipient, subject, body, files, identity: address });
  await program.press("msgcompose", "composeAction");
  // The mails of this identity come into a mailbox that Thunderbird does not read.
  if (address === second) await typeCode(address);
  await program.isThere("send.html", "[data-testid=files] li:nth-child(2)[data-state=done]");
  await program.click("send.html", "main[data-stage=form][data-complete=true] [data-testid=send]");
  await program.isThere("send.html", "[data-testid=done][data-kept=true]");
  await program.run(inside.close, { page: "send.html" });
  const notification = await (
    await mailbox(recipient)
  ).next({
    fits: ({ from }) => from.some((one) => one.address === address),
  });
  return { subject, notification };
}

for (const [whose, address] of [
  ["the first identity", first],
  ["another identity of the account", second],
  ["another account", third],
]) {
  test(`a mail leaves from ${whose}, and its copy lies in that account`, async () => {
    const { subject, notification } = await sendAs(address);
    assert.equal(notification.headers.filter(([name]) => name === "Sender").length, 0);
    const kept = await program.run(inside.mailIn, { address, flag: "SentMail", subject });
    assert.match(kept.from, new RegExp(address));
    assert.match(kept.text, /Only for \*?Bert/);
    assert.deepEqual(kept.attachments, ["small.txt"], "of the large one the name is kept alone");
    assert.match(kept.text, /large\.bin \(2/);
  });
}

test("what the administrator has set holds and cannot be changed", async () => {
  await program.manage({ server: server.baseUrl, keep_bytes_max: 0 });
  await program.restart();
  await program.open("settings.html");
  assert.equal(await valueOf("settings.html", "#server"), server.baseUrl);
  await program.isThere("settings.html", "#server[readonly]");
  await program.look("settings.html", "settings-managed");
  const { subject } = await sendAs(first);
  const kept = await program.run(inside.mailIn, { address: first, flag: "SentMail", subject });
  assert.deepEqual(kept.attachments, []);
  assert.match(kept.text, /small\.txt/);
});
