// A line that lets only so many bytes a second through.
import { Line } from "./line.mjs";
import { pause } from "./processes.mjs";

/** @typedef {import("node:net").Socket} Socket */

export class SlowLine extends Line {
  /** @param {number} target the server's port @param {number} rate bytes a second each way */
  constructor(target, rate) {
    super(target);
    this.rate = rate;
    this.up = 0;
    this.down = 0;
  }

  /** @param {number} target @param {number} rate */
  static start(target, rate) {
    return new SlowLine(target, rate).listen();
  }

  /** @override @param {Socket} client @param {Socket} server */
  carry(client, server) {
    this.#slow(client, server, (bytes) => (this.up += bytes));
    this.#slow(server, client, (bytes) => (this.down += bytes));
  }

  /** @param {Socket} from @param {Socket} to @param {(bytes: number) => void} count */
  #slow(from, to, count) {
    from.on("data", async (chunk) => {
      from.pause();
      count(chunk.length);
      to.write(chunk);
      await pause((chunk.length / this.rate) * 1000);
      from.resume();
    });
    from.once("end", () => to.end());
  }
}
