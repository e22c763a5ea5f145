// ./dev bench: Couvert beside nginx, in one run on one file system, both TLS_AES_256_GCM_SHA384.
//
// node bench/run.mjs [PARTS] [OPTIONS], PARTS of:
//   transfers floor zip small memories passwords starts quick pages scores
//   --smoke                    tiny sizes: shows that the bench works and that data is verified
//   --runs 5                   of each thing, interleaved
//   --loads 1x100M,1x2G,...    streams and bytes of each
//   --folder build/bench       where all keep their files
//   --wide                     Couvert with tls.wide_aes, too
//   --beside FOLDER            the couvertd of that folder instead of nginx: what a change brings
import { mkdir, rm, statfs } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { output } from "../tests/e2e/harness/processes.mjs";
import { root } from "../tests/e2e/harness/run-context.mjs";
import { Couvert } from "./couvert.mjs";
import { floor } from "./floor.mjs";
import { makeSource, nameBytes, parseBytes, parseLoad, table } from "./measure.mjs";
import { memories } from "./memories.mjs";
import { Nginx } from "./nginx.mjs";
import { pages } from "./pages.mjs";
import { passwords } from "./passwords.mjs";
import { quick } from "./quick.mjs";
import { scores } from "./scores.mjs";
import { small } from "./small.mjs";
import { starts } from "./starts.mjs";
import { transfers } from "./transfers.mjs";
import { zip } from "./zip.mjs";

const parts = { transfers, floor, zip, small, memories, passwords, starts, quick, pages, scores };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    smoke: { type: "boolean", default: false },
    runs: { type: "string" },
    loads: { type: "string" },
    folder: { type: "string" },
    wide: { type: "boolean", default: false },
    beside: { type: "string" },
  },
});

const full = {
  runs: 5,
  loads: "1x100M,1x2G,1x4G,8x100M,8x512M",
  memoryLoads: "1x100M,1x10G,8x512M",
  zipBytes: "2G",
  passwordBytes: "4G",
  smallSeconds: 3,
  attempts: 1000,
  targets: 96,
  transferCount: 100_000,
  quickCount: 50,
  fileCount: 5000,
  recipientCount: 500,
};

const smoke = {
  runs: 1,
  loads: "1x9M,2x1M",
  memoryLoads: "1x9M",
  zipBytes: "2M",
  passwordBytes: "2M",
  smallSeconds: 1,
  attempts: 10,
  targets: 2,
  transferCount: 100,
  quickCount: 3,
  fileCount: 200,
  recipientCount: 20,
};

/** Key and certificate for all of them. @param {string} folder */
async function makeCertificate(folder) {
  const [key, certificate] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const kind = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost";
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const files = ["-keyout", key, "-out", certificate];
  await output(["openssl", "req", "-x509", ...kind.split(" "), "-addext", names, ...files]);
  return { key, certificate };
}

const memoryFolder = "/dev/shm";
const onDisk = path.join(root, "build/bench");

/** Memory, if there is room. @param {number} bytes */
async function placeFor(bytes) {
  const { bavail, bsize } = await statfs(memoryFolder).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > 2 * bytes ? memoryFolder : onDisk;
}

/** Where all keep their files: on the disk, but for a trial. */
async function placeOfFiles() {
  if (values.folder) return path.resolve(values.folder);
  const place = values.smoke ? await placeFor(1024 ** 3) : onDisk;
  return place === memoryFolder ? path.join(place, `couvert-bench-${process.pid}`) : place;
}

async function prepare() {
  const sizes = values.smoke ? smoke : full;
  const loads = (values.loads ?? sizes.loads).split(",").map(parseLoad);
  const memoryLoads = sizes.memoryLoads.split(",").map(parseLoad);
  const zipBytes = parseBytes(sizes.zipBytes);
  const passwordBytes = parseBytes(sizes.passwordBytes);
  const wanted = positionals.length ? positionals : Object.keys(parts);
  const needed = [1024];
  if (wanted.includes("transfers") || wanted.includes("floor"))
    needed.push(...loads.map(({ bytes }) => bytes));
  if (wanted.includes("memories")) needed.push(...memoryLoads.map(({ bytes }) => bytes));
  if (wanted.includes("zip")) needed.push(zipBytes);
  if (wanted.includes("passwords")) needed.push(passwordBytes);
  const sourceBytes = Math.max(...needed);
  const folder = await placeOfFiles();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const source = path.join(await placeFor(sourceBytes), `couvert-source-${process.pid}`);
  await mkdir(path.dirname(source), { recursive: true });
  await makeSource(source, sourceBytes);
  const run = { folder, source, ...(await makeCertificate(folder)) };
  const couvert = await Couvert.start(run);
  const wide = values.wide
    ? [await Couvert.start(run, "Couvert, wide TLS", { tls: "wide_aes = true" })]
    : [];
  const nginxes = values.beside
    ? []
    : [await Nginx.start("stock", run), await Nginx.start("tuned", run)];
  const others = values.beside
    ? [await Couvert.start(run, "before", { folder: values.beside })]
    : nginxes;
  const runs = Number(values.runs ?? sizes.runs);
  const amounts = { runs, loads, memoryLoads, zipBytes, passwordBytes };
  const contestants = [couvert, ...wide, ...others];
  return { ...sizes, ...amounts, ...run, wanted, couvert, nginxes, contestants, note };
}

/** @typedef {Awaited<ReturnType<typeof prepare>>} Bench */

/** A line while it runs.
 * @param {string} who @param {import("./measure.mjs").Load} amount
 * @param {import("./measure.mjs").Sample} up @param {import("./measure.mjs").Sample} down */
function note(who, { streams, bytes }, up, down) {
  const words = [
    ["up", up],
    ["down", down],
  ].map(([what, one]) => {
    const { rate, cpu, machine, client } = /** @type {import("./measure.mjs").Sample} */ (one);
    const times = `${cpu.toFixed(2)} s/GiB (${machine.toFixed(2)} with the kernel's`;
    return `${what} ${rate.toFixed(0)} MB/s ${times}, client ${client.toFixed(2)})`;
  });
  const load = `${streams} × ${nameBytes(bytes)}`;
  console.error(`${who}, ${load}: ${words.join(", ")}; ${up.cipher}`);
  if (up.cipher !== "TLS_AES_256_GCM_SHA384") throw new Error("another cipher");
}

const began = performance.now();
const bench = await prepare();
console.log(`${availableParallelism()} cores, ${cpus()[0].model}; ${bench.runs} runs each,`);
console.log("median (lowest–highest); ratios are medians of pairs. TLS_AES_256_GCM_SHA384.\n");
try {
  for (const name of bench.wanted) {
    const part = parts[/** @type {keyof typeof parts} */ (name)];
    if (!part) throw new Error(`no part ${name}`);
    console.log(`${table(await part(bench))}\n`);
  }
} finally {
  for (const contestant of bench.contestants) await contestant.stop();
  await rm(bench.source);
  await rm(bench.folder, { recursive: true });
}
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
process.exit(0);
