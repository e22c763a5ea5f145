// The clocks of one program, which a test sets while the program runs (fake-clock.c). Waits that
// have begun stay as they are; files have the machine's times. Tried with release builds only.
import { closeSync, openSync, writeSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildLibrary } from "./preload.mjs";
import { runContext } from "./run-context.mjs";

export class FakeClock {
  /** @param {string} file @param {string} library */
  constructor(file, library) {
    this.file = file;
    this.library = library;
    this.seconds = 0;
    this.running = 0;
  }

  static async create() {
    const library = await buildLibrary("tests/e2e/harness/fake-clock.c");
    const { folder } = await runContext();
    const file = path.join(await mkdtemp(path.join(folder, "clock-")), "ahead");
    await writeFile(file, Buffer.alloc(16));
    return new FakeClock(file, library);
  }

  /** What the program's environment needs. @returns {Record<string, string>} */
  get env() {
    return { LD_PRELOAD: this.library, COUVERT_CLOCK: this.file };
  }

  /** Sets how far the time of day goes ahead of the real one. @param {number} seconds */
  async set(seconds) {
    this.#write(seconds, this.running);
  }

  /** Somebody sets the clock. @param {number} seconds */
  advance(seconds) {
    return this.set(this.seconds + seconds);
  }

  /** That time passes, as if the program had run all the while. @param {number} seconds */
  async pass(seconds) {
    this.#write(this.seconds + seconds, this.running + seconds);
  }

  /** @param {number} seconds @param {number} running */
  #write(seconds, running) {
    [this.seconds, this.running] = [seconds, running];
    const bytes = Buffer.alloc(16);
    bytes.writeBigInt64LE(BigInt(seconds), 0);
    bytes.writeBigInt64LE(BigInt(running), 8);
    const file = openSync(this.file, "r+");
    writeSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
  }

  /** The time that the program sees. */
  now() {
    return new Date(Date.now() + this.seconds * 1000);
  }
}
