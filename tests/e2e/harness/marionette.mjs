// Drives Debian's Thunderbird by the Marionette protocol that it brings along.
import net from "node:net";
import { waitUntil } from "./processes.mjs";

/** The Marionette protocol: one command after the other. */
export class Marionette {
  /** @param {net.Socket} socket */
  constructor(socket) {
    this.socket = socket;
    this.rest = Buffer.alloc(0);
    this.id = 0;
    /** @type {((message: any) => void)[]} */
    this.waiting = [];
    socket.on("data", (bytes) => this.#take(bytes));
  }

  /** Waits until somebody greets at that port. @param {number} port */
  static async connect(port) {
    const greeted = () =>
      new Promise((resolve) => {
        const socket = net.connect(port, "127.0.0.1");
        socket.once("error", () => resolve(undefined));
        socket.once("connect", () => {
          const marionette = new Marionette(socket);
          marionette.waiting.push(() => resolve(marionette));
        });
      });
    /** @type {Marionette} */
    const marionette = await waitUntil("Thunderbird answers", greeted, {
      deadline: 60_000,
      every: 500,
    });
    await marionette.call("WebDriver:NewSession", { capabilities: {} });
    await marionette.call("Marionette:SetContext", { value: "chrome" });
    return marionette;
  }

  /** Messages are "LENGTH:JSON". @param {Buffer} bytes */
  #take(bytes) {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (;;) {
      const colon = this.rest.indexOf(":");
      const length = Number(this.rest.subarray(0, Math.max(colon, 0)).toString());
      if (colon < 0 || this.rest.length < colon + 1 + length) return;
      const end = colon + 1 + length;
      const message = JSON.parse(this.rest.subarray(colon + 1, end).toString());
      this.rest = this.rest.subarray(end);
      this.waiting.shift()?.(message);
    }
  }

  /** @param {string} name @param {object} parameters @returns {Promise<any>} */
  async call(name, parameters) {
    const text = JSON.stringify([0, ++this.id, name, parameters]);
    /** @type {Promise<any>} */
    const answer = new Promise((resolve) => this.waiting.push(resolve));
    this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    const [, , error, result] = await answer;
    if (error) throw new Error(`${name}: ${error.message}\n${error.stacktrace}`);
    return result && "value" in result ? result.value : result;
  }

  /** Calls a function inside of Thunderbird. @param {Function} code @param {unknown[]} args */
  async run(code, args) {
    const script = `
      const done = arguments[arguments.length - 1];
      const all = [...arguments].slice(0, -1);
      Promise.resolve().then(() => (${code})(...all)).then(
        (value) => done({ value }),
        (error) => done({ error: String(error) }),
      );`;
    const answer = await this.call("WebDriver:ExecuteAsyncScript", { script, args });
    if (answer.error) throw new Error(answer.error);
    return answer.value;
  }
}
