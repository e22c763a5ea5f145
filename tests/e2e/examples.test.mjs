// The page of examples, run from top to bottom as it stands: every command, and what it prints.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { mustEndWell } from "./harness/command-line.mjs";
import { Couvertd, programs } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { runProgram, waitUntil } from "./harness/processes.mjs";
import { mailbox, root } from "./harness/run-context.mjs";

const anna = "examples-ann@example.org";
const bob = "examples-bob@example.com";

/** @type {Couvertd} */
let server;
let folder = "";
before(async () => {
  server = await Couvertd.start({ name: "examples" });
  const settings = { client_mail: true };
  const rules = [{ action: "allow", sender: "*", recipient: "*", settings }];
  const list = path.join(server.folder, "rules.json");
  await writeFile(list, JSON.stringify({ rules }));
  mustEndWell(await server.run(["policy", "import", list]));
  folder = await newFolder("examples");
});
after(() => server?.stop());

/** The page in the names of this run. @param {string} text */
const here = (text) =>
  text
    .replaceAll("https://transfer.example.org", server.baseUrl)
    .replaceAll("ann@example.org", anna)
    .replaceAll("bob@example.com", bob);

/** A text of the page in which … stands for anything, as a pattern. @param {string} text */
function patternOf(text) {
  const parts = here(text)
    .split("…")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** Waits for a file with something in it. @param {string} name @param {RegExp} pattern */
function found(name, pattern) {
  const read = () => readFile(path.join(folder, name), "utf8").catch(() => "");
  return waitUntil(`${name} says ${pattern}`, async () => pattern.exec(await read())?.[1]);
}

/** Hands the next mailed code to the commands, who take it away. @param {string} code */
async function handOver(code) {
  const file = path.join(folder, "code");
  await writeFile(file, code);
  await waitUntil("the code is taken", () => !existsSync(file));
}

test("every example does what the page says, and prints what stands below it", async () => {
  const page = await readFile(path.join(root, "docs/user/examples.md"), "utf8");
  const blocks = [...page.matchAll(/```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?/gs)];
  assert.ok(blocks.length >= 14, `${blocks.length} examples`);
  const script = blocks
    .map(([, block], at) => `echo "== example ${at}" >&2\n{\n${here(block)}} > out-${at}\n`)
    .join("")
    .replaceAll(
      "read -r code ",
      "until [ -s code ]; do sleep 0.1; done; code=$(cat code); rm code ",
    );
  const env = {
    ...process.env,
    PATH: `${programs}:${process.env.PATH}`,
    COUVERT_HOME: path.join(folder, "home"),
  };
  let over = false;
  const running = runProgram(["bash", "-euo", "pipefail", "-c", script], {
    cwd: folder,
    env,
    deadline: 170_000,
  }).finally(() => (over = true));
  /** What the person does meanwhile: reads the mail, types codes in the browser. */
  const person = async () => {
    const box = await mailbox(anna);
    await handOver(await box.nextCode());
    await handOver(await box.nextCode());
    const browser = new ApiClient(server.baseUrl);
    const { verification_id } = await browser.verify(anna);
    const loginAt = blocks.findIndex(([, block]) => block.includes("couvert login"));
    for (const [name, pattern] of /** @type {[string, RegExp][]} */ ([
      ["codes.json", /"user_code":"([^"]+)"/],
      [`out-${loginAt}`, /^code {2}(\S+)$/m],
    ])) {
      const json = { user_code: await found(name, pattern), verification_id };
      expectStatus(await browser.call("POST", "/api/v1/device/allow", { json }), 204);
    }
  };
  const helped = person().catch((/** @type {unknown} */ error) => (over ? undefined : error));
  const ended = await running;
  assert.equal(ended.code, 0, ended.stderr.toString());
  assert.equal(await helped, undefined);
  for (const [at, [, block, expected]] of blocks.entries()) {
    const printed = (await readFile(path.join(folder, `out-${at}`), "utf8")).trimEnd();
    if (expected === undefined) continue;
    assert.match(printed, patternOf(expected.trimEnd()), `after\n${block}`);
  }
  await rm(folder, { recursive: true });
});
