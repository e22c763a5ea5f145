// A line that breaks on its way down, where a test says so.
import { Line } from "./line.mjs";

/** @typedef {import("node:net").Socket} Socket */

export class CutLine extends Line {
  /** How many bytes the next connections let come down until they break.
   * @type {number[]} */
  cuts = [];
  left = Infinity;
  broken = 0;

  /** @param {number} [target] the server's port, where it is known yet */
  static start(target = 0) {
    return new CutLine(target).listen();
  }

  /** From now on: breaks after so many bytes, again after so many, and so on; then no more.
   * @param {number[]} cuts */
  cutAfter(...cuts) {
    this.cuts = cuts;
    this.left = this.cuts.shift() ?? Infinity;
    this.broken = 0;
  }

  /** @override @param {Socket} client @param {Socket} server */
  onClose(client, server) {
    server.destroy();
    client.end();
  }

  /** @override @param {Socket} client @param {Socket} server */
  carry(client, server) {
    client.pipe(server);
    server.once("end", () => client.end());
    server.on("data", (chunk) => this.#down(server, client, chunk));
    client.on("drain", () => server.resume());
  }

  /** @param {Socket} server @param {Socket} client @param {Buffer} chunk */
  #down(server, client, chunk) {
    const piece = chunk.subarray(0, Math.min(this.left, chunk.length));
    this.left -= piece.length;
    if (!client.write(piece)) server.pause();
    if (this.left > 0) return;
    this.left = this.cuts.shift() ?? Infinity;
    this.broken++;
    client.end(); // what came stays: the way in which proxies and sleeping radios break a line
    server.destroy();
  }
}
