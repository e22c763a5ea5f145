// SHA-256 where the rules ask for it: over pieces and a killed server, told to the sender and the
// recipients of such rules, compared by the command line, and kept nowhere but sealed.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { CommandLine, mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { filesBelow, newFolder } from "./harness/files.mjs";
import { RecipientPages, words } from "./harness/portal-pages.mjs";
import { output } from "./harness/processes.mjs";

const anna = "sums-anna@example.org";
const bert = "sums-bert@example.com"; // the rules want checksums for everybody there
const carl = "sums-carl@example.net"; // and for nobody here
const password = "Ein Pferd, 7 Hufe";
const bytes = randomBytes(1_500_007);

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** What sha256sum says of the bytes. */
let sum = "";
let passwordFile = "";
before(async () => {
  server = await Couvertd.start({ name: "sums", rules: [["*@example.org", "*"]] });
  const words = ["allow", "*", "*@example.com", "network=127.0.0.0/8", "checksums=yes"];
  const added = await server.run(["policy", ...words]);
  assert.equal(added.code, 0, added.stderr.toString());
  const folder = await newFolder("sums");
  const file = path.join(folder, "bytes");
  await writeFile(file, bytes);
  sum = (await output(["sha256sum", file])).slice(0, 64);
  passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, password);
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
});
after(() => server?.stop());

/** @param {{ no: number, sha256: string }} file */
const sumOf = ({ no, sha256 }) => [no, sha256];

/** Sends the bytes in three pieces, none of whole blocks, and the server dies behind the first.
 * @param {{ address: string }[]} to */
async function provideInPieces(to) {
  const draft = await client.createDraft(anna);
  const no = await draft.createFile("röntgen.bin", bytes.length);
  const ends = [400_001, 900_000, bytes.length];
  let offset = 0;
  for (const end of ends) {
    expectStatus(await draft.append(no, offset, bytes.subarray(offset, end)), 204);
    offset = end;
    if (end !== ends[0]) continue;
    await server.kill();
    await server.serve();
  }
  const empty = await draft.createFile("empty", 0);
  const started = expectStatus(await draft.start(draft.startBody(to, { password })), 201).json;
  return { started, no, empty };
}

test("a file that came in pieces over a killed server has the sum of sha256sum", async () => {
  const to = [{ address: bert }, { address: carl }];
  const { started, no, empty } = await provideInPieces(to);
  const sums = Object.fromEntries(started.files.map(sumOf));
  const ofNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  assert.deepEqual(sums, { [no]: sum, [empty]: ofNothing });
  const told = await client.open(started.recipients[0].transfer_id, { password });
  assert.equal(told.opened.files[0].sha256, sum);

  // Sealed only: neither as bytes nor in digits in what the server stores and logs.
  const forms = [Buffer.from(sum, "hex"), Buffer.from(sum), Buffer.from(sum.toUpperCase())];
  const stored = (await filesBelow(server.data)).map((name) => path.join(server.data, name));
  assert.ok(stored.length > 3);
  for (const file of [...stored, server.log]) {
    const content = await readFile(file);
    for (const form of forms) assert.ok(!content.includes(form), file);
  }

  const out = await newFolder("sums-out");
  const terminal = await CommandLine.create(server.baseUrl);
  const link = started.recipients[0].link;
  const got = ["retrieve", link, "--password-file", passwordFile, "--out"];
  const ended = mustEndWell(await terminal.run([...got, path.join(out, "a")]));
  assert.ok(ended.stderr.toString().includes(`SHA-256 is right: ${sum}`), ended.stderr.toString());
  const json = await terminal.json([...got, path.join(out, "b")]);
  assert.equal(json.files[0].sha256, sum);
  await seenInThePage(link);
});

/** @param {string} link */
async function seenInThePage(link) {
  const browser = await launchChromium();
  try {
    const page = await (await openProfile(browser, { language: "en" })).newPage();
    const recipient = new RecipientPages(page, await words("en"), async () => undefined);
    await page.goto(link);
    await page.locator("#open-password").fill(password);
    await recipient.button("page.next").click();
    await page.locator("details summary").click();
    await page.getByText(`SHA-256 ${sum}`).waitFor();
    const { name, file } = await recipient.download(page.getByTestId("save-checksums"));
    assert.match(name, /^checksums-[a-z2-7]{26}\.csv$/);
    const lines = (await readFile(file, "utf8")).split("\r\n");
    assert.equal(lines[0], "\uFEFFname,bytes,sha256");
    assert.equal(lines[1], `röntgen.bin,${bytes.length},${sum}`);
  } finally {
    await browser.close();
  }
}

test("where no rule for the recipients asks for sums, nobody is told any", async () => {
  const to = [{ address: carl }];
  const sent = await client.provide({ from: anna, to, files: [["a", bytes]], more: { password } });
  assert.equal(sent.files[0].sha256, undefined);
  const opened = await client.open(sent.recipients[0].transfer_id, { password });
  assert.equal(opened.opened.files[0].sha256, undefined);
});

test("the command line tells its sender the sums, explain which rule wants them", async () => {
  const file = path.join(await newFolder("sums-cli"), "a.bin");
  await writeFile(file, bytes);
  const terminal = await CommandLine.create(server.baseUrl);
  await terminal.verify(anna);
  const from = ["--from", anna, "--name", "Anna", "--password-file", passwordFile];
  const json = await terminal.json(["provide", file, ...from, "--to", bert]);
  assert.deepEqual(json.checksums, [{ name: "a.bin", sha256: sum }]);
  const plain = await terminal.json(["provide", file, ...from, "--to", carl]);
  assert.equal(plain.checksums, undefined);
  const network = "network=127.0.0.1";
  const explained = await server.run(["policy", "explain", anna, bert, carl, network]);
  assert.match(explained.stdout.toString(), /^ {2}checksums=yes\trule 2$/m);
});
