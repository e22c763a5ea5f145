// Every mail in every language, as a mail program reads it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import {
  ApiClient,
  expectStatus,
  inSeconds,
  randomId,
  randomSecret,
} from "./harness/api-client.mjs";
import { keepPicture, launchChromium, openProfile, phone } from "./harness/browser.mjs";
import { Couvertd, mailConfig } from "./harness/couvertd.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { FaultySmtp } from "./harness/faulty-smtp.mjs";
import { codeIn, headerOf, readable, transferLinkIn } from "./harness/mailbox.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { askToBeLetIn } from "./harness/programs.mjs";
import { mailbox, root, runContext } from "./harness/run-context.mjs";

/** @typedef {import("./harness/mailbox.mjs").Mail} Mail */

const password = "Ein Pferd, 7 Hufe";
const languages = ["de", "nl", "en"];

/** @type {Couvertd} */
let server;
/** The server's. @type {FakeClock} */
let time;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  time = await FakeClock.create();
  const look = { abuse: '"abuse@example.org"', colour: '"#7a1f5c"' };
  const config = { "": { organisation: '"Kammer Beispiel"' }, look };
  server = await Couvertd.start({ name: "mails", env: time.env, config });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The words of a language. @param {string} language @returns {Promise<Record<string, string>>} */
async function catalogue(language) {
  return JSON.parse(await readFile(path.join(root, `locales/${language}.json`), "utf8"));
}

/** What every mail must be. @param {Mail} mail @param {string} to @param {string} language */
async function checkForm(mail, to, language) {
  assert.deepEqual(mail.defects, []);
  assert.equal(mail.type, "multipart/alternative");
  assert.deepEqual(
    mail.parts.map((part) => `${part.type} ${part.charset}`),
    ["text/plain utf-8", "text/html utf-8"],
  );
  for (const name of ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version"]) {
    assert.equal(headerOf(mail, name).length, 1, `${name} once`);
  }
  assert.deepEqual(headerOf(mail, "Auto-Submitted"), ["auto-generated"]);
  assert.equal(mail.from[0].address, "transfer@example.org");
  assert.deepEqual(
    mail.to.map((one) => one.address),
    [to],
  );
  assert.match(mail.messageId, /^<[^<>@\s]{16,}@[^<>@\s]+>$/);
  const head = mail.raw.split(/\r?\n\r?\n/)[0];
  assert.ok(!/[^\x20-\x7e\r\n\t]/.test(head), "headers are ASCII");
  assert.ok(
    mail.raw.split(/\r?\n/).every((line) => line.length <= 998),
    "lines are short",
  );
  const page = mail.parts[1];
  assert.deepEqual(page.fetched, [], "nothing is fetched");
  for (const tag of ["script", "img", "link", "form", "iframe", "object", "input"]) {
    assert.ok(!page.tags.includes(tag), `no <${tag}>`);
  }
  assert.match(mail.html, new RegExp(`<html[^>]* lang="${language}"`));
  const words = await catalogue(language);
  const last = words["mail.automatic"].replace("{organisation}", "Kammer Beispiel");
  for (const text of [mail.text, mail.html]) {
    assert.ok(text.replace(/\s+/g, " ").includes(last), `${language}: ${text}`);
    assert.doesNotMatch(text, /\bmail\.[a-z]+\.[a-z]/, "every text is there");
  }
  for (const link of [...page.links, ...mail.links]) {
    assert.ok(/^(mailto:|tel:)/.test(link) || link.startsWith(`${server.baseUrl}/`), link);
  }
}

/** Looks at a mail on a phone, without network. @param {Mail} mail @param {string} name */
async function lookAt(mail, name) {
  const context = await openProfile(browser, { language: "en", viewport: phone });
  const page = await context.newPage();
  /** @type {string[]} */
  const asked = [];
  await page.route("**/*", (route) => {
    asked.push(route.request().url());
    return route.abort();
  });
  await page.setContent(mail.html);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await keepPicture(page, `mail-${name}`);
  await context.close();
  assert.deepEqual(asked, [], "a mail asks the network for nothing");
  assert.ok(width <= phone.width, `${name}: ${width} pixels wide`);
}

/** Who has proven a mailbox: codes are limited. @type {Map<string, ApiClient>} */
const senders = new Map();

for (const language of languages) {
  const anna = `mails-anna-${language}@example.org`;
  const bert = `mails-bert-${language}@example.net`;

  test(`the code's mail is whole in ${language}`, async () => {
    const client = new ApiClient(server.baseUrl);
    const box = await mailbox(anna);
    await client.requestCode(anna, language);
    const mail = await box.next();
    await checkForm(mail, anna, language);
    await lookAt(mail, `code-${language}`);
    assert.equal(mail.subject, (await catalogue(language))["mail.code.subject"]);
    const code = codeIn(mail);
    assert.ok(mail.html.includes(code), "the code can be copied as one word");
    assert.ok(
      mail.text.replace(/\s+/g, " ").includes((await catalogue(language))["mail.code.never"]),
    );
    assert.ok(!mail.subject.includes(code), "the code is not shown on a locked screen");
    assert.deepEqual(mail.links, []);
  });

  test(`notification, handed over and downloaded are whole in ${language}`, async () => {
    const client = new ApiClient(server.baseUrl);
    await client.verify(anna, language);
    senders.set(language, client);
    const [hers, his] = [await mailbox(anna), await mailbox(bert)];
    await hers.rest();
    const sent = await client.provide({
      from: anna,
      to: [{ address: bert }],
      files: [["Röntgen/Zahn 47.png", Buffer.from("abc")]],
      more: {
        password,
        language,
        name: "Dr. Änne Müller",
        phone: "+49 30 123456",
        notify_delivery: true,
        notify_download: true,
        show_file_names: true,
        text: "geheim",
      },
    });
    const notification = await his.next();
    await checkForm(notification, bert, language);
    assert.doesNotMatch(notification.text, /[{}]/, "every value is filled in");
    await lookAt(notification, `notification-${language}`);
    assert.deepEqual(
      notification.replyTo.map((one) => one.address),
      [anna],
    );
    assert.match(notification.from[0].name, /Dr\. Änne Müller/);
    assert.match(notification.html, /background:#7a1f5c;.*#7a1f5c/s, "the organisation's colour");
    assert.ok(notification.parts[1].links.includes("tel:+4930123456"));
    assert.equal(transferLinkIn(notification), sent.recipients[0].link);
    for (const text of [notification.text, notification.html]) {
      const told = ["Dr. Änne Müller", "+49 30 123456", anna, "Zahn 47.png", "abuse@example.org"];
      for (const wanted of told) {
        assert.ok(readable(text).includes(wanted), `${wanted} in ${text}`);
      }
      assert.ok(!text.includes("geheim"), "the confidential message stays in the transfer");
    }
    const handedOver = await hers.next();
    await checkForm(handedOver, anna, language);
    await lookAt(handedOver, `handed-over-${language}`);
    assert.ok(readable(handedOver.text).includes(bert));
    const opened = await client.open(sent.recipients[0].transfer_id, { password });
    expectStatus(await opened.call("GET", "/files/0"), 200);
    const downloaded = await hers.next();
    await checkForm(downloaded, anna, language);
    await lookAt(downloaded, `downloaded-${language}`);
    assert.ok(readable(downloaded.subject).includes(bert));
  });
}

for (const language of languages) {
  const anna = `mails-anna-${language}@example.org`;

  test(`who lets a program in is told so, and where it is ended, in ${language}`, async () => {
    const client = new ApiClient(server.baseUrl);
    const { verification_id } = await client.verify(anna, language);
    const box = await mailbox(anna);
    await box.rest();
    const name = "Nightly backup https://evil.example";
    const { user_code } = await askToBeLetIn(server.baseUrl, ["send", "account"], name);
    const json = { user_code, verification_id, language };
    expectStatus(await client.call("POST", "/api/v1/device/allow", { json }), 204);
    const mail = await box.next();
    await checkForm(mail, anna, language);
    await lookAt(mail, `program-${language}`);
    const texts = await catalogue(language);
    assert.ok(readable(mail.subject).includes(anna));
    const text = readable(mail.text).replaceAll(/\s+/g, " ");
    const told = ["may.send", "may.account", "not_you"].map((one) => texts[`mail.program.${one}`]);
    for (const wanted of [...told, "Nightly backup"]) assert.ok(text.includes(wanted), text);
    assert.ok(!text.includes(texts["mail.program.may.sent"]), "no more than it may");
    assert.ok(!mail.text.includes("evil.example"), "a name is no link");
    assert.deepEqual(new Set(mail.links), new Set([`${server.baseUrl}/device`]));
    assert.deepEqual(await box.rest(), [], "one mail");
  });
}

for (const language of languages) {
  const anna = `mails-anna-${language}@example.org`;
  const [bert, carl] = [`mails-b-${language}@example.net`, `mails-c-${language}@example.net`];

  /** Takes back a transfer of which the first recipient knows. @param {ApiClient} client */
  async function revoke(client) {
    const his = await mailbox(bert);
    const sent = await client.provide({
      from: anna,
      to: [{ address: bert }, { address: carl }],
      more: { password, language, text: "geheim" },
    });
    await his.next();
    const at = `/api/v1/sent/${sent.tracking_id}`;
    await waitUntil("it is handed over", async () => {
      const { json } = await client.call("GET", at);
      return json.recipients[0].mail === "handed_over";
    });
    expectStatus(await client.call("POST", `${at}/recipients/0/revoke`), 204);
    return { sent, told: await his.next() };
  }

  test(`who was told of a transfer hears that it was taken back, in ${language}`, async () => {
    const client = senders.get(language);
    assert.ok(client);
    const hers = await mailbox(anna);
    await hers.rest();
    const words = await catalogue(language);
    const { sent, told } = await revoke(client);
    await checkForm(told, bert, language);
    await lookAt(told, `revoked-${language}`);
    assert.equal(told.subject, words["mail.revoked.subject"]?.replace("{name}", "Anna Muster"));
    assert.equal(told.replyTo[0]?.address, anna);
    assert.deepEqual(told.links, [], "there is nothing to open");

    const confirmed = await hers.next();
    await checkForm(confirmed, anna, language);
    await lookAt(confirmed, `revocation-${language}`);
    assert.equal(confirmed.subject, words["mail.revocation.subject"]);
    for (const { text } of [told, confirmed]) {
      assert.ok(text.includes(sent.tracking_id));
      assert.ok(!text.includes(carl), "of the other nothing has changed");
      assert.ok(!text.includes("geheim"));
    }
    assert.ok(confirmed.text.includes(bert));
  });
}

/** Provides something that ends in an hour, by a link each or a password.
 * @param {string} language @param {boolean} byLink */
async function provideForAnHour(language, byLink) {
  const client = senders.get(language);
  assert.ok(client);
  const addresses = ["one", "two"].map((who) => `mails-${who}-${language}@example.net`);
  const recipients = addresses.map((address) => ({
    address,
    kind: "to",
    ...(byLink && { slot_id: randomId(), secret: randomSecret() }),
  }));
  const sent = await client.provide({
    from: `mails-anna-${language}@example.org`,
    to: [],
    files: [["Befund.pdf", Buffer.from("abc")]],
    more: {
      ...(byLink ? { open_by: "link" } : { password }),
      ...{ recipients, language, expires: inSeconds(3600) },
    },
  });
  if (!byLink) {
    const opened = await client.open(sent.recipients[0].transfer_id, { password });
    expectStatus(await opened.call("GET", "/files/0"), 200);
  }
  return { id: String(sent.tracking_id), addresses };
}

/** What became of each recipient. @param {string} language @param {boolean} byLink
 * @returns {Promise<RegExp[]>} */
async function fates(language, byLink) {
  const words = await catalogue(language);
  const rest = (/** @type {string} */ fate) =>
    new RegExp(String(words[`mail.expired.${fate}`]).replace("{recipient}: ", ""));
  return byLink ? [rest("unknown"), rest("unknown")] : [/1 (von|van|of) 1/, rest("unopened")];
}

test("at the end the sender hears in each language what became of each recipient", async () => {
  const kinds = languages.flatMap((language) => [
    { language, byLink: false },
    { language, byLink: true },
  ]);
  const ends = [];
  for (const { language, byLink } of kinds) {
    await (await mailbox(`mails-anna-${language}@example.org`)).rest();
    ends.push({ language, byLink, ...(await provideForAnHour(language, byLink)) });
  }
  await time.pass(3700);
  for (const { language, byLink, id, addresses } of ends) {
    const anna = `mails-anna-${language}@example.org`;
    const words = await catalogue(language);
    const hers = await mailbox(anna);
    const mail = await hers.next({ fits: ({ text }) => text.includes(id) });
    await checkForm(mail, anna, language);
    await lookAt(mail, `expired-${byLink ? "link-" : ""}${language}`);
    const title = String(words["mail.expired.title"]);
    assert.equal(mail.subject === title, byLink, mail.subject);
    const text = readable(mail.text).replace(/\s+/g, " ");
    for (const [at, fate] of (await fates(language, byLink)).entries()) {
      assert.match(text, new RegExp(`${addresses[at]}: ${fate.source}`));
    }
    assert.ok(!text.includes("Befund"), "no file is named");
  }
});

test("a mail that nobody may open names no file and no password", async () => {
  const client = new ApiClient(server.baseUrl);
  const carla = "mails-carla@example.com";
  await client.verify("mails-dora@example.org");
  const box = await mailbox(carla);
  await client.provide({
    from: "mails-dora@example.org",
    to: [{ address: carla }],
    files: [["Befund.pdf", Buffer.from("abc")]],
    more: { password, subject: "Betreff-Wort", text: "Text-Wort" },
  });
  const { raw, text, html } = await box.next();
  for (const secret of ["Befund.pdf", password, "Betreff-Wort", "Text-Wort"]) {
    for (const place of [raw, text, html]) assert.ok(!place.includes(secret), secret);
  }
});

const hostile = [
  `"<a href=//evil.example>Klick</a>`,
  "Anna\u202E gnp.exe",
  "https://evil.example/login",
  "www.evil.example",
  "🦷 Zahn & Söhne <script>alert(1)</script>",
  "Anna <mallory@evil.example>",
  "{name} {0} ${x} %s",
  "a".repeat(200),
  'Anna, Bert; <carla@example.com>, "x"',
  "=?utf-8?Q?evil?=",
  `${"🦷".repeat(40)} \u202E\u200F`,
  String.raw`Müller, Anna (Praxis) \ "Nord`,
];

/** @type {ApiClient | undefined} */
let fritz;

/** One sender for all of them: codes are limited. */
async function provenFritz() {
  if (!fritz) {
    fritz = new ApiClient(server.baseUrl);
    await fritz.verify("mails-fritz@example.org");
  }
  return fritz;
}

for (const name of hostile) {
  test(`the sender's name ${JSON.stringify(name.slice(0, 40))} stays text`, async () => {
    const client = await provenFritz();
    const box = await mailbox("mails-eva@example.net");
    await box.rest();
    await client.provide({
      from: "mails-fritz@example.org",
      to: [{ address: "mails-eva@example.net" }],
      files: [[`${name.slice(0, 100).replaceAll("/", "_")}.txt`, Buffer.from("abc")]],
      more: {
        password,
        name,
        phone: "<b>0",
        show_file_names: true,
        notification: {
          subject: `Re: ${name}`,
          text: `${name}\n\n<img src=x onerror=alert(1)> https://evil.example/ www.evil.example`,
        },
      },
    });
    const mail = await box.next();
    await checkForm(mail, "mails-eva@example.net", "en");
    assert.deepEqual(
      mail.replyTo.map((one) => one.address),
      ["mails-fritz@example.org"],
    );
    assert.equal(mail.from.length, 1);
    assert.doesNotMatch(mail.raw.split(/\r?\n\r?\n/)[0], /^(Bcc|Cc|X-Evil)/im);
    for (const text of [mail.subject, mail.text, mail.html, mail.from[0].name]) {
      assert.doesNotMatch(text, /[\u202A-\u202E\u2066-\u2069]/, "nothing turns the direction");
    }
  });
}

test("a name with a line break is refused before it can become a header", async () => {
  const client = new ApiClient(server.baseUrl);
  await client.verify("mails-gerd@example.org");
  const draft = await client.createDraft("mails-gerd@example.org");
  const start = draft.startBody([{ address: "bert@example.net" }], { password });
  for (const name of ["Anna\r\nBcc: x@evil.example", "Anna\nX-Evil: 1", "Anna\0", "A\u2028B"]) {
    expectStatus(await draft.start({ ...start, name }), 400);
    expectStatus(await draft.start({ ...start, phone: name.slice(0, 50) }), 400);
    const notification = { subject: name, text: "" };
    expectStatus(await draft.start({ ...start, notification }), 400);
  }
});

test("the mail of a transfer without password carries the link's secret and says so", async () => {
  const client = new ApiClient(server.baseUrl);
  const [hers, his] = [
    await mailbox("mails-hanna@example.org"),
    await mailbox("mails-ida@example.net"),
  ];
  await client.verify("mails-hanna@example.org");
  await hers.rest();
  const slot = { slot_id: randomId(), secret: randomSecret() };
  const sent = await client.provide({
    from: "mails-hanna@example.org",
    to: [],
    files: [["a.txt", Buffer.from("abc")]],
    more: {
      open_by: "link",
      notify_delivery: true,
      recipients: [{ address: "mails-ida@example.net", kind: "to", ...slot }],
    },
  });
  const link = transferLinkIn(await his.next());
  assert.equal(link, sent.recipients[0].link);
  const [, fragment] = link.split("#");
  assert.deepEqual(
    Buffer.from(fragment, "base64url"),
    Buffer.concat([Buffer.from([1]), Buffer.from(slot.secret, "base64url")]),
  );
  const opened = await client.open(sent.recipients[0].transfer_id, { secret: fragment });
  assert.equal(opened.opened.files.length, 1);
  const told = (await catalogue("en"))["mail.handed_over.no_password"];
  assert.ok((await hers.next()).text.replace(/\s+/g, " ").includes(told));
});

test("each recipient has a mail and a link of its own, and Bcc shows in no mail", async () => {
  const client = new ApiClient(server.baseUrl);
  await client.verify("mails-jo@example.org");
  /** @type {{ address: string, kind: "to" | "cc" | "bcc" }[]} */
  const to = [
    { address: "mails-k1@example.net", kind: "to" },
    { address: "mails-k2@example.com", kind: "cc" },
    { address: "mails-k3@example.org", kind: "bcc" },
  ];
  const sent = await client.provide({ from: "mails-jo@example.org", to, more: { password } });
  const links = new Set();
  for (const { address } of to) {
    const mail = await (await mailbox(address)).next();
    links.add(transferLinkIn(mail));
    const others = to.filter((one) => one.address !== address);
    for (const other of others) assert.ok(!mail.raw.includes(other.address), other.address);
  }
  assert.equal(links.size, 3);
  assert.equal(new Set(sent.recipients.map((/** @type {any} */ one) => one.link)).size, 3);
});

test("a mail server that breaks off after the last dot gets the same mail again", async () => {
  const { mail } = await runContext();
  const key = path.join(path.dirname(mail.certificate), "key.pem");
  const smtp = await FaultySmtp.start({ key, certificate: mail.certificate });
  const clock = await FakeClock.create();
  const options = { env: clock.env, mail: await mailConfig(smtp.port) };
  const own = await Couvertd.start({ name: "mails-faulty", ...options });
  try {
    smtp.drops = 1;
    await new ApiClient(own.baseUrl).requestCode("mails-lea@example.org");
    await waitUntil("it came", () => smtp.taken.length === 1);
    await clock.advance(90);
    await waitUntil("it came again", () => smtp.taken.length >= 2);
    const ids = smtp.taken.map(({ data }) => data.match(/^Message-I[dD]: *(?:\r\n )?(.*)$/m)?.[1]);
    assert.ok(ids[0]);
    assert.equal(new Set(ids).size, 1, ids.join(" "));
    assert.equal(new Set(smtp.taken.map(({ to }) => to)).size, 1);
  } finally {
    await own.stop();
    smtp.stop();
  }
});
