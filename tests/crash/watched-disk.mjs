// A folder under power-cut.c: counts what a program does in it, makes that fail or kill, and makes
// what a power cut would leave.
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { cp, link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {"fdatasync" | "fsync" | "name" | "remove" | "make" | "write"} Operation */
/** @typedef {Record<Operation, number>} Count */
/** @typedef {"kill" | "ENOSPC" | "EIO"} Action */
/**
 * How much of what was never synced a power cut leaves, by folder and by block of 4 KiB.
 * @typedef {{ names: number, blocks: number }} Luck
 */

/** In the order of power-cut.c. @type {Operation[]} */
export const operations = ["fdatasync", "fsync", "name", "remove", "make", "write"];
const place = { mask: operations.length, seen: 7, from: 8, to: 9, error: 10, words: 11 };
const block = 4096;

/** @param {string} folder @returns {Promise<Map<string, import("node:fs").BigIntStats>>} */
async function entriesOf(folder) {
  const names = await readdir(folder).catch(() => /** @type {string[]} */ ([]));
  /** @type {[string, import("node:fs").BigIntStats][]} */
  const all = await Promise.all(
    names.map(async (name) => [name, await stat(path.join(folder, name), { bigint: true })]),
  );
  return new Map(all);
}

export class WatchedDisk {
  /** @param {{ root: string, shadow: string, library: string }} options */
  constructor({ root, shadow, library }) {
    this.root = root;
    this.shadow = shadow;
    this.library = library;
    this.control = -1;
  }

  /** What the program's environment needs. @returns {Record<string, string>} */
  get env() {
    return {
      LD_PRELOAD: this.library,
      COUVERT_CUT_ROOT: this.root,
      COUVERT_CUT_SHADOW: this.shadow,
    };
  }

  /** Everything that is there now is durable. Order: while no program works in the folder. */
  async begin() {
    await rm(this.shadow, { recursive: true, force: true });
    for (const name of ["inodes", "folders"]) {
      await mkdir(path.join(this.shadow, name), { recursive: true });
    }
    await writeFile(path.join(this.shadow, "control"), Buffer.alloc(place.words * 8));
    if (this.control >= 0) closeSync(this.control);
    this.control = openSync(path.join(this.shadow, "control"), "r+");
    await this.#keepAll("");
  }

  end() {
    if (this.control >= 0) closeSync(this.control);
    this.control = -1;
  }

  /** @param {string} below */
  #durable(below) {
    return path.join(this.shadow, "folders", below.replaceAll("/", ":"));
  }

  /** @param {bigint} inode */
  #bytes(inode) {
    return path.join(this.shadow, "inodes", String(inode));
  }

  /** @param {string} below relative to the root, beginning with a slash, or empty */
  async #keepAll(below) {
    await mkdir(this.#durable(below), { recursive: true });
    for (const [name, status] of await entriesOf(this.root + below)) {
      const kept = path.join(this.#durable(below), name);
      if (status.isDirectory()) {
        await mkdir(kept);
        await this.#keepAll(`${below}/${name}`);
      } else {
        await cp(`${this.root}${below}/${name}`, this.#bytes(status.ino));
        await link(this.#bytes(status.ino), kept);
      }
    }
  }

  /** @param {number} at @param {bigint} [value] to write; else it is read */
  #word(at, value) {
    const bytes = Buffer.alloc(8);
    if (value === undefined) readSync(this.control, bytes, 0, 8, at * 8);
    else {
      bytes.writeBigUInt64LE(value);
      writeSync(this.control, bytes, 0, 8, at * 8);
    }
    return bytes.readBigUInt64LE();
  }

  /** How often each operation happened since begin(). */
  counts() {
    const pairs = operations.map((name, index) => [name, Number(this.#word(index))]);
    return /** @type {Count} */ (Object.fromEntries(pairs));
  }

  /** @param {Count} before @returns {Count} */
  countsSince(before) {
    const now = this.counts();
    for (const name of operations) now[name] -= before[name];
    return now;
  }

  /**
   * The operations `from` to `to` of these kinds, counted from now on, meet `action`.
   * @param {{ kinds: Operation[], from: number, to?: number, action: Action }} fault
   */
  arm({ kinds, from, to = from, action }) {
    const mask = kinds.reduce((sum, kind) => sum | (1 << operations.indexOf(kind)), 0);
    const error = action === "kill" ? 0 : os.constants.errno[action];
    this.#word(place.from, 0n);
    this.#word(place.mask, BigInt(mask));
    this.#word(place.seen, 0n);
    this.#word(place.error, BigInt(error));
    this.#word(place.to, BigInt(to));
    this.#word(place.from, BigInt(from));
  }

  /** From now on all goes well. Whether the fault was met. */
  disarm() {
    const from = this.#word(place.from);
    const met = from > 0n && this.#word(place.seen) >= from;
    this.#word(place.from, 0n);
    return met;
  }

  /**
   * The power goes and comes back: the folder holds what was durable, and by luck more.
   * Order: the program is dead.
   * @param {Luck} luck @param {Random} random
   */
  async cutPower(luck, random) {
    const left = `${this.root}.left`;
    await rm(left, { recursive: true, force: true });
    await this.#leave("", left, { luck, random });
    await rm(this.root, { recursive: true });
    await rename(left, this.root);
    await this.begin();
  }

  /** @param {string} below @param {string} left
   * @param {{ luck: Luck, random: Random }} by */
  async #leave(below, left, by) {
    await mkdir(left, { mode: 0o700 });
    const now = await entriesOf(this.root + below);
    const durable = await entriesOf(this.#durable(below));
    const lucky = by.random.next() < by.luck.names;
    for (const [name, status] of lucky ? now : durable) {
      const to = path.join(left, name);
      if (status.isDirectory()) await this.#leave(`${below}/${name}`, to, by);
      else await writeFile(to, await this.#bytesLeft(below, name, { lucky, by }), { mode: 0o600 });
    }
  }

  /** @param {string} below @param {string} name
   * @param {{ lucky: boolean, by: { luck: Luck, random: Random } }} how */
  async #bytesLeft(below, name, { lucky, by }) {
    const file = `${this.root}${below}/${name}`;
    const durableName = path.join(this.#durable(below), name);
    const status = await stat(file, { bigint: true }).catch(() => undefined);
    const source = lucky && status ? this.#bytes(status.ino) : durableName;
    const durable = await readFile(source).catch(() => Buffer.alloc(0));
    // Luck mixes blocks of one file only, not of another one that took its name.
    const kept = await stat(source, { bigint: true }).catch(() => undefined);
    const same = status && kept && (lucky || (await this.#isSame(status.ino, kept.ino)));
    if (!same || by.luck.blocks === 0) return durable;
    const now = await readFile(file);
    const length = by.random.next() < by.luck.blocks ? now.length : durable.length;
    const mixed = Buffer.alloc(length);
    durable.copy(mixed);
    for (let at = 0; at < Math.min(length, now.length); at += block) {
      if (by.random.next() < by.luck.blocks) now.copy(mixed, at, at, at + block);
    }
    return mixed;
  }

  /** @param {bigint} inode @param {bigint} kept */
  async #isSame(inode, kept) {
    const bytes = await stat(this.#bytes(inode), { bigint: true }).catch(() => undefined);
    return bytes?.ino === kept;
  }
}
