// Debian's Thunderbird on a display of its own, with a profile of its own and without a network,
// driven by the Marionette protocol that it brings along.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { newFolder } from "../harness/files.mjs";
import { Marionette } from "../harness/marionette.mjs";
import { freePorts } from "../harness/ports.mjs";
import { endProgram, startProgram } from "../harness/processes.mjs";
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
