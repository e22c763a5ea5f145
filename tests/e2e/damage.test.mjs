// Damage on the disk of a running server: a clean error or the right bytes, never others, never an
// answer that ends as if it were whole; the rest works on, and check names it.
import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { filesBelow, newFolder } from "./harness/files.mjs";
import { send } from "./harness/http.mjs";
import { output } from "./harness/processes.mjs";

const password = "Ein Pferd, 7 Hufe";
const anna = "damage-anna@example.org";
const large = randomBytes(9 * 1024 * 1024); // two parts
const small = randomBytes(2000);

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {string} */
let id;
/** @type {string} */
let other;
before(async () => {
  server = await Couvertd.prepare({ name: "damage" });
  server.log = path.join(server.folder, "log"); // what breaks here breaks on purpose
  await server.serve();
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  const to = [{ address: "damage-bert@example.net" }];
  const files = /** @type {[string, Buffer][]} */ ([
    ["large.bin", large],
    ["small.bin", small],
  ]);
  const more = { password };
  id = (await client.provide({ from: anna, to, files, more })).recipients[0].transfer_id;
  other = (await client.provide({ from: anna, to, files: files.slice(1), more })).recipients[0]
    .transfer_id;
});
after(() => server?.stop());

/** Reads all; whether all of it came. What came is right. @param {string} transferId */
async function readAll(transferId) {
  const answer = await client.tryOpen(transferId, { password });
  if (answer.status !== 201) return (assert.equal(answer.status, 500), false);
  const path = `/api/v1/retrievals/${answer.json.retrieval_id}`;
  const headers = { "Couvert-Retrieval": String(answer.json.token) };
  let whole = true;
  for (const file of answer.json.files) {
    const right = file.size === large.length ? large : small;
    // A connection that breaks is an error of `send`.
    const got = await send(server.baseUrl, "GET", `${path}/files/${file.no}`, {
      headers,
    }).catch(() => undefined);
    if (got?.status === 200) assert.ok(got.body.equals(right), "the right bytes, all of them");
    else whole = false;
  }
  return whole;
}

test("a flipped, cut or exchanged object never gives other bytes, and check names it", async () => {
  const folder = path.join(server.data, "objects");
  const names = (await filesBelow(folder)).filter((name) => !/lock/.test(name));
  assert.equal(names.length, 6);
  const objects = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      return { file, bytes: await readFile(file) };
    }),
  );
  for (const { file, bytes } of objects) {
    const flipped = Buffer.from(bytes);
    flipped[randomInt(bytes.length)] ^= 1 << randomInt(8);
    await writeFile(file, flipped);
    const [one, two] = [await readAll(id), await readAll(other)];
    assert.ok(one !== two, "one of the transfers has it, and only that one fails");
    await writeFile(file, bytes.subarray(0, randomInt(bytes.length)));
    assert.ok((await readAll(id)) !== (await readAll(other)));
    assert.equal((await server.run(["check"])).code, 1);
    await writeFile(file, bytes);
  }
  const parts = objects.filter(({ bytes }) => bytes.length > 1200 && bytes.length < 3000);
  const [first, second] = parts.slice(0, 2);
  await writeFile(first.file, second.bytes);
  await writeFile(second.file, first.bytes);
  await readAll(id);
  await readAll(other);
  await writeFile(first.file, first.bytes);
  await writeFile(second.file, second.bytes);
  assert.ok((await readAll(id)) && (await readAll(other)), "all is well again");
  assert.equal((await server.run(["check"])).code, 0);
});

test("keyslots and rows of another transfer open nothing", async () => {
  const database = path.join(server.data, "couvert.db");
  const copy = path.join(await newFolder("rows"), "couvert.db");
  await output(["sqlite3", database, `VACUUM INTO '${copy}'`]);
  const set = (/** @type {string} */ sql) =>
    output(["sqlite3", "-cmd", ".timeout 5000", database, sql]);
  const back = (/** @type {string} */ table) =>
    set(
      `ATTACH '${copy}' AS kept; DELETE FROM ${table};
      INSERT INTO ${table} SELECT * FROM kept.${table}`,
    );
  const exchange = (/** @type {string} */ table, /** @type {string} */ column) =>
    `ATTACH '${copy}' AS kept; UPDATE ${table} SET ${column} = (SELECT other.${column}
      FROM kept.${table} AS other WHERE other.seal_id <> ${table}.seal_id LIMIT 1)`;
  for (const [table, column] of [
    ["keyslot", "stored"],
    ["transfer", "notice"],
    ["transfer", '"end"'],
  ]) {
    await set(
      column === '"end"' ? `UPDATE transfer SET "end" = "end" + 86400` : exchange(table, column),
    );
    for (const one of [id, other]) {
      const answer = await client.tryOpen(one, { password });
      assert.equal(answer.status, 500, `${table}.${column}: ${answer.status}`);
    }
    await back(table);
  }
  assert.ok(await readAll(id));
  expectStatus(await client.call("GET", "/readyz"), 200);
});

test("an empty database beside the objects of another is refused and erases nothing", async () => {
  await server.stop();
  const aside = await newFolder("aside");
  const names = ["couvert.db", "couvert.db-wal", "couvert.db-shm"];
  for (const name of names) {
    await rename(path.join(server.data, name), path.join(aside, name)).catch(() => undefined);
  }
  const before = await filesBelow(path.join(server.data, "objects"));
  const ended = await server.run(["serve"]);
  assert.equal(ended.code, 3, ended.stderr.toString());
  assert.match(ended.stderr.toString(), /^couvertd: error: .*objects.*another database.*\n$/);
  assert.deepEqual(await filesBelow(path.join(server.data, "objects")), before);
  for (const name of names) {
    await rename(path.join(aside, name), path.join(server.data, name)).catch(() => undefined);
  }
  await server.serve();
  assert.ok(await readAll(id));
});
