// What an upload costs where nothing is done but what must be: bench/floor.cpp beside the servers,
// in the same run. What couvertd takes above it is its own; what lies below, no server of OpenSSL's
// TLS and the page cache is spared.
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { freePort, waitForPort } from "../tests/e2e/harness/ports.mjs";
import { endProgram, startProgram } from "../tests/e2e/harness/processes.mjs";
import { root } from "../tests/e2e/harness/run-context.mjs";
import { load, nameBytes, ratio, sample, spread } from "./measure.mjs";

/** @typedef {import("./measure.mjs").Contestant} Contestant */
/** @typedef {import("./measure.mjs").Load} Load */
/** @typedef {import("./measure.mjs").Sample} Sample */
/** @typedef {import("./run.mjs").Bench} Bench */

const stages = { receive: "received alone", seal: "and sealed", write: "and written" };

/** bench_floor, for one of its stages. @implements {Contestant} */
class Floor {
  /** @param {keyof typeof stages} stage @param {string} folder @param {number} port
   * @param {import("node:child_process").ChildProcess} child */
  constructor(stage, folder, port, child) {
    this.name = stages[stage];
    this.stage = stage;
    this.folder = folder;
    this.port = port;
    this.child = child;
  }

  /** @param {Bench} bench @param {keyof typeof stages} stage */
  static async start(bench, stage) {
    const folder = path.join(bench.folder, `floor-${stage}`);
    await mkdir(folder);
    const port = await freePort();
    const program = path.join(root, "build/release/bench_floor");
    const words = [program, String(port), bench.certificate, bench.key, folder];
    const child = startProgram(words, { log: `${folder}.log` });
    await waitForPort(port, stage);
    return new Floor(stage, folder, port, child);
  }

  async pids() {
    return [Number(this.child.pid)];
  }

  /** @param {Load} load */
  async beginUpload({ bytes }) {
    return [`PUT /${this.stage} HTTP/1.1\r\nContent-Length: ${bytes}\r\n\r\n`];
  }

  async endUpload() {
    return [];
  }

  async clean() {
    await rm(this.folder, { recursive: true });
    await mkdir(this.folder);
  }

  async stop() {
    await endProgram(this.child, { signal: "SIGKILL" });
  }
}

/** @param {Bench} bench */
export async function floor(bench) {
  const { bytes } = bench.loads[0];
  const floors = [];
  for (const stage of /** @type {const} */ (["receive", "seal", "write"])) {
    floors.push(await Floor.start(bench, stage));
  }
  /** @type {Contestant[]} */
  const all = [...floors, ...bench.contestants];
  /** @type {Sample[][]} */
  const seen = all.map(() => []);
  for (let run = -1; run < bench.runs; run++) {
    for (const [index, one] of all.entries()) {
      const heads = await one.beginUpload({ streams: 1, bytes });
      const work = () => load(bench, one.port, "send", { bytes, heads });
      const up = await sample(one, work, { writes: true });
      await one.endUpload();
      await one.clean();
      if (run >= 0) seen[index].push(up); // the first warms up
    }
  }
  for (const one of floors) await one.stop();
  const beside = all.findIndex(({ name }) => name === "nginx stock");
  const cpu = (/** @type {number} */ at) => seen[at].map((one) => one.cpu);
  return [
    [`upload 1 × ${nameBytes(bytes)}`, "MB/s", "CPU s/GiB", "of nginx stock"],
    ...all.map(({ name }, at) => [
      name,
      spread(
        seen[at].map(({ rate }) => rate),
        0,
      ),
      spread(cpu(at), 2),
      beside < 0 ? "" : ratio(cpu(at), cpu(beside)),
    ]),
  ];
}
