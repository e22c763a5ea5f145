// A folder under power-cut.c: counts what a program does in it, makes that fail or kill, and makes
// what a power cut would leave.
// Of hundreds of small files each takes longer to wait for than to read: nothing here waits.
import fs from "node:fs";
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

/** @param {string} place */
function statusOf(place) {
  return fs.statSync(place, { bigint: true, throwIfNoEntry: false });
}

/** @param {string} folder */
function entriesOf(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true });
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
  begin() {
    fs.rmSync(this.shadow, { recursive: true, force: true });
    for (const name of ["inodes", "folders"]) {
      fs.mkdirSync(path.join(this.shadow, name), { recursive: true });
    }
    fs.writeFileSync(path.join(this.shadow, "control"), Buffer.alloc(place.words * 8));
    this.end();
    this.control = fs.openSync(path.join(this.shadow, "control"), "r+");
    this.#keepAll("");
  }

  end() {
    if (this.control >= 0) fs.closeSync(this.control);
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
  #keepAll(below) {
    const durable = this.#durable(below);
    fs.mkdirSync(durable, { recursive: true });
    for (const entry of entriesOf(this.root + below)) {
      const file = `${this.root}${below}/${entry.name}`;
      const kept = path.join(durable, entry.name);
      if (entry.isDirectory()) {
        fs.mkdirSync(kept);
        this.#keepAll(`${below}/${entry.name}`);
      } else {
        fs.copyFileSync(file, kept);
        fs.linkSync(kept, this.#bytes(fs.statSync(file, { bigint: true }).ino));
      }
    }
  }

  /** @param {number} at @param {bigint} [value] to write; else it is read */
  #word(at, value) {
    const bytes = Buffer.alloc(8);
    if (value === undefined) fs.readSync(this.control, bytes, 0, 8, at * 8);
    else {
      bytes.writeBigUInt64LE(value);
      fs.writeSync(this.control, bytes, 0, 8, at * 8);
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
  cutPower(luck, random) {
    const left = `${this.root}.left`;
    fs.rmSync(left, { recursive: true, force: true });
    this.#leave("", left, { luck, random });
    fs.rmSync(this.root, { recursive: true });
    fs.renameSync(left, this.root);
    this.begin();
  }

  /** @param {string} below @param {string} left
   * @param {{ luck: Luck, random: Random }} by */
  #leave(below, left, by) {
    fs.mkdirSync(left, { mode: 0o700 });
    const lucky = by.random.next() < by.luck.names;
    for (const entry of entriesOf(lucky ? this.root + below : this.#durable(below))) {
      const to = path.join(left, entry.name);
      if (entry.isDirectory()) this.#leave(`${below}/${entry.name}`, to, by);
      else fs.writeFileSync(to, this.#bytesLeft(below, entry.name, { lucky, by }), { mode: 0o600 });
    }
  }

  /** @param {string} below @param {string} name
   * @param {{ lucky: boolean, by: { luck: Luck, random: Random } }} how */
  #bytesLeft(below, name, { lucky, by }) {
    const file = `${this.root}${below}/${name}`;
    const durableName = path.join(this.#durable(below), name);
    const status = statusOf(file);
    const source = lucky && status ? this.#bytes(status.ino) : durableName;
    const kept = statusOf(source);
    const durable = kept ? fs.readFileSync(source) : Buffer.alloc(0);
    // Luck mixes blocks of one file only, not of another one that took its name.
    const same = status && kept && (lucky || statusOf(this.#bytes(status.ino))?.ino === kept.ino);
    if (!same || by.luck.blocks === 0) return durable;
    const now = fs.readFileSync(file);
    const length = by.random.next() < by.luck.blocks ? now.length : durable.length;
    const mixed = Buffer.alloc(length);
    durable.copy(mixed);
    for (let at = 0; at < Math.min(length, now.length); at += block) {
      if (by.random.next() < by.luck.blocks) now.copy(mixed, at, at, at + block);
    }
    return mixed;
  }
}
