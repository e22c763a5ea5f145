// The real command line, a real server, a real mail in between.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId } from "./harness/api-client.mjs";
import { CommandLine, mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { filesBelow, makeAwkwardFiles, newFolder, sha256 } from "./harness/files.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";
import { SlowLine } from "./harness/slow-line.mjs";

const anna = "cli-anna@example.org";
const bert = "cli-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const megabyte = 1_000_000;

/** @type {Couvertd} */
let server;
/** @type {CommandLine} */
let hers;
/** @type {CommandLine} */
let his;
let folder = "";
let passwordFile = "";
before(async () => {
  server = await Couvertd.start({ name: "cli" });
  hers = await CommandLine.create(server.baseUrl);
  his = await CommandLine.create(server.baseUrl);
  await hers.verify(anna);
  folder = await newFolder("cli");
  passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, `${password}\n`);
});
after(() => server?.stop());

const sender = ["--from", anna, "--name", "Anna Muster"];

/** A file of random bytes. @param {string} name @param {number} size */
async function makeFile(name, size) {
  const file = path.join(folder, name);
  await writeFile(file, randomBytes(size));
  return file;
}

/** Provides to Bert and waits for his mail. @param {string[]} words @param {CommandLine} [by] */
async function provide(words, by = hers) {
  const box = await mailbox(bert);
  const sent = await by.json(["provide", ...words, ...sender, "--to", bert]);
  const id = sent.recipients[0].transfer_id;
  // Those of earlier transfers may still be on their way.
  const mail = await box.next({ fits: (one) => one.links.some((link) => link.includes(id)) });
  return { ...sent, link: transferLinkIn(mail) };
}

/** Retrieves into a new folder. @param {string} link @param {string[]} words */
async function retrieve(link, words) {
  const out = path.join(await newFolder("out"), "new");
  return { out, ...(await his.json(["retrieve", link, "--out", out, ...words])) };
}

test("a file, an empty one, 20 MB and a message come back identical by a password", async () => {
  const files = [await makeFile("klein.txt", 10), await makeFile("leer", 0)];
  files.push(await makeFile("groß.bin", 20 * megabyte));
  const message = path.join(folder, "message.txt");
  await writeFile(message, "Grüße aus Köln, naïve Façade, 日本 🦷🎉\nzweite Zeile\n");
  const words = ["--password-file", passwordFile, "--subject", "Befund für Ä 🦷"];
  const sent = await provide([...files, ...words, "--message-file", message]);
  assert.equal(sent.password, undefined);
  assert.equal(sent.recipients[0].address, bert);
  assert.equal(sent.recipients[0].link, sent.link);
  assert.match(sent.tracking_id, /^[a-z2-7]{26}$/);
  const got = await retrieve(sent.link, ["--password-file", passwordFile]);
  assert.equal(got.subject, "Befund für Ä 🦷");
  assert.equal(got.text, await readFile(message, "utf8"));
  for (const file of files) {
    assert.equal(await sha256(path.join(got.out, path.basename(file))), await sha256(file), file);
  }
  assert.ok((await filesBelow(got.out)).includes("message.txt"));
});

test("a generated password is printed, is a good one, and opens the transfer", async () => {
  const file = await makeFile("erzeugt.bin", 1000);
  const sent = await provide([file, "--generate-password"]);
  assert.ok(sent.password.length >= 12, sent.password);
  const own = path.join(folder, "generated");
  await writeFile(own, sent.password);
  const got = await retrieve(sent.link, ["--password-file", own]);
  assert.equal(await sha256(got.files[0].path), await sha256(file));
});

test("without password the mail's link opens the transfer, and half of it does not", async () => {
  const file = await makeFile("ohne.bin", 1000);
  const sent = await provide([file, "--no-password"]);
  assert.match(sent.link, /#[A-Za-z0-9_-]{44}$/);
  const got = await retrieve(sent.link, []);
  assert.equal(await sha256(got.files[0].path), await sha256(file));
  const [half] = sent.link.split("#");
  assert.equal((await his.run(["retrieve", half, "--out", got.out])).code, 3);
});

test("a ZIP of everything and a transfer by its ID alone", async () => {
  const file = await makeFile("im ZIP.bin", 5000);
  const sent = await provide([file, "--password-file", passwordFile]);
  const id = sent.recipients[0].transfer_id.toUpperCase();
  const got = await retrieve(id, ["--password-file", passwordFile, "--zip"]);
  assert.match(got.files[0].path, /\.zip$/);
});

test("500 small files with awkward names in folders come back one by one", async () => {
  const source = path.join(folder, "Fünfhundert");
  await mkdir(source);
  await makeAwkwardFiles(source, 500);
  const names = await filesBelow(source);
  assert.equal(names.length, 500);
  const sent = await provide([source, "--password-file", passwordFile]);
  const got = await retrieve(sent.link, ["--password-file", passwordFile]);
  assert.equal(got.files.length, 500);
  const places = new Map(got.files.map((/** @type {any} */ one) => [one.name, one.path]));
  for (const name of names) {
    const place = places.get(`Fünfhundert/${name}`);
    assert.ok(place, `${name} is there`);
    assert.equal(await sha256(place), await sha256(path.join(source, name)), name);
  }
  const written = await filesBelow(got.out);
  assert.equal(written.length, 500, "and nothing else");
  for (const one of written) assert.doesNotMatch(one, /[\u202A-\u202E]|(^|\/)(CON|NUL|aux\.h)$/i);
});

test("files that go up side by side keep the order in which they are named", async () => {
  const count = 60;
  const names = Array.from({ length: count }, (_, at) => `Blatt ${(at * 37) % count}.txt`);
  // Sizes that differ: what is named first is not what has arrived first.
  const files = await Promise.all(
    names.map((name, at) => makeFile(name, at % 10 === 0 ? 900_000 : at)),
  );
  const sent = await provide([...files, "--password-file", passwordFile]);
  const got = await retrieve(sent.link, ["--password-file", passwordFile]);
  assert.deepEqual(
    got.files.map((/** @type {any} */ one) => one.name),
    names,
  );
  for (const [at, one] of got.files.entries()) {
    assert.equal(await sha256(one.path), await sha256(files[at] ?? ""), one.name);
  }
});

test("each error has its exit code, a sentence and, where there is one, a hint", async () => {
  const file = await makeFile("fehler.bin", 10);
  const sent = await provide([file, "--password-file", passwordFile]);
  const out = path.join(folder, "errors");
  const wrong = path.join(folder, "wrong");
  await writeFile(wrong, "Anders, 8 Hufe\n");
  const stranger = await CommandLine.create(server.baseUrl);
  const mine = [...sender, "--to", bert, "--password-file", passwordFile];
  /** @type {[CommandLine, string[], number][]} */
  const cases = [
    [his, ["retrieve", sent.link, "--out", out, "--password-file", wrong], 5],
    [his, ["retrieve", randomId(), "--out", out, "--password-file", wrong], 6],
    [his, ["retrieve", "no link", "--out", out], 3],
    [his, ["retrieve", sent.link], 2],
    [his, ["frobnicate"], 2],
    [his, ["retrieve", sent.link, "--out", out, "--turbo"], 2],
    [stranger, ["provide", file, ...mine], 4],
    [hers, ["provide", path.join(folder, "nowhere"), ...mine], 13],
    [hers, ["provide", file, ...sender, "--to", bert], 2],
    [hers, ["provide", file, ...sender, "--to", "x@elsewhere.example", "--no-password"], 5],
    [hers, ["provide", file, ...sender, "--to", bert, "--password-file", "/dev/null"], 2],
    [hers, ["provide", file, ...mine, "--expires", "0"], 2],
    [new CommandLine("http://localhost:1", his.home), ["verify", anna, "--request-only"], 13],
  ];
  for (const [who, words, code] of cases) {
    const ended = await who.run(words);
    const said = ended.stderr.toString();
    assert.equal(ended.code, code, `${words.join(" ")}: ${said}`);
    assert.match(said, /^couvert: error: \S/m);
    assert.equal(ended.stdout.length, 0);
    assert.doesNotMatch(said, /Ein Pferd|Anders/);
  }
});

test("a wrong code is refused, and a verification holds for later runs", async () => {
  const own = await CommandLine.create(server.baseUrl);
  const carla = "cli-carla@example.com";
  mustEndWell(await own.run(["verify", carla, "--request-only"]));
  assert.notEqual(await (await mailbox(carla)).nextCode(), "aaaaaaaaaa");
  assert.equal((await own.run(["verify", carla, "--code", "aaaaaaaaaa"])).code, 5);
  await own.verify(carla);
  const { mode } = await stat(own.home);
  assert.equal(mode & 0o077, 0, "only for this person");
  for (const name of await filesBelow(own.home)) {
    assert.equal((await stat(path.join(own.home, name))).mode & 0o077, 0, name);
  }
  const file = await makeFile("später.bin", 10);
  const words = ["provide", file, "--from", carla, "--name", "Carla", "--to", bert];
  mustEndWell(await own.run([...words, "--generate-password"]));
});

test("a file that is there already is never overwritten", async () => {
  const file = await makeFile("da.bin", 1000);
  const sent = await provide([file, "--password-file", passwordFile]);
  const out = await newFolder("there");
  await writeFile(path.join(out, "da.bin"), "mine");
  const words = ["retrieve", sent.link, "--out", out, "--password-file", passwordFile];
  assert.equal((await his.run(words)).code, 11);
  assert.equal(await readFile(path.join(out, "da.bin"), "utf8"), "mine");
  assert.deepEqual(await filesBelow(out), ["da.bin"]);
});

test("a download that is stopped or killed leaves no file under its final name", async () => {
  const file = await makeFile("langsam.bin", 8 * megabyte);
  const sent = await provide([file, "--password-file", passwordFile]);
  const line = await SlowLine.start(server.port, 2 * megabyte);
  const slow = new CommandLine(line.baseUrl, his.home);
  try {
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGKILL"])) {
      const out = await newFolder("stopped");
      const id = sent.recipients[0].transfer_id;
      const words = ["retrieve", id, "--out", out, "--password-file", passwordFile];
      const before = line.down;
      const ended = await slow.run(words, {
        onStart: (child) => {
          const begun = () => line.down > before + 1.5 * megabyte;
          waitUntil("bytes come", begun).then(() => child.kill(signal));
        },
      });
      assert.notEqual(ended.code, 0);
      if (signal === "SIGINT") assert.equal(ended.code, 130);
      const left = await filesBelow(out);
      assert.ok(!left.includes("langsam.bin"), left.join());
      if (signal !== "SIGKILL") assert.deepEqual(left, []);
    }
  } finally {
    line.stop();
  }
});

test("an upload goes on where it was after the server was killed and came back", async () => {
  const size = 48 * megabyte;
  const file = await makeFile("fortgesetzt.bin", size);
  const line = await SlowLine.start(server.port, 12 * megabyte);
  const slow = new CommandLine(line.baseUrl, hers.home);
  const state = await CommandLine.create(line.baseUrl);
  await state.verify(anna);
  slow.home = state.home;
  try {
    const half = () => line.up > 26 * megabyte;
    const killed = waitUntil("half of it is there", half, { deadline: 60_000 }).then(async () => {
      await server.kill();
      await server.serve();
    });
    const sent = await provide([file, "--password-file", passwordFile], slow);
    await killed;
    assert.ok(line.up < size * 1.6, `${line.up} bytes went up for ${size}`);
    const got = await retrieve(sent.link, ["--password-file", passwordFile]);
    assert.equal(await sha256(got.files[0].path), await sha256(file));
  } finally {
    line.stop();
  }
});

test("a download goes on where it was after the server was killed and came back", async () => {
  const file = await makeFile("weiter.bin", 12 * megabyte);
  const sent = await provide([file, "--password-file", passwordFile]);
  const line = await SlowLine.start(server.port, 4 * megabyte);
  const slow = new CommandLine(line.baseUrl, his.home);
  const out = path.join(await newFolder("resumed"), "new");
  try {
    const half = () => line.down > 6 * megabyte;
    const killed = waitUntil("half of it is there", half, { deadline: 60_000 }).then(async () => {
      await server.kill();
      await server.serve();
    });
    const id = sent.recipients[0].transfer_id;
    const words = ["retrieve", id, "--out", out, "--password-file", passwordFile];
    mustEndWell(await slow.run(words));
    await killed;
    assert.ok(line.down < 18 * megabyte, `${line.down} bytes came down`);
    assert.equal(await sha256(path.join(out, "weiter.bin")), await sha256(file));
  } finally {
    line.stop();
  }
});

test("a message alone is a transfer, too, and a revoked one cannot be retrieved", async () => {
  const message = path.join(folder, "alone.txt");
  await writeFile(message, "nur Text");
  const sent = await provide(["--message-file", message, "--password-file", passwordFile]);
  const got = await retrieve(sent.link, ["--password-file", passwordFile]);
  assert.equal(got.text, "nur Text");
  assert.deepEqual(got.files, []);
  const client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  expectStatus(await client.call("POST", `/api/v1/sent/${sent.tracking_id}/revoke`), 204);
  const out = path.join(folder, "revoked");
  const words = ["retrieve", sent.link, "--out", out, "--password-file", passwordFile];
  assert.equal((await his.run(words)).code, 6);
});
