// A line between a client and a server, for the lines that are bad.
import { once } from "node:events";
import net from "node:net";

export class Line {
  /** @param {number} target the server's port */
  constructor(target) {
    this.target = target;
    this.port = 0;
    /** @type {Set<net.Socket>} */
    this.sockets = new Set();
    this.server = net.createServer((client) => {
      const server = net.connect(this.target, "127.0.0.1");
      for (const socket of [client, server]) {
        this.sockets.add(socket);
        socket.on("error", () => undefined);
        socket.once("close", () => {
          this.sockets.delete(socket);
          this.onClose(client, server);
        });
      }
      this.carry(client, server);
    });
  }

  /** Carries what either side says. @abstract
   * @param {net.Socket} _client @param {net.Socket} _server */
  carry(_client, _server) {
    throw new Error("a line carries something");
  }

  /** Once either side has closed. @param {net.Socket} client @param {net.Socket} server */
  onClose(client, server) {
    client.destroy();
    server.destroy();
  }

  async listen() {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.port = /** @type {net.AddressInfo} */ (this.server.address()).port;
    return this;
  }

  get baseUrl() {
    return `http://localhost:${this.port}`;
  }

  /** Breaks every connection; others may come. */
  cut() {
    this.sockets.forEach((socket) => socket.destroy());
  }

  stop() {
    this.server.close();
    this.cut();
  }
}
