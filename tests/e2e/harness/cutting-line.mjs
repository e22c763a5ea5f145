// A line that is cut on its way up after so many bytes, again and again. It breaks for both sides,
// or, as lines do that die between, for the client alone: the server waits on.
import { Line } from "./line.mjs";

/** @typedef {import("node:net").Socket} Socket */

export class CuttingLine extends Line {
  /** @param {number} target the server's port
   * @param {{ cuts: number[], unseen?: boolean }} how after how many bytes from the client each
   *   connection that sends so many is cut, in their order; whether the server sees none of it */
  constructor(target, { cuts, unseen = false }) {
    super(target);
    this.cuts = [...cuts];
    this.unseen = unseen;
    this.done = 0;
  }

  /** @param {number} target @param {{ cuts: number[], unseen?: boolean }} how */
  static start(target, how) {
    return new CuttingLine(target, how).listen();
  }

  /** The server does not hear of a client that has gone. @override
   * @param {Socket} client @param {Socket} server */
  onClose(client, server) {
    if (server.destroyed) client.destroy();
  }

  /** @override @param {Socket} client @param {Socket} server */
  carry(client, server) {
    let up = 0;
    server.pipe(client);
    client.on("data", (chunk) => {
      up += chunk.length;
      const cut = this.cuts[0];
      if (cut !== undefined && up > cut) return this.#cut(client, server, chunk, up - cut);
      if (!server.write(chunk)) {
        client.pause();
        server.once("drain", () => client.resume());
      }
    });
    client.once("end", () => server.end());
  }

  /** What stands before the cut arrives. @param {Socket} client @param {Socket} server
   * @param {Buffer} chunk @param {number} lost */
  #cut(client, server, chunk, lost) {
    this.cuts.shift();
    this.done += 1;
    client.removeAllListeners("data");
    client.removeAllListeners("end");
    server.write(chunk.subarray(0, chunk.length - lost), () => {
      if (!this.unseen) server.destroy();
    });
    client.resetAndDestroy();
  }
}
