// Clients that others wrote, and our own command line, over lines that break: tus-js-client in Node
// and in a browser, curl by the letter of the documentation, couvert.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { Upload } from "tus-js-client";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { launchChromium, openProfile } from "./harness/browser.mjs";
import { CommandLine } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { CuttingLine } from "./harness/cutting-line.mjs";
import { filesBelow, newFolder, sha256 } from "./harness/files.mjs";
import { runProgram, waitUntil } from "./harness/processes.mjs";
import { mailbox, root } from "./harness/run-context.mjs";
import { SlowLine } from "./harness/slow-line.mjs";

/** @typedef {import("./harness/api-client.mjs").DraftClient} DraftClient */
/** @typedef {Partial<import("tus-js-client").UploadOptions>} UploadOptions */

const anna = "clients-anna@example.org";
const dora = "clients-dora@example.org"; // an hour has few codes for one mailbox
const bert = "clients-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const mebi = 1024 * 1024;
const retryDelays = [0, 50, 50, 50, 50, 50];

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
let folder = "";
before(async () => {
  server = await Couvertd.start({ name: "clients" });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  folder = await newFolder("clients");
});
after(() => server?.stop());

/** Starts the transfer; its file must be the one that was sent.
 * @param {DraftClient} draft @param {string} file */
async function expectArrived(draft, file) {
  const { files } = expectStatus(await draft.call("GET"), 200).json;
  draft.files = files.map((/** @type {any} */ { no, size }) => ({ no, size }));
  assert.equal(draft.files.length, 1);
  const started = await draft.start(draft.startBody([{ address: bert }], { password }));
  const [{ transfer_id }] = expectStatus(started, 201).json.recipients;
  await expectContent(transfer_id, file);
}

/** @param {string} transferId @param {string} file */
async function expectContent(transferId, file) {
  const opened = await client.open(transferId, { password });
  const { no } = opened.opened.files[0];
  const bytes = expectStatus(await opened.call("GET", `/files/${no}`), 200).body;
  const copy = path.join(folder, "copy");
  await writeFile(copy, bytes);
  assert.equal(await sha256(copy), await sha256(file));
}

/** @param {string} name @param {number} size */
async function makeFile(name, size) {
  const file = path.join(folder, name);
  await writeFile(file, randomBytes(size));
  return file;
}

/** What every upload of this file needs. @param {DraftClient} draft @param {string} baseUrl */
function optionsFor(draft, baseUrl) {
  return {
    endpoint: `${baseUrl}${draft.path}/files`,
    headers: { Authorization: `Bearer ${client.token}`, "Couvert-Secret": draft.secret },
    metadata: { filename: "a.bin", filetype: "application/x-test" },
    retryDelays,
  };
}

/** @type {{ what: string, size: number, cuts: number[], unseen?: boolean,
 *   more?: UploadOptions }[]} */
const ways = [
  { what: "its defaults", size: 20 * mebi, cuts: [9 * mebi, 3 * mebi] },
  {
    what: "chunks of 512 KiB",
    size: 3 * mebi + 5,
    cuts: [200_000, 400_000],
    more: { chunkSize: 512 * 1024 },
  },
  {
    what: "chunks of 50 MiB",
    size: 60 * mebi,
    cuts: [20 * mebi, 33 * mebi],
    unseen: true,
    more: { chunkSize: 50 * mebi },
  },
  {
    what: "bytes in its creation and POST for PATCH",
    size: 12 * mebi,
    cuts: [],
    more: { chunkSize: 5 * mebi, uploadDataDuringCreation: true, overridePatchMethod: true },
  },
];

for (const { what, size, cuts, unseen = false, more = {} } of ways) {
  test(`tus-js-client uploads from Node with ${what}`, async () => {
    const line = await CuttingLine.start(server.port, { cuts, unseen });
    try {
      const file = await makeFile("node.bin", size);
      const draft = await client.createDraft(anna);
      const options = { ...optionsFor(draft, line.baseUrl), ...more };
      await new Promise((resolve, reject) => {
        const ends = { onSuccess: () => resolve(undefined), onError: reject };
        new Upload(createReadStream(file), { ...options, ...ends }).start();
      });
      assert.equal(line.done, cuts.length, "the line was cut");
      await expectArrived(draft, file);
    } finally {
      line.stop();
    }
  });
}

test("tus-js-client goes on in another program, and is told that parts are not taken", async () => {
  const file = await makeFile("again.bin", 10 * mebi);
  const draft = await client.createDraft(anna);
  const line = await CuttingLine.start(server.port, { cuts: [9 * mebi] });
  let url = "";
  try {
    const options = { ...optionsFor(draft, line.baseUrl), retryDelays: [] };
    await new Promise((resolve) => {
      const ends = { onError: resolve, onUploadUrlAvailable: () => (url = upload.url ?? "") };
      const upload = new Upload(createReadStream(file), { ...options, ...ends });
      upload.start();
    });
  } finally {
    line.stop();
  }
  let first = -1;
  await new Promise((resolve, reject) => {
    new Upload(createReadStream(file), {
      ...optionsFor(draft, server.baseUrl),
      uploadUrl: url.replace(line.baseUrl, server.baseUrl),
      onProgress: (sent) => (first = first < 0 ? sent : first),
      onSuccess: () => resolve(undefined),
      onError: reject,
    }).start();
  });
  assert.ok(first >= 8 * mebi, `it went on at ${first}`);
  await expectArrived(draft, file);

  const other = await client.createDraft(anna);
  const refused = await new Promise((resolve, reject) => {
    const bytes = randomBytes(2 * mebi);
    const options = { ...optionsFor(other, server.baseUrl), retryDelays: [], parallelUploads: 2 };
    new Upload(bytes, { ...options, onSuccess: reject, onError: resolve }).start();
  });
  assert.match(String(refused), /400.*tus_extension/s);
});

test("tus-js-client uploads from a browser, with and without chunks", async () => {
  const browser = await launchChromium();
  const cuts = [5 * mebi, 2 * mebi];
  const line = await CuttingLine.start(server.port, { cuts: [] });
  try {
    const context = await openProfile(browser, { language: "en" });
    const page = await context.newPage();
    await page.goto(line.baseUrl);
    const library = createRequire(import.meta.url).resolve("tus-js-client/dist/tus.min.js");
    await page.evaluate(await readFile(library, "utf8"));
    for (const chunkSize of [undefined, 512 * 1024, 50 * mebi]) {
      const draft = await client.createDraft(anna);
      line.cuts = [...cuts];
      line.done = 0;
      const options = { ...optionsFor(draft, line.baseUrl), ...(chunkSize && { chunkSize }) };
      const sum = await page.evaluate(uploadInPage, { options, size: 12 * mebi });
      // A chunk of 512 KiB may have its own connection: then none is long enough to be cut.
      if (chunkSize !== 512 * 1024) assert.equal(line.done, cuts.length);
      const { files } = expectStatus(await draft.call("GET"), 200).json;
      draft.files = files.map((/** @type {any} */ { no, size }) => ({ no, size }));
      const started = await draft.start(draft.startBody([{ address: bert }], { password }));
      const { recipients } = expectStatus(started, 201).json;
      const opened = await client.open(recipients[0].transfer_id, { password });
      const got = await opened.call("GET", `/files/${draft.files[0].no}`);
      const copy = path.join(folder, "from-browser");
      await writeFile(copy, expectStatus(got, 200).body);
      assert.equal(await sha256(copy), sum);
    }
  } finally {
    line.stop();
    await browser.close();
  }
});

/** Runs in the page: uploads random bytes; their SHA-256.
 * @param {{ options: UploadOptions, size: number }} what @returns {Promise<string>} */
async function uploadInPage({ options, size }) {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  await new Promise((resolve, reject) => {
    // @ts-expect-error the library came with the line before
    const { Upload: PageUpload } = globalThis.tus;
    const ends = { onSuccess: resolve, onError: reject };
    new PageUpload(new Blob([bytes]), { ...options, ...ends }).start();
  });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

test("couvert provide goes on over lines that break, seen and unseen", async () => {
  const file = await makeFile("cli.bin", 40 * mebi);
  const passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, `${password}\n`);
  for (const unseen of [false, true]) {
    const line = await CuttingLine.start(server.port, { cuts: [], unseen });
    try {
      const person = await CommandLine.create(line.baseUrl);
      await person.verify(anna);
      line.cuts = [21 * mebi, 9 * mebi];
      const words = ["--from", anna, "--name", "Anna Muster", "--to", bert];
      const sent = await person.json(["provide", file, ...words, "--password-file", passwordFile]);
      assert.equal(line.done, 2);
      await expectContent(sent.recipients[0].transfer_id, file);
    } finally {
      line.stop();
    }
  }
});

test("couvert provide of many small files goes on over lines that break, each whole", async () => {
  const names = Array.from({ length: 120 }, (_, at) => `klein-${at}.bin`);
  const files = await Promise.all(names.map((name, at) => makeFile(name, 1024 + at)));
  const passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, `${password}\n`);
  for (const unseen of [false, true]) {
    const line = await CuttingLine.start(server.port, { cuts: [], unseen });
    try {
      const person = await CommandLine.create(line.baseUrl);
      await person.verify(dora);
      line.cuts = [9_000, 20_500, 7_700, 3_333, 15_000];
      const words = ["--from", dora, "--name", "Dora Muster", "--to", bert];
      const sent = await person.json([
        ...["provide", ...files, ...words],
        ...["--password-file", passwordFile],
      ]);
      assert.equal(line.done, 5);
      const opened = await client.open(sent.recipients[0].transfer_id, { password });
      assert.deepEqual(
        opened.opened.files.map((/** @type {any} */ one) => one.name),
        names,
      );
      for (const [at, { no }] of opened.opened.files.entries()) {
        const { body } = expectStatus(await opened.call("GET", `/files/${no}`), 200);
        assert.deepEqual(body, await readFile(files[at] ?? ""), names[at]);
      }
    } finally {
      line.stop();
    }
  }
});

test("couvert provide goes on in another call after it was killed", async () => {
  const file = await makeFile("killed.bin", 30 * mebi);
  const passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, `${password}\n`);
  const line = await SlowLine.start(server.port, 16 * mebi);
  try {
    const person = await CommandLine.create(line.baseUrl);
    await person.verify(anna);
    const who = ["--from", anna, "--name", "Anna Muster", "--to", bert];
    const words = ["provide", file, ...who, "--password-file", passwordFile];
    const killed = await person.run(words, {
      onStart: (child) => {
        void waitUntil("two parts have gone", () => line.up > 18 * mebi).then(() =>
          child.kill("SIGKILL"),
        );
      },
    });
    assert.equal(killed.signal, "SIGKILL");
    line.rate = 1000 * mebi;
    const before = line.up;
    const sent = await person.json(words);
    // What was on the line at the end is lost with it; a part that was whole is not.
    assert.ok(line.up - before < 23 * mebi, `${line.up - before} bytes went again`);
    await expectContent(sent.recipients[0].transfer_id, file);
    assert.deepEqual(
      (await filesBelow(person.home)).filter((name) => name.startsWith("draft-")),
      [],
    );
  } finally {
    line.stop();
  }
});

test("the commands of the documentation upload with curl alone, also after a cut", async () => {
  const page = await readFile(path.join(root, "docs/user/uploads.md"), "utf8");
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block);
  assert.ok(blocks.length >= 4);
  const line = await CuttingLine.start(server.port, { cuts: [12 * mebi] });
  try {
    await writeFile(path.join(folder, "x-rays.zip"), randomBytes(20 * mebi));
    const from = "clients-curl@example.org";
    const script = blocks
      .join("\n")
      .replace("https://transfer.example.org", line.baseUrl)
      .replace("ann@example.org", from)
      .replace("bob@example.com", bert)
      .replace("sleep 5", "sleep 0.1")
      .replace("read -r code ", "until [ -s code ]; do sleep 0.1; done; code=$(cat code) ");
    const running = runProgram(["bash", "-euo", "pipefail", "-c", script], { cwd: folder });
    await writeFile(path.join(folder, "code"), await (await mailbox(from)).nextCode());
    const ended = await running;
    assert.equal(ended.code, 0, `${ended.stderr}${ended.stdout}`);
    assert.equal(line.done, 1);
    const transferId = /"transfer_id":"([a-z2-7]{26})"/.exec(String(ended.stdout))?.[1] ?? "";
    await expectContent(transferId, path.join(folder, "x-rays.zip"));
  } finally {
    line.stop();
  }
});
