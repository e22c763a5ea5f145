// Downloads that break off go on where they stopped, in pieces and side by side, by the tools that
// people have; a file and a ZIP alike.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { CutLine } from "./harness/cut-line.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { newFolder } from "./harness/files.mjs";
import { RecipientPages, words } from "./harness/portal-pages.mjs";
import { output, runProgram } from "./harness/processes.mjs";

const anna = "downloads-anna@example.org";
const bert = "downloads-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const mebibyte = 1024 * 1024;
const big = randomBytes(20 * mebibyte + 12_345);
/** @type {[string, Buffer][]} */
const files = [
  ["Bilder/groß.bin", big],
  ["Bilder/leer.txt", Buffer.alloc(0)],
  ["Briefe/kurz.txt", Buffer.from("Guten Tag 🦷\n")],
];

/** @type {CutLine} */
let line;
/** @type {Couvertd} */
let server;
/** @type {import("./harness/api-client.mjs").RetrievalClient} */
let opened;
let transferId = "";
/** @type {Buffer} */
let zip = Buffer.alloc(0);
before(async () => {
  line = await CutLine.start();
  const config = { "": { base_url: `"${line.baseUrl}"` } };
  server = await Couvertd.start({ name: "downloads", config });
  line.target = server.port;
  const client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  const sent = await client.provide({
    from: anna,
    to: [{ address: bert }],
    files,
    more: { password },
  });
  transferId = sent.recipients[0].transfer_id;
  opened = await client.open(transferId, { password });
  zip = expectStatus(await opened.call("GET", "/zip"), 200).body;
});
after(async () => {
  await server?.stop();
  line?.stop();
});

/** Both kinds of download, with their bytes. @returns {[string, Buffer][]} */
const both = () => [
  ["/files/0", big],
  ["/zip", zip],
];

const token = () => `Couvert-Retrieval: ${opened.opened.token}`;
/** @param {string} below */
const url = (below) => `http://127.0.0.1:${line.port}${opened.path}${below}`;

test("curl -C - goes on after each broken line and ends with the same bytes", async () => {
  const folder = await newFolder("curl");
  for (const [below, bytes] of both()) {
    const file = path.join(folder, path.basename(below));
    const fetchOn = ["curl", "-sS", "-f", "-C", "-", "-H", token(), "-o", file, url(below)];
    line.cutAfter(3 * mebibyte, 100_000, 9 * mebibyte);
    for (const part of [1, 2, 3]) {
      const broken = await runProgram(fetchOn);
      assert.equal(broken.code, 18, `try ${part}: ${broken.stderr}`); // a partial file
      const { size } = await stat(file);
      assert.ok(size > 0 && size < bytes.length, `${size}`);
    }
    await output(fetchOn);
    assert.ok((await readFile(file)).equals(bytes), below);
  }
});

test("wget -c goes on by itself and ends with the same bytes", async () => {
  const folder = await newFolder("wget");
  for (const [below, bytes] of both()) {
    const file = path.join(folder, path.basename(below));
    const options = ["-q", "-c", "--tries=4", "--waitretry=0", `--header=${token()}`, "-O", file];
    line.cutAfter(5 * mebibyte, 2 * mebibyte);
    await output(["wget", ...options, url(below)]);
    assert.equal(line.broken, 2);
    assert.ok((await readFile(file)).equals(bytes), below);
    await output(["wget", ...options, url(below)]); // 416, which wget knows
  }
});

test("eight parallel ranges of one session give the same bytes", async () => {
  const folder = await newFolder("ranges");
  for (const [below, bytes] of both()) {
    const step = Math.ceil(bytes.length / 8);
    const parts = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const file = path.join(folder, `${path.basename(below)}-${index}`);
        const range = `${index * step}-${index === 7 ? "" : (index + 1) * step - 1}`;
        await output(["curl", "-sS", "-f", "-r", range, "-H", token(), "-o", file, url(below)]);
        return readFile(file);
      }),
    );
    assert.ok(Buffer.concat(parts).equals(bytes), below);
  }
});

test("a browser goes on with a download whose line broke", async () => {
  const browser = await launchChromium();
  try {
    const page = await (await openProfile(browser, { language: "en" })).newPage();
    const recipient = new RecipientPages(page, await words("en"), async () => undefined);
    await page.goto(`${line.baseUrl}/r/${transferId}`);
    await page.locator("#open-password").fill(password);
    await recipient.button("page.next").click();
    await page.getByTestId("content").waitFor();
    for (const [link, bytes] of /** @type {const} */ ([
      [recipient.saveLink(files[0][0]), big],
      [recipient.zipLink(), zip],
    ])) {
      line.cutAfter(4 * mebibyte, 3 * mebibyte);
      const { file } = await recipient.download(link);
      assert.equal(line.broken, 2);
      assert.ok((await readFile(file)).equals(bytes));
    }
  } finally {
    await browser.close();
  }
});

test("HEAD says of files and ZIPs what GET says, and hands out nothing", async () => {
  for (const below of ["/files/0", "/files/1", "/zip", "/zip?files=0,2"]) {
    const get = expectStatus(await opened.call("GET", below), 200);
    const head = expectStatus(await opened.call("HEAD", below), 200);
    const ranged = expectStatus(await opened.call("HEAD", below, { Range: "bytes=0-0" }), 200);
    for (const answer of [head, ranged]) {
      assert.equal(answer.body.length, 0);
      const own = { date: "", "request-id": "" }; // those are each answer's own
      assert.deepEqual({ ...answer.headers, ...own }, { ...get.headers, ...own });
    }
    assert.equal(get.headers["content-length"], String(get.body.length));
    assert.equal(get.headers["accept-ranges"], "bytes");
    assert.match(String(get.headers["content-disposition"]), /^attachment; filename="/);
    assert.match(String(get.headers["content-security-policy"]), /default-src 'none'.*sandbox/);
    assert.match(String(get.headers["content-type"]), /^application\/(octet-stream|zip)$/);
  }
});

test("conditions hold for the very content, and ranges for what is there", async () => {
  for (const [below, bytes] of both()) {
    const { etag } = (await opened.call("HEAD", below)).headers;
    const ask = (/** @type {Record<string, string>} */ headers, method = "GET") =>
      opened.call(method, below, headers);
    for (const method of ["GET", "HEAD"]) {
      const known = expectStatus(await ask({ "If-None-Match": `"x", W/${etag}` }, method), 304);
      assert.equal(known.headers.etag, etag);
      assert.equal(known.body.length, 0);
      expectStatus(await ask({ "If-None-Match": '"x"' }, method), 200);
    }
    expectStatus(await ask({ "If-Match": '"x"' }, "HEAD"), 412);
    const gone = { "If-Match": '"x"', Range: "bytes=5-" };
    expectProblem(await ask(gone), 412, "invalid");
    // So does Firefox go on: by If-Match.
    const same = { "If-Match": String(etag), Range: "bytes=5-" };
    assert.ok(expectStatus(await ask(same), 206).body.equals(bytes.subarray(5)));
    const past = await ask({ Range: `bytes=${bytes.length}-` });
    expectProblem(past, 416, "invalid");
    assert.equal(past.headers["content-range"], `bytes */${bytes.length}`);
    for (const Range of ["bytes=0-1,4-5", "bytes=5-4", "lines=1-2", "bytes=-"]) {
      assert.equal(expectStatus(await ask({ Range }), 200).body.length, bytes.length, Range);
    }
    // A date, a weak tag and another one let the whole be sent.
    for (const validator of [`W/${etag}`, '"x"', "Sun, 06 Nov 1994 08:49:37 GMT"]) {
      expectStatus(await ask({ Range: "bytes=0-0", "If-Range": validator }), 200);
    }
    const holds = { Range: "bytes=0-0", "If-Range": String(etag) };
    assert.ok(expectStatus(await ask(holds), 206).body.equals(bytes.subarray(0, 1)));
  }
});

test("a ZIP that was fetched in pieces opens by unzip, 7z, bsdtar and Python", async () => {
  const folder = await newFolder("unpack");
  const file = path.join(folder, "transfer.zip");
  await writeFile(file, zip);
  const script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  await output(["unzip", "-q", "-d", path.join(folder, "unzip"), file], { env });
  await output(["7z", "x", `-o${path.join(folder, "7z")}`, file]);
  await output(["mkdir", path.join(folder, "bsdtar")]);
  await output(["bsdtar", "-xf", file, "-C", path.join(folder, "bsdtar")], { env });
  await output(["/usr/bin/python3", "-c", script, file, path.join(folder, "python")]);
  for (const by of ["unzip", "7z", "bsdtar", "python"]) {
    for (const [name, bytes] of files) {
      assert.ok((await readFile(path.join(folder, by, name))).equals(bytes), `${by}: ${name}`);
    }
  }
});
