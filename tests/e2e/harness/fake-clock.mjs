// A wall clock for one program that a test can set while the program runs: libfaketime reads it
// from a file at every call. The monotonic clock goes on as it is, so that waits stay true.
// libfaketime and AddressSanitizer do not go together: release builds only.
import { existsSync } from "node:fs";
import { mkdtemp, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { runContext } from "./run-context.mjs";

const libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"].map(
  (folder) => `${folder}/faketime/libfaketimeMT.so.1`,
);

export class FakeClock {
  /** @param {string} file */
  constructor(file) {
    this.file = file;
    this.seconds = 0;
  }

  static async create() {
    const { folder } = await runContext();
    const clock = new FakeClock(path.join(await mkdtemp(path.join(folder, "clock-")), "now"));
    await clock.set(0);
    return clock;
  }

  /** What the program's environment needs. @returns {Record<string, string>} */
  get env() {
    const library = libraries.find(existsSync);
    if (!library) throw new Error("libfaketime is missing: package libfaketime");
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
  }

  /** Sets how far it goes ahead of the real clock. @param {number} seconds */
  async set(seconds) {
    this.seconds = seconds;
    await writeFile(`${this.file}.new`, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}\n`);
    await rename(`${this.file}.new`, this.file); // whole or not at all
  }

  /** @param {number} seconds */
  advance(seconds) {
    return this.set(this.seconds + seconds);
  }

  /** The time that the program sees. */
  now() {
    return new Date(Date.now() + this.seconds * 1000);
  }
}
