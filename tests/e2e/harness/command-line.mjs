// The real couvert, with a state folder of its own as every person has one.
import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { programs } from "./couvertd.mjs";
import { runProgram } from "./processes.mjs";
import { mailbox, runContext } from "./run-context.mjs";

/** @typedef {import("./processes.mjs").Ended} Ended */

/** Fails with what the program said where it did not end well. @param {Ended} ended */
export function mustEndWell(ended) {
  if (ended.code === 0) return ended;
  throw new Error(`couvert ended with ${ended.code ?? ended.signal}: ${ended.stderr}`);
}

/** One person at a terminal. */
export class CommandLine {
  /** @param {string} baseUrl @param {string} home */
  constructor(baseUrl, home) {
    this.baseUrl = baseUrl;
    this.home = home;
  }

  /** @param {string} baseUrl */
  static async create(baseUrl) {
    const { folder } = await runContext();
    return new CommandLine(baseUrl, await mkdtemp(path.join(folder, "home-")));
  }

  /** @param {string[]} words @param {Parameters<typeof runProgram>[1]} [options] */
  run(words, options = {}) {
    const env = { ...process.env, ...options.env, COUVERT_HOME: this.home };
    const command = [path.join(programs, "couvert"), "--server", this.baseUrl, ...words];
    return runProgram(command, { deadline: 120_000, ...options, env });
  }

  /** @param {string[]} words @param {Parameters<typeof runProgram>[1]} [options] */
  async json(words, options) {
    const ended = mustEndWell(await this.run([...words, "--json"], options));
    return JSON.parse(ended.stdout.toString());
  }

  /** Proves an address by the code in its mailbox. @param {string} address */
  async verify(address) {
    const box = await mailbox(address);
    await box.rest();
    mustEndWell(await this.run(["verify", address, "--request-only"]));
    mustEndWell(await this.run(["verify", address, "--code", await box.nextCode()]));
  }
}
