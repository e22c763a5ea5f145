// A mail server that fails where it hurts, at every stage of a mail. A real one that crashes after
// the last dot has the mail or has it not; nobody knows.
import { readFile } from "node:fs/promises";
import net from "node:net";
import { once } from "node:events";
import tls from "node:tls";

/** @typedef {{ to: string, data: string }} Taken */

/**
 * Where a mail is: "connect", the client's word ("EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT",
 * "DATA"), "content" for its first line, "." for its end, "taken" for what comes after the 250.
 * @typedef {string} Stage
 */

/**
 * What to do instead of the usual: an answer, or "close", "reset", "hang"; nothing for the usual.
 * `to` is the recipient as far as it is known.
 * @typedef {(stage: Stage, to: string) => string | undefined} Fault
 */

/** @param {net.Socket} socket @param {(line: string) => void} onLine */
function lines(socket, onLine) {
  let rest = "";
  const read = (/** @type {Buffer} */ bytes) => {
    rest += bytes.toString("latin1");
    // What a client sent along with the line at which the connection broke is not heard.
    for (let end = rest.indexOf("\r\n"); end >= 0 && !socket.destroyed;) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      onLine(line);
      end = rest.indexOf("\r\n");
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
    /** @type {Fault} */
    this.fault = () => undefined;
    /** Whether STARTTLS is offered. */
    this.offersTls = true;
    /** Every line that came in plain. @type {string[]} */
    this.plainLines = [];
    this.port = 0;
    /** @type {net.Server | undefined} */
    this.server = undefined;
    /** @type {Set<net.Socket>} */
    this.sockets = new Set();
    /** The plain socket below one with TLS. @type {WeakMap<net.Socket, net.Socket>} */
    this.below = new WeakMap();
  }

  /** @param {{ key: string, certificate: string, port?: number }} options files in PEM */
  static async start({ key, certificate, port = 0 }) {
    const smtp = new FaultySmtp();
    await smtp.useCertificate({ key, certificate });
    smtp.server = net.createServer((socket) => smtp.#greet(socket));
    smtp.server.listen(port, "127.0.0.1");
    await once(smtp.server, "listening");
    smtp.port = /** @type {net.AddressInfo} */ (smtp.server.address()).port;
    return smtp;
  }

  /** @param {{ key: string, certificate: string }} options files in PEM */
  async useCertificate({ key, certificate }) {
    this.secure = {
      key: await readFile(key),
      cert: await readFile(certificate),
    };
  }

  stop() {
    this.sockets.forEach((socket) => socket.destroy());
    this.server?.close();
  }

  /**
   * Answers as usual, or does what the fault says; returns the fault.
   * @param {net.Socket} socket @param {{ stage: Stage, to?: string, usual: string }} turn
   */
  #answer(socket, { stage, to = "", usual }) {
    const fault = this.fault(stage, to);
    const text = fault ?? usual;
    if (fault === "close") socket.destroy();
    else if (fault === "reset") {
      (this.below.get(socket) ?? socket).resetAndDestroy();
      socket.destroy();
    } else if (fault !== "hang" && text) socket.write(`${text}\r\n`);
    return fault;
  }

  /** @param {net.Socket} socket */
  #greet(socket) {
    this.sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => this.sockets.delete(socket));
    const usual = "220 faulty.example.org ESMTP";
    this.#answer(socket, { stage: "connect", usual });
    const stop = lines(socket, (line) => {
      this.plainLines.push(line);
      const stage = line.split(" ")[0].toUpperCase();
      if (stage === "EHLO") {
        const offer = this.offersTls ? "250 STARTTLS" : "250 AUTH PLAIN";
        this.#answer(socket, {
          stage,
          usual: `250-faulty.example.org\r\n${offer}`,
        });
      } else if (stage === "STARTTLS") {
        stop();
        if (this.#answer(socket, { stage, usual: "220 go ahead" })) return;
        const secured = new tls.TLSSocket(socket, {
          isServer: true,
          ...this.secure,
        });
        this.below.set(secured, socket);
        this.#talk(secured);
      } else this.#answer(socket, { stage, usual: "530 STARTTLS first" });
    });
  }

  /** @param {net.Socket} socket */
  #talk(socket) {
    let to = "";
    /** @type {string[] | undefined} */
    let data;
    lines(socket, (line) => {
      if (data) {
        if (data.length === 0) this.#answer(socket, { stage: "content", to, usual: "" });
        if (line !== ".") return void data.push(line);
        this.#take(socket, { to, data: data.join("\r\n") });
        data = undefined;
        return;
      }
      const stage = line.split(" ")[0].toUpperCase();
      if (/^RCPT TO:<(.*)>/i.test(line)) to = line.replace(/^RCPT TO:<(.*)>.*/i, "$1");
      const fault = this.#answer(socket, {
        stage,
        to,
        usual: this.#usual(line),
      });
      if (stage === "DATA" && !fault) data = [];
    });
  }

  /** The message came whole. @param {net.Socket} socket @param {Taken} mail */
  #take(socket, mail) {
    const { to } = mail;
    if (this.drops-- > 0) return void (this.taken.push(mail), socket.destroy());
    const fault = this.#answer(socket, { stage: ".", to, usual: "250 taken" });
    if (!/^[45]/.test(fault ?? "")) this.taken.push(mail);
    if (!fault) this.#answer(socket, { stage: "taken", to, usual: "" });
  }

  /** @param {string} line */
  #usual(line) {
    const word = line.slice(0, 4).toUpperCase();
    if (word === "EHLO") return "250-faulty.example.org\r\n250-8BITMIME\r\n250 AUTH PLAIN";
    if (word === "AUTH") return line.length > 10 ? "235 welcome" : "334 ";
    if (word === "RCPT") return this.rcptAnswer;
    if (word === "DATA") return "354 go on";
    return /^(MAIL|RSET|NOOP|QUIT)/.test(word) ? "250 ok" : "235 welcome";
  }
}
