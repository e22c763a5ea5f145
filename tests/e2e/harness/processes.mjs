// Programs that a test starts. Whatever was started here ends with the test process, by its PID,
// also when a test fails or the run is interrupted.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { once } from "node:events";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */
/** @typedef {{ code: number | null, signal: string | null, stdout: Buffer,
 *   stderr: Buffer }} Ended */

/** @type {Set<ChildProcess>} */
const running = new Set();

process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.once(signal, () => process.exit(130));
}

/** Waits, without keeping the process alive for it. @param {number} milliseconds */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** No measure of speed: on a machine with much else to do, what comes at all has come by then. */
export const patience = 60_000;

/**
 * Asks again until the answer is truthy, which is returned; fails at the deadline.
 * @template T
 * @param {string} what a sentence's end: "the server answers"
 * @param {() => Promise<T> | T} ask
 * @param {{ deadline?: number, every?: number }} [options] in milliseconds
 * @returns {Promise<NonNullable<T>>}
 */
export async function waitUntil(what, ask, { deadline = patience, every = 50 } = {}) {
  const end = Date.now() + deadline;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${deadline} ms in vain until ${what}`);
    await pause(every);
  }
}

/**
 * Starts a program that runs on; its output goes to the end of a file.
 * @param {string[]} command
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, log: string }} options
 */
export function startProgram([program, ...args], { env = process.env, cwd, log }) {
  const output = createWriteStream(log, { flags: "a" });
  const child = spawn(program, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  running.add(child);
  child.once("close", () => {
    running.delete(child);
    output.end();
  });
  // What runs on does not keep a finished test alive.
  child.unref();
  for (const stream of [child.stdout, child.stderr]) {
    /** @type {import("node:net").Socket} */ (stream).unref();
  }
  return child;
}

/**
 * Ends a program: the signal, and SIGKILL where that did not help in time.
 * @param {ChildProcess} child
 * @param {{ signal?: NodeJS.Signals, deadline?: number }} [options]
 * @returns {Promise<{ code: number | null, signal: string | null }>}
 */
export async function endProgram(child, { signal = "SIGTERM", deadline = 35_000 } = {}) {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, "close");
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), deadline);
    await closed;
    clearTimeout(timer);
  }
  return { code: child.exitCode, signal: child.signalCode };
}

/**
 * Runs a program to its end.
 * @param {string[]} command
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, input?: string | Buffer,
 *   deadline?: number, onStart?: (child: ChildProcess) => void }} [options]
 * @returns {Promise<Ended>}
 */
export async function runProgram([program, ...args], options = {}) {
  const { env = process.env, cwd, input, deadline = 60_000, onStart } = options;
  const child = spawn(program, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  /** @type {Buffer[]} */
  const stdout = [];
  /** @type {Buffer[]} */
  const stderr = [];
  child.stdout.on("data", (bytes) => stdout.push(bytes));
  child.stderr.on("data", (bytes) => stderr.push(bytes));
  child.stdin.on("error", () => undefined); // it may end without reading
  child.stdin.end(input);
  onStart?.(child);
  const timer = setTimeout(() => child.kill("SIGKILL"), deadline);
  const [code, signal] = await once(child, "close").finally(() => {
    clearTimeout(timer);
    running.delete(child);
  });
  return { code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}

/**
 * Runs a program that must end well; its standard output.
 * @param {string[]} command
 * @param {Parameters<typeof runProgram>[1]} [options]
 */
export async function output(command, options) {
  const ended = await runProgram(command, options);
  if (ended.code !== 0) {
    throw new Error(
      `${command.join(" ")} ended with ${ended.code ?? ended.signal}: ${ended.stderr}`,
    );
  }
  return ended.stdout.toString();
}
