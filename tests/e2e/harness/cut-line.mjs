// A line between a client and a server that breaks where a test says so.
import net from "node:net";
import { once } from "node:events";

export class CutLine {
  constructor() {
    this.target = 0;
    this.port = 0;
    /** How many bytes the next connections let come down until they break.
     * @type {number[]} */
    this.cuts = [];
    this.left = Infinity;
    this.broken = 0;
    /** @type {Set<net.Socket>} */
    this.sockets = new Set();
    this.server = net.createServer((socket) => this.#connect(socket));
  }

  /** @param {number} [target] the server's port, where it is known yet */
  static async start(target = 0) {
    const line = new CutLine();
    line.target = target;
    line.server.listen(0, "127.0.0.1");
    await once(line.server, "listening");
    line.port = /** @type {net.AddressInfo} */ (line.server.address()).port;
    return line;
  }

  get baseUrl() {
    return `http://localhost:${this.port}`;
  }

  /** From now on: breaks after so many bytes, again after so many, and so on; then no more.
   * @param {number[]} cuts */
  cutAfter(...cuts) {
    this.cuts = cuts;
    this.left = this.cuts.shift() ?? Infinity;
    this.broken = 0;
  }

  stop() {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
  }

  /** @param {net.Socket} client */
  #connect(client) {
    const server = net.connect(this.target, "127.0.0.1");
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        this.sockets.delete(socket);
        server.destroy();
        client.end();
      });
    }
    client.pipe(server);
    server.once("end", () => client.end());
    server.on("data", (chunk) => this.#carry(server, client, chunk));
    client.on("drain", () => server.resume());
  }

  /** @param {net.Socket} server @param {net.Socket} client @param {Buffer} chunk */
  #carry(server, client, chunk) {
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
