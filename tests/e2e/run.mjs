// Runs the end-to-end tests: one mail system for all of them, three files at a time (they wait more
// than they compute), the long ones first, and at last what only the whole run can show.
//
// node tests/e2e/run.mjs [WORDS]: with words, only the cases whose names contain them.
// Gigabytes are not for every run: node tests/e2e/large.mjs, by hand.
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { beginRun } from "./harness/run-context.mjs";

const folder = import.meta.dirname;
const words = process.argv[2] ?? "";
const last = "whole-run.test.mjs"; // it reads the logs of all the others

const files = (await readdir(folder)).filter((name) => name.endsWith(".test.mjs"));
const sizes = await Promise.all(files.map(async (name) => (await stat(`${folder}/${name}`)).size));
const longestFirst = files
  .map((name, at) => ({ name, size: sizes[at] ?? 0 }))
  .sort((one, other) => other.size - one.size)
  .map(({ name }) => name);
const context = await beginRun();
let failed = 0;

/** @param {string[]} names @param {number} concurrency */
async function runFiles(names, concurrency) {
  const stream = run({
    files: names.map((name) => path.join(folder, name)),
    concurrency,
    timeout: 600_000,
    ...(words ? { testNamePatterns: words } : {}),
  });
  stream.on("test:fail", () => failed++);
  for await (const text of stream.compose(spec())) process.stdout.write(text);
}

try {
  await runFiles(
    longestFirst.filter((name) => name !== last),
    3,
  );
  if (!words) await runFiles([last], 1);
} finally {
  await context.end();
}
process.exit(failed === 0 ? 0 : 1);
