// What the operator is told by mail: a disk that fills, a certificate that ends, mails that wait.
import assert from "node:assert/strict";
import { mkdir, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { ApiClient } from "./harness/api-client.mjs";
import { Couvertd, mailConfig } from "./harness/couvertd.mjs";
import { CutLine } from "./harness/cut-line.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { newFolder } from "./harness/files.mjs";
import { asRoot } from "./harness/mail-system.mjs";
import { headerOf, readable } from "./harness/mailbox.mjs";
import { metricsOf } from "./harness/metrics.mjs";
import { freePort } from "./harness/ports.mjs";
import { output, waitUntil } from "./harness/processes.mjs";
import { mailbox, runContext } from "./harness/run-context.mjs";

const hour = 3600;
const day = 24 * hour;

/** A clock at ten in the morning: the hours that a test lets pass stay within one day. */
async function morning() {
  const clock = await FakeClock.create();
  const now = Math.floor(Date.now() / 1000);
  await clock.set(Math.ceil(now / day) * day + 10 * hour - now);
  return clock;
}

/** @param {string} mail @param {string} language */
const admin = (mail, language) => ({ mail: `"${mail}"`, language: `"${language}"` });

/** Waits for a look at everything since the server's start, and until its mails have gone; returns
 * how many mails have gone since the start. @param {Couvertd} server @param {number} looks */
async function afterLooks(server, looks) {
  const handed = 'couvert_mails_total{result="handed_over"}';
  return waitUntil(`${looks} looks`, async () => {
    const now = await metricsOf(server);
    const done = now.get('couvert_rounds_total{round="lookout",result="done"}') ?? 0;
    return done >= looks && now.get("couvert_outbox_waiting") === 0
      ? { mails: now.get(handed) }
      : undefined;
  });
}

/** A pair of keys in the server's files. @param {Couvertd} server @param {number} days */
async function makePair(server, days) {
  const kind = `-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days ${days}`;
  const files = ["-keyout", `${server.folder}/key.pem`, "-out", `${server.folder}/cert.pem`];
  await output(["openssl", "req", "-x509", ...kind.split(" "), "-subj", "/CN=localhost", ...files]);
}

test("a disk and a certificate that end are told once a day, until both are well", async (t) => {
  const to = "troubles-operator@example.org";
  const box = await mailbox(to);
  const clock = await morning();
  const data = path.join(await newFolder("filling"), "data");
  await mkdir(data);
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()},mode=0700`;
  await output(asRoot(["mount", "-t", "tmpfs", "-o", `size=64m,${owner}`, "tmpfs", data]));
  const config = { admin: admin(to, "de") };
  const options = { name: "troubles", secure: true, data, config, env: clock.env };
  /** @type {Couvertd | undefined} */
  let server;
  t.after(async () => {
    await server?.stop();
    await output(asRoot(["umount", data]));
  });
  server = await Couvertd.prepare(options);
  const days = 10;
  await makePair(server, days);
  const left = () => days - Math.floor(clock.seconds / day);
  await server.serve();
  assert.deepEqual(await afterLooks(server, 1), { mails: 1 }, "the disk is well");
  const ends = await box.next();
  assert.equal(ends.subject, `Couvert: Das Zertifikat läuft in ${left()} Tagen ab`);
  assert.ok(readable(ends.text).includes(`${server.folder}/cert.pem`), ends.text);
  assert.deepEqual(headerOf(ends, "Content-Language"), ["de"]);
  assert.deepEqual(headerOf(ends, "Auto-Submitted"), ["auto-generated"]);
  assert.deepEqual([ends.defects, ends.replyTo], [[], []]);

  const { bavail, bsize } = await statfs(data);
  const filler = path.join(data, "filler");
  await output(["fallocate", "-l", String(bavail * bsize - 3 * 1024 * 1024), filler]);
  await clock.pass(hour);
  assert.deepEqual(await afterLooks(server, 2), { mails: 2 }, "the certificate was told");
  const fills = await box.next();
  assert.equal(fills.subject, "Couvert: Der Speicherplatz wird knapp");
  assert.match(readable(fills.text).replace(/\s+/g, " "), /data\/objects .*nur noch [34] % frei/);

  await server.stop();
  await server.serve();
  assert.deepEqual(await afterLooks(server, 1), { mails: 0 }, "a restart tells nothing again");
  await clock.pass(day);
  assert.deepEqual(await afterLooks(server, 2), { mails: 2 });
  const again = [await box.next(), await box.next()].map(({ subject }) => subject).sort();
  assert.deepEqual(again, [ends.subject.replace(/\d+/, String(left())), fills.subject].sort());

  await rm(filler);
  await makePair(server, 400);
  await clock.pass(day);
  assert.deepEqual(await afterLooks(server, 3), { mails: 2 }, "all is well");
  assert.deepEqual(await box.rest(), []);
});

test("mails that waited for hours explain themselves when the mail server is back", async (t) => {
  const to = "troubles-mail@example.org";
  const [anna, bert] = ["troubles-anna@example.org", "troubles-bert@example.com"];
  const box = await mailbox(to);
  const clock = await morning();
  const { smtpPort } = (await runContext()).mail;
  const line = await CutLine.start(smtpPort);
  /** @type {Couvertd | undefined} */
  let started;
  t.after(async () => {
    await started?.stop();
    line.stop();
  });
  const server = (started = await Couvertd.start({
    name: "troubles-mail",
    env: clock.env,
    mail: await mailConfig(line.port),
    config: { admin: admin(to, "en") },
  }));
  const client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  line.target = await freePort(); // nobody listens there
  const since = clock.now();
  const more = { password: "Ein Pferd, 7 Hufe" };
  await client.provide({ from: anna, to: [{ address: bert }], more });
  await clock.pass(2 * hour);
  await waitUntil("the operator's mail waits", async () => {
    return (await metricsOf(server)).get("couvert_outbox_waiting") === 2;
  });
  line.target = smtpPort;
  await clock.pass(4 * hour); // longer than any pause between tries
  await new ApiClient(server.baseUrl).requestCode(anna); // wakes the outbox
  const mail = await box.next();
  assert.equal(mail.subject, "Couvert: mails are not going out");
  const text = readable(mail.text).replace(/\s+/g, " ");
  const date = since.toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "Europe/Berlin" });
  assert.match(text, /mail server 127\.0\.0\.1 .*one has been waiting since/);
  assert.ok(text.includes(date), text);
  await afterLooks(server, 3);
  assert.deepEqual(await box.rest(), [], "once");
  await (await mailbox(bert)).next();
});
