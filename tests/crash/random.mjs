// Random numbers from a seed, so that every run can be repeated.
import { createHash, hkdfSync } from "node:crypto";

export class Random {
  /** @param {string} seed */
  constructor(seed) {
    this.seed = seed;
    this.drawn = 0;
  }

  /** One more stream of numbers, of its own. @param {string | number} name */
  fork(name) {
    return new Random(`${this.seed}/${name}`);
  }

  /** From 0 to below 1. */
  next() {
    const digest = createHash("sha256").update(`${this.seed}#${this.drawn++}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  }

  /** From 0 to below `end`. @param {number} end */
  below(end) {
    return Math.floor(this.next() * end);
  }

  /** @param {number} length at most 255 * 64 */
  bytes(length) {
    return Buffer.from(hkdfSync("sha512", `${this.seed}#${this.drawn++}`, "", "", length));
  }

  /** @template T @param {T[]} list @returns {T} */
  pick(list) {
    return list[this.below(list.length)];
  }

  /** That many of a list, in its order. @template T @param {T[]} list @param {number} count */
  some(list, count) {
    const chosen = list.map((one) => ({ one, rank: this.next() }));
    const bar = chosen.map(({ rank }) => rank).sort((a, b) => a - b)[count] ?? 1;
    return chosen.filter(({ rank }) => rank < bar).map(({ one }) => one);
  }
}
