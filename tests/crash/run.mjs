// Crash and fault proof: plays one scenario again and again, each time with another fault, and
// holds what clients were told against what must always hold. docs/reliability.md says more.
//
// node tests/crash/run.mjs [SEED [NAME…]] [--sample N] [--only WORDS]… [--part K/N]
//
// The seed is printed, and a run with it does the same; with names, those trials alone. Without any
// of these every fault is tried, which takes hours; --only takes those whose names contain the
// words, --sample that many of them; --part 2/3 the second of three parts of them all, each of
// which has something of everything.
import { rmSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildLibrary } from "../e2e/harness/preload.mjs";
import { makeRunFolder, root } from "../e2e/harness/run-context.mjs";
import { findViolations } from "./checker.mjs";
import { allTrials, nameOf, sample, trialOf } from "./plan.mjs";
import { Random } from "./random.mjs";
import { play, stepNames } from "./scenario.mjs";
import { makeBase, makeMailIdentity, World } from "./world.mjs";

/** @typedef {import("./plan.mjs").Trial} Trial */
/** @typedef {import("./plan.mjs").Counts} Counts */
/** @typedef {{ name: string, met: boolean, crashes: number, violations: string[],
 *   seconds: number }} Outcome */

const parallel = Number(process.env.COUVERT_CRASH_PARALLEL ?? 7 * os.availableParallelism());
const firstStartStride = 37;
const aboutForget = { fdatasync: 0, fsync: 60, name: 30, remove: 8, make: 30, write: 30 };
const failures = path.join(root, "build/crash");

/** Folder, mail server's identity and library of all trials. */
async function begin() {
  const folder = await makeRunFolder();
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const mail = await makeMailIdentity(path.join(folder, "identity"));
  process.env.COUVERT_E2E_RUN = JSON.stringify({ folder, mail });
  const library = await buildLibrary("tests/crash/power-cut.c");
  /** @type {Promise<string> | undefined} */
  let base;
  return { library, base: () => (base ??= makeBase(library)) };
}

/** @typedef {Awaited<ReturnType<typeof begin>>} Ground */

/** How often each operation happens where nothing is disturbed.
 * @param {Ground} ground @param {{ fresh: boolean, last: string }} how */
async function measure(ground, { fresh, last }) {
  const fault = /** @type {const} */ ({ mode: "none", step: "upload" });
  const random = new Random(`measure ${fresh}`);
  const base = fresh ? undefined : await ground.base();
  const { library } = ground;
  const world = await World.create({ name: "measure", fault, random, library, base });
  /** @type {Counts} */
  const counts = {};
  await play(world, { last, onStep: (step, count) => void (counts[step] = count) });
  const violations = findViolations(world.history.events);
  await world.end();
  if (violations.length) throw new Error(`undisturbed: ${JSON.stringify(violations)}`);
  return counts;
}

/** Half of the trials end before the transfers do: with one more crash, and all opened again.
 * @param {string} step @param {Random} random */
function lastStep(step, random) {
  const wanted = stepNames[stepNames.indexOf("retrieve") + random.below(2)];
  if (stepNames.indexOf(step) >= stepNames.indexOf("expire")) return step;
  const isLater = stepNames.indexOf(step) > stepNames.indexOf(wanted);
  return isLater || random.below(4) === 0 ? "expire" : wanted;
}

/** @param {Trial} trial @param {{ ground: Ground, seed: string }} options
 * @returns {Promise<Outcome>} */
async function attempt(trial, { ground, seed }) {
  const name = nameOf(trial);
  const random = new Random(seed).fork(name);
  const since = Date.now();
  const { library } = ground;
  const base = trial.fresh ? undefined : await ground.base();
  const last = lastStep(trial.fault.step, random);
  const world = await World.create({ name: "trial", fault: trial.fault, random, library, base });
  const violations = [];
  try {
    await play(world, { last });
  } catch (error) {
    violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  for (const { invariant, text } of findViolations(world.history.events)) {
    violations.push(`invariant ${invariant}: ${text}`);
  }
  const met = world.wasMet;
  await world.end();
  if (violations.length) {
    const kept = path.join(failures, `${seed}-${name.replaceAll("/", "_")}`);
    await cp(world.history.file, `${kept}.history`);
    await cp(world.server.log, `${kept}.log`).catch(() => undefined);
  }
  rmSync(world.server.folder, { recursive: true, force: true });
  rmSync(world.disk.shadow, { recursive: true, force: true });
  return {
    name,
    met,
    crashes: world.crashes,
    violations: [...new Set(violations)],
    seconds: (Date.now() - since) / 1000,
  };
}

/** @param {Outcome} outcome */
function report({ name, met, crashes, violations, seconds }) {
  const fault = met ? "met" : "not met";
  const word = violations.length ? "FAILED" : "ok";
  console.log(`${word.padEnd(6)} ${name}  (${fault}, ${crashes} crashes, ${seconds.toFixed(1)} s)`);
  for (const line of violations) console.log(`         ${line}`);
}

/** @param {Trial[]} trials @param {{ ground: Ground, seed: string }} options */
async function attemptAll(trials, options) {
  const waiting = [...trials];
  /** @type {Outcome[]} */
  const outcomes = [];
  const work = async () => {
    for (let trial = waiting.shift(); trial; trial = waiting.shift()) {
      const outcome = await attempt(trial, options);
      report(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return outcomes;
}

/** @param {Outcome[]} outcomes */
function summarize(outcomes) {
  const kinds = new Map();
  for (const { name, met, violations } of outcomes) {
    const kind = name.split("/")[0];
    const row = kinds.get(kind) ?? { tried: 0, met: 0, failed: 0 };
    kinds.set(kind, row);
    row.tried++;
    row.met += met ? 1 : 0;
    row.failed += violations.length ? 1 : 0;
  }
  for (const [kind, { tried, met, failed }] of kinds) {
    console.log(`${kind}: tried ${tried}, the fault met in ${met}, against the rules ${failed}`);
  }
  const failed = outcomes.filter(({ violations }) => violations.length).length;
  console.log(`crash trials: ${outcomes.length - failed} passed, ${failed} failed`);
  return failed;
}

/** The trials that the command line asks for.
 * @param {Ground} ground @param {string} seed
 * @param {{ names: string[], only: string[], sample?: string, part: string }} asked */
async function choose(ground, seed, { names, only, sample: size, part }) {
  if (names.length) return names.map(trialOf);
  const [later, first] = await Promise.all([
    measure(ground, { fresh: false, last: size ? "expire" : "forget" }),
    measure(ground, { fresh: true, last: "revoke" }),
  ]);
  later.mark ??= later.forget ??= aboutForget; // what takes long to count is guessed for a sample
  const trials = [
    ...allTrials(later, { fresh: false, stride: 1 }),
    ...allTrials(first, { fresh: true, stride: firstStartStride }),
  ].filter((trial) => only.every((word) => nameOf(trial).includes(word)));
  console.log(`${trials.length} faults are possible`);
  if (size) return sample(trials, { size: Number(size), random: new Random(seed) });
  const [which, parts] = part.split("/").map(Number);
  // By its name, since how many there are differs from run to run by a few; and mixed, since the
  // last steps' wait for the most part.
  return trials
    .map((trial) => ({ trial, random: new Random(nameOf(trial)) }))
    .filter(({ random }) => random.below(parts) === which - 1)
    .map(({ trial, random }) => ({ trial, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ trial }) => trial);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string" },
    only: { type: "string", multiple: true },
    part: { type: "string", default: "1/1" },
  },
});
const [seed = String(Math.floor(Math.random() * 1e9)), ...names] = positionals;
console.log(`seed ${seed}: ./dev crash ${seed} does the same again`);
await mkdir(failures, { recursive: true });
const ground = await begin();
const { only = [], sample: size, part } = values;
const trials = await choose(ground, seed, { names, only, sample: size, part });
const failed = summarize(await attemptAll(trials, { ground, seed }));
process.exit(failed === 0 ? 0 : 1);
