// A line between a client and a server that lets only so many bytes a second through.
import net from "node:net";
import { once } from "node:events";
import { pause } from "./processes.mjs";

export class SlowLine {
  /** @param {number} target the server's port @param {number} rate bytes a second each way */
  constructor(target, rate) {
    this.target = target;
    this.rate = rate;
    this.up = 0;
    this.down = 0;
    this.port = 0;
    /** @type {Set<net.Socket>} */
    this.sockets = new Set();
    this.server = net.createServer((socket) => this.#connect(socket));
  }

  /** @param {number} target @param {number} rate */
  static async start(target, rate) {
    const line = new SlowLine(target, rate);
    line.server.listen(0, "127.0.0.1");
    await once(line.server, "listening");
    line.port = /** @type {net.AddressInfo} */ (line.server.address()).port;
    return line;
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

  /** @param {net.Socket} client */
  #connect(client) {
    const server = net.connect(this.target, "127.0.0.1");
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        this.sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    this.#carry(client, server, (bytes) => (this.up += bytes));
    this.#carry(server, client, (bytes) => (this.down += bytes));
  }

  /** @param {net.Socket} from @param {net.Socket} to @param {(bytes: number) => void} count */
  #carry(from, to, count) {
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
