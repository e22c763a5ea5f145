// Debian's Thunderbird with an IMAP account of the run's mail system and Couvert's add-on, on a
// display of its own.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { newFolder } from "./files.mjs";
import * as inside from "./in-mail-program.mjs";
import { endProgram, waitUntil } from "./processes.mjs";
import { root, runContext } from "./run-context.mjs";
import { startThunderbird } from "./thunderbird.mjs";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */
/** @typedef {import("./marionette.mjs").Marionette} Marionette */

export const addonId = "thunderbird@couvert.example";
const addon = path.join(root, "web/thunderbird/dist/couvert.xpi");

// Add-ons from the profile, unsigned; no alerts, no questions before a mail leaves.
const preferences = {
  "mail.biff.show_alert": false,
  "mail.biff.play_sound": false,
  "mail.SpellCheckBeforeSend": false,
  "mail.compose.attachment_reminder": false,
  "mail.compose.big_attachments.notify": false,
  "extensions.autoDisableScopes": 0,
  "extensions.startupScanScopes": 15,
  "xpinstall.signatures.required": false,
  "extensions.update.enabled": false,
  "browser.download.folderList": 2,
  "browser.download.useDownloadDir": true,
};

/** @param {{ address: string, mail: import("./mail-system.mjs").MailSystem }} of */
function accountPreferences({ address, mail }) {
  const server = "mail.server.server1";
  return {
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server2",
    "mail.account.account1.server": "server1",
    "mail.account.account1.identities": "id1",
    "mail.account.account2.server": "server2",
    "mail.server.server2.type": "none",
    "mail.server.server2.hostname": "Local Folders",
    "mail.server.server2.userName": "nobody",
    "mail.server.server2.name": "Local Folders",
    "mail.identity.id1.fullName": "Anna Adler",
    "mail.identity.id1.useremail": address,
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.valid": true,
    "mail.identity.id1.fcc": true,
    [`${server}.type`]: "imap",
    [`${server}.hostname`]: "localhost",
    [`${server}.port`]: mail.imapPort,
    [`${server}.userName`]: address,
    [`${server}.name`]: address,
    [`${server}.socketType`]: 0,
    [`${server}.authMethod`]: 3,
    [`${server}.login_at_startup`]: false, // before the password is known
    [`${server}.check_new_mail`]: false,
    [`${server}.offline_download`]: false,
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.type": "smtp",
    "mail.smtpserver.smtp1.hostname": "localhost",
    "mail.smtpserver.smtp1.port": mail.smtpPort,
    "mail.smtpserver.smtp1.username": address,
    "mail.smtpserver.smtp1.try_ssl": 2,
    "mail.smtpserver.smtp1.authMethod": 3,
  };
}

export class MailProgram {
  /** @param {ChildProcess[]} programs @param {Marionette} marionette @param {string} folder */
  constructor(programs, marionette, folder) {
    this.programs = programs;
    this.marionette = marionette;
    this.folder = folder;
  }

  /** @param {{ address: string, language?: string,
   *   more?: Record<string, string | number | boolean> }} options with more preferences */
  static async start({ address, language = "en-US", more = {} }) {
    const folder = await newFolder("thunderbird");
    const { mail } = await runContext();
    const profile = path.join(folder, "profile");
    await mkdir(path.join(profile, "extensions"), { recursive: true });
    await copyFile(addon, path.join(profile, `extensions/${addonId}.xpi`));
    const { programs, marionette } = await startThunderbird(folder, {
      preferences: {
        ...preferences,
        ...accountPreferences({ address, mail }),
        "browser.download.dir": folder,
        "intl.locale.requested": language,
        ...more,
      },
      height: 1100,
    });
    const started = new MailProgram(programs, marionette, folder);
    await started.#introduce({ address, mail });
    return started;
  }

  /** Passwords and the mail server's certificate, as somebody has agreed to them. @param {{
   *   address: string, mail: import("./mail-system.mjs").MailSystem }} of */
  async #introduce({ address, mail }) {
    const certificate = (await readFile(mail.certificate, "utf8")).replace(
      /-----[^-]+-----|\s/g,
      "",
    );
    const { password, smtpPort } = mail;
    await this.run(inside.introduce, { address, password, certificate, smtpPort });
    await waitUntil("the add-on runs", () => this.run(inside.isThere, { id: addonId }));
    await this.run(inside.fetchMails, {});
  }

  /** Calls a function inside of Thunderbird. @param {Function} code @param {object} values */
  run(code, values) {
    return this.marionette.run(code, [values]);
  }

  /** Presses a button of the add-on. @param {string} windowType @param {string} kind */
  press(windowType, kind) {
    return this.run(inside.press, { windowType, kind, id: addonId });
  }

  /** Calls a function in a page of the add-on, once there is such a page.
   * @param {string} page of its address @param {Function} code @param {unknown} [value] */
  inPage(page, code, value) {
    return this.run(inside.inPage, { page, source: String(code), value });
  }

  /** Waits until a function in a page gives what is truthy; a page that is not there is not yet.
   * @param {string} page @param {Function} code @param {unknown} [value] */
  async until(page, code, value) {
    let last = "no such page";
    const ask = async () => {
      try {
        return await this.inPage(page, code, value);
      } catch (error) {
        last = String(error);
        return undefined;
      }
    };
    return waitUntil(`${page}: ${String(code).slice(0, 200)}`, ask, { every: 150 }).catch(
      async (error) => {
        const seen = await this.inPage(
          page,
          (/** @type {Window} */ w) => w.document.body.innerText,
          null,
        ).catch(() => "");
        throw new Error(`${error.message}\n${last}\n${seen}`);
      },
    );
  }

  /** @param {string} page @param {string} file */
  async picture(page, file) {
    const base64 = await this.run(inside.picture, { page });
    await writeFile(file, Buffer.from(base64, "base64"));
  }

  async stop() {
    for (const program of this.programs) await endProgram(program);
  }
}
