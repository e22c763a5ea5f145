// A line between a client and a server that is cut after so many bytes, again and again. It breaks
// for both sides, or, as lines do that die between, for the client alone: the server waits on.
import { once } from "node:events";
import net from "node:net";

export class CuttingLine {
  /** @param {number} target the server's port
   * @param {{ cuts: number[], unseen?: boolean }} how after how many bytes from the client each
   *   connection that sends so many is cut, in their order; whether the server sees none of it */
  constructor(target, { cuts, unseen = false }) {
    this.target = target;
    this.cuts = [...cuts];
    this.unseen = unseen;
    this.done = 0;
    this.port = 0;
    /** @type {Set<net.Socket>} */
    this.sockets = new Set();
    this.server = net.createServer((socket) => this.#connect(socket));
  }

  /** @param {number} target @param {{ cuts: number[], unseen?: boolean }} how */
  static async start(target, how) {
    const line = new CuttingLine(target, how);
    line.server.listen(0, "127.0.0.1");
    await once(line.server, "listening");
    line.port = /** @type {net.AddressInfo} */ (line.server.address()).port;
    return line;
  }

  get baseUrl() {
    return `http://localhost:${this.port}`;
  }

  /** Lets the server hear of the connections that it still has. */
  stop() {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
  }

  /** @param {net.Socket} client */
  #connect(client) {
    const server = net.connect(this.target, "127.0.0.1");
    let up = 0;
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => this.sockets.delete(socket));
    }
    server.once("close", () => client.destroy());
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

  /** What stands before the cut arrives. @param {net.Socket} client @param {net.Socket} server
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
