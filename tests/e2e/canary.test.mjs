// No plaintext, password or key on any disk, in any log, in memory that is no longer used.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { canary, coreImage, searchFor, temporaryFiles } from "./harness/canary.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { output, waitUntil } from "./harness/processes.mjs";
import { mailbox, runContext } from "./harness/run-context.mjs";

const anna = "canary-anna@example.org";
const bert = "canary-bert@example.net";

const strings = {
  content: canary("content"),
  name: canary("name"),
  message: canary("message"),
  subject: canary("subject"),
  password: `${canary("password")} Aa1!`,
  wrong: `${canary("wrong")} Aa1!`,
};
const keys = { draft: randomSecret(), link: randomSecret(), session: "", retrieval: "" };

/** @type {Couvertd} */
let server;
let begun = 0;
before(async () => {
  begun = Date.now();
  server = await Couvertd.start({ name: "canary" });
  await useEverything();
});
after(() => server?.stop());

/** One transfer by password and one by link, filled with the strings, opened and read. */
async function useEverything() {
  const client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  keys.session = client.token;
  const part = Buffer.concat([randomBytes(500_000), Buffer.from(strings.content)]);
  const bytes = Buffer.concat([part, part, part]);
  const secret = { subject: strings.subject, text: `${strings.message}\n`.repeat(50) };
  const json = { password: strings.password };
  expectStatus(await client.call("POST", "/api/v1/passwords/check", { json }), 200);
  const sent = await client.provide({
    from: anna,
    to: [{ address: bert }],
    files: [[`Ordner/${strings.name}.txt`, bytes]],
    more: { ...secret, password: strings.password, notify_download: true },
  });
  keys.draft = sent.draft.secret;
  const { transfer_id } = sent.recipients[0];
  expectStatus(await client.tryOpen(transfer_id, { password: strings.wrong }), 403);
  const opened = await client.open(transfer_id, { password: strings.password });
  assert.equal(opened.opened.subject, strings.subject);
  keys.retrieval = opened.opened.token;
  for (const below of ["", "/files/0", "/zip"]) expectStatus(await opened.call("GET", below), 200);
  const range = { Range: "bytes=400000-600000" };
  expectStatus(await opened.call("GET", "/files/0", range), 206);
  expectStatus(await opened.call("DELETE"), 204);
  const by = { open_by: "link", slot_id: randomId(), ...secret };
  const slot = { slot_id: randomId(), secret: keys.link };
  const recipients = [{ address: bert, kind: "to", ...slot }];
  const files = /** @type {[string, Buffer][]} */ ([[`${strings.name}.txt`, bytes]]);
  const second = await client.provide({ from: anna, to: [], files, more: { ...by, recipients } });
  const [{ transfer_id: id, link }] = second.recipients;
  const again = await client.open(id, { secret: link.split("#")[1] });
  expectStatus(await again.call("GET", "/files/0"), 200);
  const abandoned = await client.createDraft(anna);
  await abandoned.upload(`${strings.name}.txt`, bytes);
  const form = JSON.stringify(secret);
  expectStatus(await abandoned.call("POST", "/form", { json: { form } }), 204);
  assert.equal(expectStatus(await abandoned.call("GET", "/form"), 200).json.form, form);
  const box = await mailbox(bert);
  await box.next();
  await box.next();
  await waitUntil("all mails are out", async () => {
    const waiting = await client.call("GET", `/api/v1/sent/${second.tracking_id}`);
    return waiting.json.recipients[0].mail === "handed_over";
  });
}

test("no string of a transfer lies in the server's folders, database or logs", async () => {
  const hits = await searchFor({ ...strings, ...keys }, [server.folder, server.data, server.log]);
  assert.deepEqual(hits, []);
});

test("no string of a transfer lies in a temporary folder or in the mail system", async () => {
  const { folder } = await runContext();
  const places = await temporaryFiles(begun, [folder]);
  assert.deepEqual(await searchFor(strings, [...places, path.join(folder, "mail")]), []);
});

test("no string of a transfer and no key lies in the server's memory afterwards", async () => {
  const core = await coreImage(server.pid);
  try {
    const hits = await searchFor({ ...strings, ...keys }, [core.file]);
    assert.deepEqual(hits, []);
  } finally {
    await core.remove();
  }
});

test("the search finds what is planted in a file, in every spelling", async () => {
  const folder = await newFolder("planted");
  const text = canary("planted");
  const data = Buffer.from(text);
  /** @type {[string, Buffer][]} */
  const ways = [
    ["text", data],
    ["UTF-16LE", Buffer.from(text, "utf16le")],
    ["UTF-16BE", Buffer.from(text, "utf16le").swap16()],
    ["hex", Buffer.from(data.toString("hex"))],
    ["HEX", Buffer.from(data.toString("hex").toUpperCase())],
    ...[0, 1, 2].map((shift) => {
      const moved = Buffer.concat([randomBytes(shift), data, randomBytes(7)]);
      return /** @type {[string, Buffer]} */ ([
        `base64 ${shift}`,
        Buffer.from(moved.toString("base64")),
      ]);
    }),
  ];
  for (const [way, bytes] of ways) {
    const file = path.join(folder, "object");
    await writeFile(file, Buffer.concat([randomBytes(70_000), bytes, randomBytes(100)]));
    const hits = await searchFor({ text }, [folder]);
    assert.ok(
      hits.some((hit) => hit.as === way),
      `${way}: ${JSON.stringify(hits)}`,
    );
  }
});

test("the search finds what is planted in the data folder, its names and the log", async () => {
  const text = canary("planted");
  const own = await Couvertd.prepare({ name: "planted" });
  assert.deepEqual(await searchFor({ text }, [own.folder]), []);
  await writeFile(path.join(own.data, "object"), `x${text}`);
  await writeFile(path.join(own.folder, `${text}.tmp`), "in the working folder");
  await appendFile(own.log, `{"event":"${text}"}\n`);
  const hits = await searchFor({ text }, [own.folder, own.log]);
  const places = hits.map((hit) => hit.place).join(" ");
  for (const place of ["data/object", `name of ${own.folder}`, own.log]) {
    assert.ok(places.includes(place), `${place} in ${places}`);
  }
});

test("the search finds what is planted in a database, over pages and in the WAL", async () => {
  const folder = await newFolder("planted");
  const text = canary("planted");
  const file = path.join(folder, "couvert.db");
  const filler = "x".repeat(4070); // so that the string lies over two pages
  const sql = (/** @type {string} */ value) =>
    output([
      "sqlite3",
      file,
      `CREATE TABLE IF NOT EXISTS t (v); INSERT INTO t VALUES ('${value}')`,
    ]);
  for (let before = 0; before < 40; before += 8)
    await sql(`${filler.slice(before)}${text}${filler}`);
  const hits = await searchFor({ text }, [folder]);
  assert.equal(hits.filter((hit) => hit.place.includes("table t")).length, 5);

  const other = path.join(folder, "wal.db");
  const writer = spawn("sqlite3", [other], { stdio: ["pipe", "ignore", "inherit"] });
  writer.stdin.write("PRAGMA journal_mode=WAL; CREATE TABLE t (v);\n");
  writer.stdin.write(`INSERT INTO t VALUES ('${text}');\n`);
  const written = async () => (await searchFor({ text }, [`${other}-wal`])).length > 0;
  await waitUntil("it is written", written);
  writer.stdin.end(".quit\n");
  await once(writer, "close");
});

test("the search finds what is planted in the temporary folder and in memory", async () => {
  const text = canary("planted");
  const file = `/tmp/couvert-planted-${process.pid}`;
  await writeFile(file, text);
  const places = await temporaryFiles(Date.now() - 60_000, []);
  assert.ok(places.includes(file));
  assert.equal((await searchFor({ text }, [file])).length, 1);
  await output(["rm", file]);

  const holder = spawn("/usr/bin/python3", [
    "-c",
    "import sys; held = sys.stdin.readline(); print('held', flush=True); sys.stdin.read()",
  ]);
  holder.stdin.write(`${text}\n`);
  await once(holder.stdout, "data");
  const core = await coreImage(Number(holder.pid));
  const hits = await searchFor({ text }, [core.file]);
  await core.remove();
  holder.stdin.end();
  await once(holder, "close");
  assert.ok(hits.length > 0);
});
