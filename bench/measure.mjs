// What is measured, and what is made of several measurements.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { output, runProgram } from "../tests/e2e/harness/processes.mjs";
import { root } from "../tests/e2e/harness/run-context.mjs";

/**
 * A server beside others.
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} folder of all its files
 * @property {number} port
 * @property {() => Promise<number[]>} pids its processes
 * @property {(load: Load) => Promise<string[]>} beginUpload makes room; a request head a stream
 * @property {() => Promise<string[]>} endUpload a request head a stream for getting it back
 * @property {() => Promise<void>} clean forgets all uploads
 * @property {() => Promise<void>} stop
 */

/** How many streams at once, and how many bytes each. @typedef {{ streams: number,
 *   bytes: number }} Load */

/**
 * Seconds of processor time are for each GiB: of the server's processes, and of the machine less
 * the client.
 * @typedef {{ rate: number, cpu: number, machine: number, client: number, cipher: string }} Sample
 */

const kibi = 1024;
export const GiB = kibi ** 3;

/** "100M" or "2G" in bytes. @param {string} text */
export function parseBytes(text) {
  const [, number, unit] = /^(\d+)([KMG])$/.exec(text) ?? [];
  if (!number) throw new Error(`a size is like 100M or 2G, not ${text}`);
  return Number(number) * kibi ** ("KMG".indexOf(unit) + 1);
}

/** @param {number} bytes */
export function nameBytes(bytes) {
  for (const [unit, size] of Object.entries({ GiB, MiB: kibi ** 2 })) {
    if (bytes % size === 0) return `${bytes / size} ${unit}`;
  }
  return bytes < kibi ** 2 ? `${bytes / kibi} KiB` : `${(bytes / kibi ** 2).toFixed(1)} MiB`;
}

/** "8x512M". @param {string} text @returns {Load} */
export function parseLoad(text) {
  const [streams, bytes] = text.split("x");
  return { streams: Number(streams), bytes: parseBytes(bytes) };
}

/** The processor time that these processes have used, in seconds. @param {number[]} pids */
export async function cpuSeconds(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]); // utime and stime of proc(5)
  }
  return ticks / 100;
}

/** Processor time of everything on this machine, in seconds. Less the client's it is what a server
 * costs with what it leaves to the kernel's own threads and to who syncs its files. On a quiet
 * machine only. */
async function machineSeconds() {
  const [, ...fields] = (await readFile("/proc/stat", "utf8")).split("\n")[0].split(/\s+/);
  const [user, nice, system, , , irq, softirq] = fields.map(Number);
  return (user + nice + system + irq + softirq) / 100;
}

/** Resident memory of a process now and at its highest, in MiB. @param {number} pid */
export async function memory(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const [now, peak] = ["VmRSS", "VmHWM"].map((name) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]),
  );
  return { now: now / kibi, peak: peak / kibi };
}

/** Random bytes that cost nothing to make: a keystream. @param {string} file
 * @param {number} bytes */
export async function makeSource(file, bytes) {
  const key = "00112233445566778899aabbccddeeff".repeat(2);
  const stream = `openssl enc -aes-256-ctr -nosalt -K ${key} -iv ${key.slice(0, 32)} </dev/zero`;
  await output(["bash", "-c", `${stream} 2>/dev/null | head -c ${bytes} >"${file}"`], {
    deadline: 300_000,
  });
}

let heads = 0;

/**
 * Lets the loader send or receive one body a head.
 * @param {{ folder: string, source: string }} run
 * @param {number} port
 * @param {"send" | "receive"} what
 * @param {{ bytes: number | undefined, heads: string[] }} streams no bytes: whatever comes
 * @returns {Promise<{ seconds: number, cpu: number, bytes: number, cipher: string }>}
 */
export async function load(run, port, what, { bytes, heads: texts }) {
  const files = [];
  for (const text of texts) {
    const file = path.join(run.folder, `head-${heads++}`);
    await writeFile(file, text);
    files.push(file);
  }
  const source = bytes === undefined ? "-" : run.source;
  const program = path.join(root, "build/release/bench_loader");
  const words = [program, String(port), what, source, String(bytes ?? 0), ...files];
  const ended = await runProgram(words, { deadline: 600_000 });
  if (ended.code !== 0) throw new Error(`${what}: ${ended.stderr}`);
  return JSON.parse(ended.stdout.toString());
}

/**
 * Does it and says what it took; for what is written, until the file system has nothing dirty.
 * @param {Contestant} contestant
 * @param {() => ReturnType<typeof load>} work
 * @param {{ writes?: boolean }} [options]
 * @returns {Promise<Sample>}
 */
export async function sample(contestant, work, { writes = false } = {}) {
  const before = await cpuSeconds(await contestant.pids());
  const machineBefore = await machineSeconds();
  const done = await work();
  const began = performance.now();
  // In one call, whose length does not hang on how many files and folders there are.
  if (writes) await output(["sync", "--file-system", contestant.folder]);
  const seconds = done.seconds + (performance.now() - began) / 1000;
  const cpu = (await cpuSeconds(await contestant.pids())) - before;
  const machine = (await machineSeconds()) - machineBefore - done.cpu;
  const gibi = done.bytes / GiB;
  const rate = done.bytes / seconds / 1e6;
  return {
    rate,
    cpu: cpu / gibi,
    machine: machine / gibi,
    client: done.cpu / gibi,
    cipher: done.cipher,
  };
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** "650 (600–700)". @param {number[]} values @param {number} digits */
export function spread(values, digits) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

/** Of each pair first / second, and of these the median: what disturbs hits both of a pair.
 * @param {number[]} first @param {number[]} second */
export function ratio(first, second) {
  return median(first.map((value, index) => value / second[index])).toFixed(2);
}

/** @param {string[][]} rows the first one is the head */
export function table([head, ...rows]) {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
