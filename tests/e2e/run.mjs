// Runs the end-to-end tests: one mail system for all of them, three files at a time (they wait more
// than they compute), the long ones first, and at last what only the whole run can show.
//
// A file that is red beside others gets a second try alone and is said to be unsteady if it is
// green then (decision 0106); a program that breaks off is red whatever the second try says.
//
// node tests/e2e/run.mjs [WORDS]: with words, only the files whose names contain them, whole, or
// else the cases whose names do.
// Gigabytes are not for every run: node tests/e2e/large.mjs, by hand.
import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { beginRun } from "./harness/run-context.mjs";

const folder = import.meta.dirname;
const words = process.argv[2] ?? "";
const last = "whole-run.test.mjs"; // it reads the logs of all the others
const secondTries = 2; // more red files are no accident

const files = (await readdir(folder)).filter((name) => name.endsWith(".test.mjs"));
const sizes = await Promise.all(files.map(async (name) => (await stat(`${folder}/${name}`)).size));
const longestFirst = files
  .map((name, at) => ({ name, size: sizes[at] ?? 0 }))
  .sort((one, other) => other.size - one.size)
  .map(({ name }) => name);

/** The files to run, and which of their cases. A file without any would wait for its servers. */
async function choose() {
  const all = longestFirst.filter((name) => name !== last);
  if (!words) return { names: all };
  const named = all.filter((name) => name.includes(words));
  if (named.length > 0) return { names: named };
  const texts = await Promise.all(all.map((name) => readFile(path.join(folder, name), "utf8")));
  return { names: all.filter((_, at) => texts[at]?.includes(words)), cases: words };
}

/** @typedef {{ pass: number, fail: number }} Counts */
/** @type {Map<string, Counts>} of each file's last try */
const counts = new Map();

/** @param {string[]} names @param {number} concurrency @param {string} [cases] */
async function runFiles(names, concurrency, cases) {
  for (const name of names) counts.set(name, { pass: 0, fail: 0 });
  const stream = run({
    files: names.map((name) => path.join(folder, name)),
    concurrency,
    timeout: 900_000, // a browser's whole ways take five minutes beside others
    ...(cases ? { testNamePatterns: cases } : {}),
  });
  /** @param {"pass" | "fail"} end @param {string | undefined} file */
  const count = (end, file) => {
    const counted = counts.get(path.basename(file ?? ""));
    if (counted) counted[end]++;
    else throw new Error(`a case of no file: ${file}`);
  };
  stream.on("test:pass", ({ file }) => count("pass", file));
  stream.on("test:fail", ({ file }) => count("fail", file));
  // The totals come at the end of the run, not of each part.
  const total = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /;
  const told = stream.filter((/** @type {any} */ { type, data }) => {
    return type !== "test:diagnostic" || !total.test(data.message);
  });
  for await (const text of told.compose(spec())) process.stdout.write(text);
}

function redFiles() {
  return [...counts].filter(([, { fail }]) => fail > 0).map(([name]) => name);
}

/** @param {"pass" | "fail"} end */
function sum(end) {
  return [...counts.values()].reduce((all, one) => all + one[end], 0);
}

const context = await beginRun();
try {
  const { names, cases } = await choose();
  await runFiles(names, 3, cases);
  const red = redFiles();
  if (red.length > 0 && red.length <= secondTries) {
    console.log(`\n== red beside others, now alone: ${red.join(", ")}`);
    await context.emptyMailboxes();
    await runFiles(red, 1, cases);
    const still = redFiles();
    const unsteady = red.filter((name) => !still.includes(name));
    for (const name of unsteady) console.log(`== unsteady: ${name}, green alone`);
  }
  if (!words) await runFiles([last], 1);
} finally {
  await context.end();
}
console.log(`ℹ pass ${sum("pass")}\nℹ fail ${sum("fail")}`);
process.exit(sum("fail") === 0 ? 0 : 1);
