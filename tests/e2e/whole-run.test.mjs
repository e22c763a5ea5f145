// What only the whole run can show: every operation and status of spec/api.yaml occurred, every
// answer carried the security headers, and no couvertd broke off. tests/e2e/run.mjs runs it last.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { headerTroubles } from "./harness/expect.mjs";
import { output } from "./harness/processes.mjs";
import { root, runContext } from "./harness/run-context.mjs";

const toJson = "import json,sys,yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";

/** Every operation with a status of its own: "GET /healthz 200". */
async function documented() {
  const file = path.join(root, "spec/api.yaml");
  const { paths } = JSON.parse(await output(["/usr/bin/python3", "-c", toJson, file]));
  const found = [];
  for (const [route, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(/** @type {Record<string, any>} */ (item))) {
      for (const status of Object.keys(operation.responses ?? {})) {
        if (/^\d{3}$/.test(status)) found.push(`${method.toUpperCase()} ${route} ${status}`);
      }
    }
  }
  return found;
}

/** Every request that a server of this run logged. */
async function occurred() {
  const folder = path.join((await runContext()).folder, "logs");
  const seen = new Set();
  for (const name of await readdir(folder)) {
    for (const line of (await readFile(path.join(folder, name), "utf8")).split("\n")) {
      if (!line.startsWith("{") || !line.includes('"route"')) continue;
      const { method, route, status } = JSON.parse(line);
      seen.add(`${method} ${route} ${status}`);
    }
  }
  return seen;
}

test("every operation and status of spec/api.yaml occurred in this run", async () => {
  const wanted = await documented();
  assert.ok(wanted.length > 50, "the description was read");
  const seen = await occurred();
  assert.ok(seen.size > 0, "the logs were read");
  const missing = wanted.filter((one) => !seen.has(one));
  assert.deepEqual(missing, []);
  console.log(`${wanted.length} operations with their statuses occurred`);
});

test("the API answered no status that spec/api.yaml does not know", async () => {
  const wanted = new Set(await documented());
  // What every operation may answer, as the page's first lines say, and wrong methods.
  const general = /^\S+ \S+ (400|401|403|404|405|413|415|429|500|503|507)$/;
  // Not the API: pages, what browsers ask before, requests that are no HTTP, clients that went
  // away, the admin listener.
  const foreign = /^- - |\((portal|preflight)\)| 0$|^GET \/metrics 200$/;
  const strange = [...(await occurred())].filter(
    (one) => !wanted.has(one) && !general.test(one) && !foreign.test(one),
  );
  assert.deepEqual(strange, []);
  const broken = [...(await occurred())].filter((one) => one.endsWith(" 500"));
  assert.deepEqual(broken, [], "nothing broke inside");
});

test("every answer of this run carried the security headers", async () => {
  const file = path.join((await runContext()).folder, "answers.jsonl");
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  const troubles = lines.flatMap((line) => headerTroubles(JSON.parse(line)));
  const kinds = new Map(troubles.map((one) => [one.replace(/[a-z2-7]{26}/g, "ID"), one]));
  assert.deepEqual([...kinds.keys()].slice(0, 40), []);
  console.log(`${lines.length} answers had their security headers`);
});

test("no log line of this run names an address, a file or a secret", async () => {
  const folder = path.join((await runContext()).folder, "logs");
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(path.join(folder, name), "utf8")),
  );
  const lines = texts.flatMap((text) => text.split("\n")).filter(Boolean);
  for (const line of lines) assert.doesNotThrow(() => JSON.parse(line), line);
  const leaks = lines.filter((line) => /@example\.|Befund|Ein Pferd|Bearer/.test(line));
  assert.deepEqual(leaks.slice(0, 5), []);
});

test("no couvertd of this run broke off", async () => {
  const file = path.join((await runContext()).folder, "broken");
  assert.equal(await readFile(file, "utf8").catch(() => ""), "");
});
