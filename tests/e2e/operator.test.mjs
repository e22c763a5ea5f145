// What an operator meets: a second server, a check that tells the truth, a wrong configuration.
import assert from "node:assert/strict";
import { copyFile, readFile, rename, unlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { filesBelow, newFolder } from "./harness/files.mjs";
import { output } from "./harness/processes.mjs";

const anna = "operator-anna@example.org";
const password = "Ein Pferd, 7 Hufe";

/** @type {Couvertd} */
let server;
before(async () => {
  server = await Couvertd.start({ name: "operator" });
  const client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  for (const name of ["a.txt", "b.txt"]) {
    const to = [{ address: "bert@example.net" }];
    await client.provide({
      from: anna,
      to,
      files: [[name, Buffer.from(name)]],
      more: { password },
    });
  }
});
after(() => server?.stop());

/** A second server on our store, but for what is its own. @param {Record<string, string>} own */
async function second(own) {
  const { data } = server;
  const one = await Couvertd.prepare({ name: "second", rules: [] });
  const store = {
    database: `"sqlite:${data}/couvert.db"`,
    objects: `"file:${data}/objects"`,
    day_keys: `"file:${data}/day-keys"`,
    ...own,
  };
  const text = await readFile(one.config, "utf8");
  const lines = Object.entries(store).map(([key, value]) => `${key} = ${value}`);
  await writeFile(one.config, text.replace(/\[store\]\n[^[]*/, `[store]\n${lines.join("\n")}\n\n`));
  return one;
}

test("a second server on the same database refuses to start and touches nothing", async () => {
  const folder = await newFolder("own");
  const one = await second({ objects: `"file:${folder}/objects"` });
  const ended = await one.run(["serve"]);
  assert.ok(ended.code && ended.code !== 0, `ended with ${ended.code}`);
  assert.match(ended.stderr.toString(), /^couvertd: error: .*(database|couvert\.db).*\n$/);
  expectStatus(await new ApiClient(server.baseUrl).call("GET", "/readyz"), 200);
});

test("a second server on the same object folder refuses to start", async () => {
  const folder = await newFolder("own");
  const one = await second({ database: `"sqlite:${folder}/couvert.db"` });
  const ended = await one.run(["serve"]);
  assert.ok(ended.code && ended.code !== 0, `ended with ${ended.code}`);
  assert.match(ended.stderr.toString(), /^couvertd: error: .*objects.*\n$/);
});

test("check is content with a running server's store and ends with 0", async () => {
  const ended = await server.run(["check"]);
  assert.equal(ended.code, 0, ended.stdout.toString() + ended.stderr.toString());
});

test("check names a lost object, one of the wrong length and one that no row names", async () => {
  const objects = path.join(server.data, "objects");
  const names = (await filesBelow(objects)).filter((name) => !/lock/i.test(name));
  assert.equal(names.length, 4, names.join(" "));
  const [lost, cut] = names.map((name) => path.join(objects, name));
  const aside = path.join(await newFolder("aside"), "object");
  await rename(lost, aside);
  const whole = await readFile(cut);
  await writeFile(cut, whole.subarray(0, whole.length - 1));
  // An object lies in the folder of its ID's first byte in hexadecimal.
  const stray = path.join(objects, "00", "a".repeat(path.basename(cut).length));
  await copyFile(aside, stray);
  const old = Date.now() / 1000 - 3 * 86_400; // a young one may belong to an upload
  await utimes(stray, old, old);

  const ended = await server.run(["check"]);
  assert.equal(ended.code, 1);
  const lines = ended.stdout.toString().trim().split("\n");
  for (const name of [lost, cut, stray].map((file) => path.basename(file))) {
    assert.equal(lines.filter((line) => line.includes(name)).length, 1, `${name}: ${lines}`);
  }
  assert.equal(lines.length, 3, lines.join("\n"));

  await rename(aside, lost);
  await writeFile(cut, whole);
  await unlink(stray);
  assert.equal((await server.run(["check"])).code, 0);
});

test("check names a row whose transfer is gone", async () => {
  const database = path.join(server.data, "couvert.db");
  const copy = path.join(await newFolder("copy"), "couvert.db");
  await output(["sqlite3", database, `VACUUM INTO '${copy}'`]);
  await output(["sqlite3", copy, "PRAGMA foreign_keys=OFF; DELETE FROM transfer WHERE rowid=1;"]);
  const one = await second({ database: `"sqlite:${copy}"` });
  const ended = await one.run(["check"]);
  assert.equal(ended.code, 1, ended.stdout.toString() + ended.stderr.toString());
  assert.ok(ended.stdout.toString().trim().length > 0);
});

test("a wrong configuration is refused with file, line, key and what is expected", async () => {
  const good = await readFile(server.config, "utf8");
  const one = await Couvertd.prepare({ name: "wrong", rules: [] });
  /** @type {[string, string][]} */
  const wrong = [
    [good.replace(/listen = .*/, "listen = 7"), "listen"],
    [good.replace(/base_url = .*/, 'base_url = "transfer.example.org"'), "base_url"],
    [`lisen = "127.0.0.1:1"\n${good}`, "lisen"],
    [good.replace(/database = .*/, 'database = "mysql:x"'), "database"],
    [good.replace(/from = .*/, 'from = "nobody"'), "from"],
    [good.replace(/smtp = .*/, 'smtp = "http://127.0.0.1"'), "smtp"],
    [good.replace(/tls = .*/, 'tls = "perhaps"'), "tls"],
    [good.replace("[keys]", "[kees]"), "keys"],
    [good.replace(/master = .*/, ""), "master"],
  ];
  for (const [text, key] of wrong) {
    await writeFile(one.config, text);
    const ended = await one.run(["serve"]);
    const said = ended.stderr.toString();
    assert.equal(ended.code, 2, `${key}: ${ended.code} ${said}`);
    assert.ok(said.includes(one.config) && said.includes(key), said);
    if (!["keys", "master"].includes(key)) assert.match(said, /:\d+[:,]/, "with the line");
  }
  await writeFile(one.config, good.replace("[mail]", "[mail"));
  assert.equal((await one.run(["serve"])).code, 2);
});

test("rules are listed and removed, and without any nothing may be sent", async () => {
  const own = await Couvertd.start({ name: "rules", rules: [] });
  try {
    const client = new ApiClient(own.baseUrl);
    await client.verify(anna);
    const ask = async () => {
      const json = { from: anna, recipients: ["bert@example.net", "carla@example.com"] };
      const answer = await client.call("POST", "/api/v1/policy", { json });
      return expectStatus(answer, 200).json.recipients.map((/** @type {any} */ one) => one.allowed);
    };
    assert.deepEqual(await ask(), [false, false]);
    await own.allow("*@example.org", "*@example.net");
    assert.deepEqual(await ask(), [true, false], "at once, without a restart");
    const listed = (await own.run(["policy", "list"])).stdout.toString();
    const id = listed
      .split("\n")
      .find((line) => line.includes("*@example.net"))
      ?.match(/\S+/)?.[0];
    assert.ok(id, listed);
    assert.equal((await own.run(["policy", "remove", id])).code, 0);
    assert.deepEqual(await ask(), [false, false]);
    for (const words of [
      ["allow", "x"],
      ["allow", "no pattern", "*"],
      ["remove", "nothing"],
    ]) {
      assert.notEqual((await own.run(["policy", ...words])).code, 0, words.join(" "));
    }
  } finally {
    await own.stop();
  }
});
