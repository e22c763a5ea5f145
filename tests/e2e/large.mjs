// The main job on large input, by hand: 3 GB in one sparse file, 500 small files with awkward names
// and a message with umlauts and emoji, through Postfix, compared by SHA-256. Release build.
//
// With "zip": one file of 5 GB and 9,999 small ones as one ZIP, fetched in two halves by curl,
// opened by unzip, 7z, bsdtar and Python.
//
// node tests/e2e/large.mjs [cli] [browser] [zip] [gigabytes=3]
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ApiClient } from "./harness/api-client.mjs";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { CommandLine } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { filesBelow, makeAwkwardFiles, makeSparseFile } from "./harness/files.mjs";
import { transferLinkIn } from "./harness/mailbox.mjs";
import { RecipientPages, SenderPages, words } from "./harness/portal-pages.mjs";
import { output } from "./harness/processes.mjs";
import { beginRun, mailbox, root } from "./harness/run-context.mjs";

const text = "Grüße aus Köln 👋🏽 – „alles dabei“\n";
const hour = 3_600_000;
const wanted = process.argv.slice(2);
const gigabytes = Number(wanted.find((word) => /^gigabytes=/.test(word))?.split("=")[1] ?? 3);

/** @param {string} file */
async function sum(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}

/** A folder with the large file and the 500 small ones. @param {string} folder */
async function makeInput(folder) {
  const source = path.join(folder, "Eingabe");
  await mkdir(source, { recursive: true });
  await makeSparseFile(path.join(source, "röntgen groß.raw"), gigabytes);
  await makeAwkwardFiles(source, 500);
  return source;
}

/** @param {string} source @param {(name: string) => string | undefined} placeOf */
async function compare(source, placeOf) {
  for (const name of await filesBelow(source)) {
    const place = placeOf(name);
    assert.ok(place, `${name} came back`);
    assert.equal(await sum(place), await sum(path.join(source, name)), name);
  }
}

/** @param {string} what @param {number} since @param {Couvertd} server */
async function report(what, since, server) {
  const mebibytes = Math.round((await server.peakMemory()) / 2 ** 20);
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  console.log(`${what}: ${seconds} s; couvertd's peak so far ${mebibytes} MiB`);
}

/** @param {Couvertd} server @param {string} folder @param {string} source */
async function byCommandLine(server, folder, source) {
  const [anna, bert] = ["large-anna@example.org", "large-bert@example.net"];
  const cli = await CommandLine.create(server.baseUrl);
  await cli.verify(anna);
  const message = path.join(folder, "message.txt");
  await writeFile(message, text);
  let since = Date.now();
  const from = ["--from", anna, "--name", "Anna", "--to", bert, "--message-file", message];
  const sent = await cli.json(["provide", source, ...from, "--generate-password"], {
    deadline: hour,
  });
  await report("couvert provide", since, server);
  const link = transferLinkIn(await (await mailbox(bert)).next());
  const password = path.join(folder, "password");
  await writeFile(password, sent.password);
  since = Date.now();
  const out = path.join(folder, "out");
  const words = ["retrieve", link, "--out", out, "--password-file", password];
  const got = await cli.json(words, { deadline: hour });
  await report("couvert retrieve", since, server);
  assert.equal(got.text, text);
  const places = new Map(got.files.map((/** @type {any} */ one) => [one.name, one.path]));
  await compare(source, (name) => places.get(`Eingabe/${name}`));
  await rm(out, { recursive: true });
  console.log(`identical by the command line: ${got.files.length} files`);
}

/** @param {Couvertd} server @param {string} source */
async function provideInBrowser(server, source) {
  const [anna, bert] = ["large-carla@example.org", "large-dora@example.net"];
  const browser = await launchChromium();
  const page = await (await openProfile(browser, { language: "de" })).newPage();
  const sender = new SenderPages(page, await words("de"), async () => undefined);
  await page.goto(`${server.baseUrl}/provide`);
  await sender.contact({ name: "Carla", phone: "", address: anna });
  await sender.verify(async () => await (await mailbox(anna)).nextCode());
  await page.locator("#recipients-to").fill(bert);
  await sender.button("page.next").click();
  await sender.message({ text });
  const since = Date.now();
  await page.getByTestId("folder-input").setInputFiles(source);
  await sender.button("page.next").click();
  const password = await sender.options("generate", "", "de");
  await sender.button("page.notification.start").click();
  const done = page.getByTestId("tracking-id");
  await done.waitFor({ timeout: hour });
  await report("browser, upload to summary", since, server);
  return { browser, page, password, link: transferLinkIn(await (await mailbox(bert)).next()) };
}

/** @param {Couvertd} server @param {string} folder @param {string} source */
async function inBrowser(server, folder, source) {
  const { browser, page, password, link } = await provideInBrowser(server, source);
  const recipient = new RecipientPages(page, await words("de"), async () => undefined);
  await page.goto(link);
  await page.locator("#open-password").fill(password);
  await recipient.button("page.next").click();
  const shown = await page.getByTestId("message-text").textContent();
  assert.equal(shown?.trim(), text.trim());
  const since = Date.now();
  const [download] = await Promise.all([
    page.waitForEvent("download", { timeout: hour }),
    recipient.zipLink().click(),
  ]);
  const zip = path.join(folder, "transfer.zip");
  await download.saveAs(zip);
  await report("browser, ZIP of all", since, server);
  await browser.close();
  const out = path.join(folder, "unpacked");
  const script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
  await output(["/usr/bin/python3", "-c", script, zip, out], { deadline: hour });
  // Some names were made safe for the recipient's system, so the contents are compared as a whole.
  const sums = async (/** @type {string} */ below) => {
    const found = [];
    for (const name of await filesBelow(below)) found.push(await sum(path.join(below, name)));
    return found.sort();
  };
  const [sent, came] = [await sums(source), await sums(out)];
  assert.deepEqual(came, sent);
  console.log(`identical by the browser: ${came.length} files`);
}

/** @param {Couvertd} server @param {string} folder */
async function asZip(server, folder) {
  const [anna, bert] = ["large-eva@example.org", "large-fritz@example.net"];
  const source = path.join(folder, "ZIP");
  for (let at = 0; at < 9_999; at++) {
    const below = path.join(source, `Ordner ${Math.floor(at / 100)}`);
    if (at % 100 === 0) await mkdir(below, { recursive: true });
    await writeFile(path.join(below, `Größe ${at}.txt`), `Datei ${at}\n`);
  }
  await makeSparseFile(path.join(source, "groß.raw"), 5);
  const cli = await CommandLine.create(server.baseUrl);
  await cli.verify(anna);
  let since = Date.now();
  const words = ["provide", source, "--from", anna, "--name", "Eva", "--to", bert];
  const sent = await cli.json([...words, "--generate-password"], { deadline: hour });
  await report("couvert provide, 10,000 files", since, server);
  const client = new ApiClient(server.baseUrl);
  const opened = await client.open(sent.recipients[0].transfer_id, { password: sent.password });
  const zip = path.join(folder, "all.zip");
  const fetch = ["curl", "-sS", "-f", "-H", `Couvert-Retrieval: ${opened.opened.token}`, "-o", zip];
  const url = `http://127.0.0.1:${server.port}${opened.path}/zip`;
  since = Date.now();
  await output([...fetch, "-r", "0-2499999999", url], { deadline: hour });
  await output([...fetch, "-C", "-", url], { deadline: hour });
  await report("curl, ZIP in two halves", since, server);
  const check =
    "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); names = set(z.namelist()); " +
    "assert z.testzip() is None and len(names) == 10000, names";
  for (const command of [
    ["unzip", "-tqq", zip],
    ["7z", "t", zip],
    ["bash", "-c", 'bsdtar -xOf "$0" | wc -c', zip],
    ["/usr/bin/python3", "-c", check, zip],
  ]) {
    since = Date.now();
    await output(command, { deadline: hour });
    console.log(`${command[0]} opens it: ${((Date.now() - since) / 1000).toFixed(1)} s`);
  }
}

const folder = path.join(root, "build/large");
await rm(folder, { recursive: true, force: true });
const run = await beginRun();
try {
  const data = path.join(folder, "data");
  await mkdir(data, { recursive: true, mode: 0o700 });
  const config = { limits: { transfer_bytes_max: String(2 ** 40) } };
  const server = await Couvertd.start({ name: "large", data, config });
  const both = !["cli", "browser", "zip"].some((one) => wanted.includes(one));
  if (wanted.includes("zip")) await asZip(server, folder);
  const [byCli, byBrowser] = ["cli", "browser"].map((one) => both || wanted.includes(one));
  const source = byCli || byBrowser ? await makeInput(folder) : "";
  if (byCli) await byCommandLine(server, folder, source);
  if (byBrowser) await inBrowser(server, folder, source);
  await server.stop();
} catch (error) {
  console.error(error); // before anything that may not end either
  process.exitCode = 1;
} finally {
  await run.end();
  await rm(folder, { recursive: true, force: true });
}
process.exit();
