// Debian's Thunderbird on a display of its own, with a profile of its own and without a network,
// driven by the Marionette protocol that it brings along.
import { mkdir, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { newFolder } from "../harness/files.mjs";
import { freePorts } from "../harness/ports.mjs";
import { endProgram, startProgram, waitUntil } from "../harness/processes.mjs";
import { choose, picture } from "./in-thunderbird.mjs";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

// Nothing but a window for mails: no first steps, no questions, nothing asked of the network.
const preferences = {
  "mail.provider.suppress_dialog_on_startup": true,
  "mail.spotlight.firstRunDone": true,
  "mail.winsearch.firstRunDone": true,
  "mail.shell.checkDefaultClient": false,
  "mailnews.start_page.enabled": false,
  "mailnews.start_page_override.mstone": "ignore",
  "mail.rights.version": 1,
  "mail.openMessageBehavior": 0, // in a window of its own
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "app.donation.eoy.version.viewed": 999,
  "app.update.enabled": false,
  "network.proxy.type": 1,
  "network.proxy.socks": "127.0.0.1",
  "network.proxy.socks_port": 9, // nobody is there
  "layout.css.devPixelsPerPx": "1.0",
  "intl.locale.requested": "en-US",
};

/** @typedef {{ dark: boolean, reader: boolean, plain: boolean }} Look
 * `reader`: with the colours that Thunderbird makes itself of light ones, its default. */

/** The Marionette protocol: one command after the other. */
class Marionette {
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

export class Thunderbird {
  /** @param {ChildProcess[]} programs @param {Marionette} marionette */
  constructor(programs, marionette) {
    this.programs = programs;
    this.marionette = marionette;
  }

  static async start() {
    const folder = await newFolder("thunderbird");
    const [port] = await freePorts(1);
    const all = { ...preferences, "marionette.port": port };
    const lines = Object.entries(all).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    await mkdir(path.join(folder, "profile"));
    await writeFile(path.join(folder, "profile/user.js"), lines.join(""));
    const display = `:${100 + (process.pid % 5000)}`;
    const screen = startProgram(
      ["Xvfb", display, "-screen", "0", "1400x3000x24", "-nolisten", "tcp"],
      { log: path.join(folder, "xvfb.log") },
    );
    const env = { ...process.env, DISPLAY: display, HOME: folder, MOZ_CRASHREPORTER_DISABLE: "1" };
    const mail = startProgram(
      [
        "thunderbird",
        "--marionette",
        "--remote-allow-system-access",
        "--no-remote",
        "--profile",
        path.join(folder, "profile"),
      ],
      { env, log: path.join(folder, "thunderbird.log") },
    );
    return new Thunderbird([mail, screen], await Marionette.connect(port));
  }

  /** Shows the next mails as somebody has chosen it. @param {Look} look */
  choose(look) {
    return this.marionette.run(choose, [look]);
  }

  /** A picture of the whole mail in a window of its own. @param {string} file the mail
   * @param {number} width of the window */
  async picture(file, width) {
    return Buffer.from(await this.marionette.run(picture, [file, width]), "base64");
  }

  async stop() {
    for (const program of this.programs) await endProgram(program);
  }
}
