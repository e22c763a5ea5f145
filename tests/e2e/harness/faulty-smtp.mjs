// A mail server that fails where it hurts: it takes the whole message and drops the connection
// before it answers. A real one that crashes there has the mail or has it not; nobody knows.
import { readFile } from "node:fs/promises";
import net from "node:net";
import { once } from "node:events";
import tls from "node:tls";

/** @typedef {{ to: string, data: string }} Taken */

/** @param {net.Socket} socket @param {(line: string) => void} onLine */
function lines(socket, onLine) {
  let rest = "";
  const read = (/** @type {Buffer} */ bytes) => {
    rest += bytes.toString("latin1");
    for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      onLine(line);
    }
  };
  socket.on("data", read);
  socket.on("error", () => undefined);
  return () => socket.off("data", read);
}

export class FaultySmtp {
  constructor() {
    /** Every message that came whole. @type {Taken[]} */
    this.taken = [];
    /** How many messages are dropped before an answer. */
    this.drops = 0;
    /** What RCPT is answered with. */
    this.rcptAnswer = "250 ok";
    this.port = 0;
    /** @type {net.Server | undefined} */
    this.server = undefined;
    /** @type {Set<net.Socket>} */
    this.sockets = new Set();
  }

  /** @param {{ key: string, certificate: string, port?: number }} options files in PEM */
  static async start({ key, certificate, port = 0 }) {
    const smtp = new FaultySmtp();
    const secure = { key: await readFile(key), cert: await readFile(certificate) };
    smtp.server = net.createServer((socket) => smtp.#greet(socket, secure));
    smtp.server.listen(port, "127.0.0.1");
    await once(smtp.server, "listening");
    smtp.port = /** @type {net.AddressInfo} */ (smtp.server.address()).port;
    return smtp;
  }

  stop() {
    this.sockets.forEach((socket) => socket.destroy());
    this.server?.close();
  }

  /** @param {net.Socket} socket @param {{ key: Buffer, cert: Buffer }} secure */
  #greet(socket, secure) {
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    socket.write("220 faulty.example.org ESMTP\r\n");
    const stop = lines(socket, (line) => {
      if (/^EHLO/i.test(line)) socket.write("250-faulty.example.org\r\n250 STARTTLS\r\n");
      else if (/^STARTTLS$/i.test(line)) {
        stop();
        socket.write("220 go ahead\r\n");
        this.#talk(new tls.TLSSocket(socket, { isServer: true, ...secure }));
      } else socket.write("530 STARTTLS first\r\n");
    });
  }

  /** @param {net.Socket} socket */
  #talk(socket) {
    let to = "";
    /** @type {string[] | undefined} */
    let data;
    lines(socket, (line) => {
      if (data) {
        if (line !== ".") return void data.push(line);
        this.taken.push({ to, data: data.join("\r\n") });
        data = undefined;
        if (this.drops-- > 0) return socket.destroy();
        return void socket.write("250 taken\r\n");
      }
      if (/^RCPT TO:<(.*)>/i.test(line)) to = line.replace(/^RCPT TO:<(.*)>.*/i, "$1");
      if (/^DATA$/i.test(line)) data = [];
      socket.write(this.#answer(line));
    });
  }

  /** @param {string} line */
  #answer(line) {
    const word = line.slice(0, 4).toUpperCase();
    if (word === "EHLO") return "250-faulty.example.org\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n";
    if (word === "AUTH") return line.length > 10 ? "235 welcome\r\n" : "334 \r\n";
    if (word === "RCPT") return `${this.rcptAnswer}\r\n`;
    if (word === "DATA") return "354 go on\r\n";
    return /^(MAIL|RSET|NOOP|QUIT)/.test(word) ? "250 ok\r\n" : "235 welcome\r\n";
  }
}
