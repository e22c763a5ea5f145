// Mails as Debian's Thunderbird shows them.
import { newFolder } from "../harness/files.mjs";
import { endProgram } from "../harness/processes.mjs";
import { startThunderbird } from "../harness/thunderbird.mjs";
import { choose, picture } from "./in-thunderbird.mjs";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */
/** @typedef {import("../harness/marionette.mjs").Marionette} Marionette */

/** @typedef {{ dark: boolean, reader: boolean, plain: boolean }} Look
 * `reader`: with the colours that Thunderbird makes itself of light ones, its default. */

export class Thunderbird {
  /** @param {ChildProcess[]} programs @param {Marionette} marionette */
  constructor(programs, marionette) {
    this.programs = programs;
    this.marionette = marionette;
  }

  static async start() {
    const preferences = { "mail.openMessageBehavior": 0 }; // in a window of its own
    const folder = await newFolder("thunderbird");
    const started = await startThunderbird(folder, { preferences, height: 3000 });
    return new Thunderbird(started.programs, started.marionette);
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
