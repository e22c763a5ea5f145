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
const pictures = process.env.COUVERT_SCREENSHOTS;
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

/** @typedef {import("./mail-system.mjs").MailSystem} MailSystem */
/** @typedef {Record<string, string | number | boolean>} Preferences */

/** One account by IMAP, with its way out. @param {number} no @param {string} address
 * @param {MailSystem} mail @returns {Preferences} */
function accountAt(no, address, mail) {
  const [server, smtp] = [`mail.server.imap${no}`, `mail.smtpserver.smtp${no}`];
  return {
    [`mail.account.own${no}.server`]: `imap${no}`,
    [`mail.account.own${no}.identities`]: `id${no}`,
    ...identityAt(no, { address, smtp: `smtp${no}` }),
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
    [`${smtp}.type`]: "smtp",
    [`${smtp}.hostname`]: "localhost",
    [`${smtp}.port`]: mail.smtpPort,
    [`${smtp}.username`]: address,
    [`${smtp}.try_ssl`]: 2,
    [`${smtp}.authMethod`]: 3,
  };
}

/** In DER, as Base64. */
async function certificateOfRun() {
  const pem = await readFile((await runContext()).mail.certificate, "utf8");
  return pem.replace(/-----[^-]+-----|\s/g, "");
}

/** @param {string | number} name @param {{ address: string, smtp: string }} of
 * @returns {Preferences} */
function identityAt(name, { address, smtp }) {
  return {
    [`mail.identity.id${name}.fullName`]: "Anna Adler",
    [`mail.identity.id${name}.useremail`]: address,
    [`mail.identity.id${name}.smtpServer`]: smtp,
    [`mail.identity.id${name}.valid`]: true,
    [`mail.identity.id${name}.fcc`]: true,
  };
}

/**
 * @param {Who} who @param {MailSystem} mail @returns {Preferences}
 * @typedef {object} Who
 * @property {string} address of the first account
 * @property {string} [second] another identity of that account
 * @property {string} [account] of another account
 */
function accountPreferences({ address, second, account }, mail) {
  return {
    "mail.accountmanager.accounts": account ? "own1,own2,local" : "own1,local",
    "mail.accountmanager.defaultaccount": "own1",
    "mail.accountmanager.localfoldersserver": "local",
    "mail.account.local.server": "local",
    "mail.server.local.type": "none",
    "mail.server.local.hostname": "Local Folders",
    "mail.server.local.userName": "nobody",
    "mail.server.local.name": "Local Folders",
    "mail.smtpservers": account ? "smtp1,smtp2" : "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    ...accountAt(1, address, mail),
    ...(account && accountAt(2, account, mail)),
    ...(second && identityAt("Second", { address: second, smtp: "smtp1" })),
    ...(second && { "mail.account.own1.identities": "id1,idSecond" }),
  };
}

export class MailProgram {
  /** @param {string} folder @param {Who} who @param {Preferences} more */
  constructor(folder, who, more) {
    this.folder = folder;
    this.who = who;
    this.more = more;
    /** @type {ChildProcess[]} */
    this.programs = [];
    /** @type {Marionette | undefined} */
    this.marionette = undefined;
  }

  /** @param {Who & { folder?: string, language?: string, more?: Preferences }} options where
   *   everything of it lies; with more preferences */
  static async start({ folder: given, language = "en-US", more = {}, ...who }) {
    const folder = given ?? (await newFolder("thunderbird"));
    const profile = path.join(folder, "profile");
    await mkdir(path.join(profile, "extensions"), { recursive: true });
    await copyFile(addon, path.join(profile, `extensions/${addonId}.xpi`));
    const started = new MailProgram(folder, who, { "intl.locale.requested": language, ...more });
    await started.#open();
    await started.#introduce();
    await started.run(inside.fetchMails, {});
    return started;
  }

  async #open() {
    const { mail } = await runContext();
    const { programs, marionette } = await startThunderbird(this.folder, {
      preferences: {
        ...preferences,
        ...accountPreferences(this.who, mail),
        "browser.download.dir": this.folder,
        ...this.more,
      },
      height: 1100,
    });
    this.programs = programs;
    this.marionette = marionette;
    await waitUntil("the add-on runs", () => this.run(inside.isThere, { id: addonId }));
  }

  /** Passwords and the mail server's certificate, as somebody has agreed to them. */
  async #introduce() {
    const { password, smtpPort } = (await runContext()).mail;
    const addresses = [this.who.address, this.who.account].filter((one) => one !== undefined);
    const certificate = await certificateOfRun();
    await this.run(inside.introduce, { addresses, password, certificate, smtpPort });
  }

  /** Ends it and starts it again with the same profile. @param {{ kill?: boolean,
   *   more?: Preferences }} [how] as if it had crashed; with more preferences */
  async restart({ kill = false, more = {} } = {}) {
    await this.stop(kill ? "SIGKILL" : "SIGTERM");
    this.more = { ...this.more, ...more };
    await this.#open();
    await this.#introduce(); // it may have ended before it had kept the passwords
    await this.run(inside.fetchMails, {});
  }

  /** Calls a function inside of Thunderbird. @param {Function} code @param {object} values */
  run(code, values) {
    if (!this.marionette) throw new Error("Thunderbird does not run");
    return this.marionette.run(code, [values]);
  }

  /** Opens a page of the add-on in a tab. @param {string} page */
  open(page) {
    return this.run(inside.open, { id: addonId, page });
  }

  /** Names the server on the page of the settings. @param {string} baseUrl */
  async useServer(baseUrl) {
    await this.open("settings.html");
    await this.fill("settings.html", "#server", baseUrl);
    await this.click("settings.html", "[data-testid=server] button[type=submit]");
    await this.isThere("settings.html", "[data-testid=server] .notice.good");
  }

  /** Agrees to the run's certificate for a host. @param {string} host */
  async trust(host) {
    await this.run(inside.trust, { host, certificate: await certificateOfRun() });
  }

  /** What an administrator sets for the add-on; from the next start. @param {object} data */
  async manage(data) {
    const folder = path.join(this.folder, ".mozilla/managed-storage");
    await mkdir(folder, { recursive: true });
    const manifest = { name: addonId, description: "Couvert", type: "storage", data };
    await writeFile(path.join(folder, `${addonId}.json`), JSON.stringify(manifest));
  }

  /** Presses a button of the add-on. @param {string} windowType @param {string} kind */
  press(windowType, kind) {
    return this.run(inside.press, { windowType, kind, id: addonId });
  }

  /** Presses the add-on's button in the mail that is being written; the address of its pane.
   * @returns {Promise<string>} */
  async openPane() {
    await this.press("msgcompose", "composeAction");
    return this.run(inside.newestPane, { page: "send.html" });
  }

  /** A pane for a new mail; its address. @param {object} mail what compose() takes */
  async writeMail(mail) {
    await this.run(inside.compose, mail);
    return this.openPane();
  }

  /** Calls a function in a page of the add-on, once there is such a page.
   * @param {string} page of its address @param {Function} code @param {unknown} [value] */
  inPage(page, code, value) {
    return this.run(inside.inPage, { page, source: String(code), value });
  }

  /** Waits until a function in a page gives what is truthy; a page that is not there is not yet.
   * @param {string} page @param {Function} code @param {unknown} [value]
   * @param {number} [deadline] */
  async until(page, code, value, deadline) {
    let last = "no such page";
    const ask = async () => {
      try {
        return await this.inPage(page, code, value);
      } catch (error) {
        last = String(error);
        return undefined;
      }
    };
    return waitUntil(`${page}: ${String(code).slice(0, 200)}`, ask, { every: 150, deadline }).catch(
      async (error) => {
        const seen = await this.inPage(
          page,
          (/** @type {Window} */ w) => w.document.body.innerText,
          null,
        ).catch(() => "");
        const windows = await this.run(inside.windows, {}).catch(() => []);
        throw new Error(`${error.message}\n${last}\n${seen}\n${windows.join("\n")}`);
      },
    );
  }

  /** @param {string} page @param {string} file */
  async picture(page, file) {
    const base64 = await this.run(inside.picture, { page });
    await writeFile(file, Buffer.from(base64, "base64"));
  }

  /** Clicks what is there by then. @param {string} page @param {string} selector */
  click(page, selector) {
    return this.until(
      page,
      (/** @type {Window} */ w, /** @type {string} */ wanted) => {
        const found = /** @type {HTMLElement | null} */ (w.document.querySelector(wanted));
        if (!found || found.getAttribute("aria-disabled") === "true") return false;
        found.click();
        return true;
      },
      selector,
    );
  }

  /** @param {string} page @param {string} selector @param {string} text */
  fill(page, selector, text) {
    return this.until(
      page,
      (/** @type {Window} */ w, /** @type {[string, string]} */ [wanted, value]) => {
        const field = /** @type {HTMLInputElement | null} */ (w.document.querySelector(wanted));
        if (!field) return false;
        field.value = value;
        field.dispatchEvent(new /** @type {any} */ (w).Event("input", { bubbles: true }));
        field.dispatchEvent(new /** @type {any} */ (w).Event("change", { bubbles: true }));
        return true;
      },
      [selector, text],
    );
  }

  /** The text of an element, once it has one. @param {string} page @param {string} selector */
  textOf(page, selector) {
    return this.until(
      page,
      (/** @type {Window} */ w, /** @type {string} */ wanted) =>
        w.document.querySelector(wanted)?.textContent?.trim(),
      selector,
    );
  }

  /** @param {string} page @param {string} selector @param {number} [deadline] */
  isThere(page, selector, deadline) {
    return this.until(
      page,
      (/** @type {Window} */ w, /** @type {string} */ wanted) =>
        w.document.querySelector(wanted) !== null,
      selector,
      deadline,
    );
  }

  /** A picture, where somebody wants to look. @param {string} page @param {string} name */
  async look(page, name) {
    if (pictures) await this.picture(page, path.join(pictures, `thunderbird-${name}.png`));
  }

  /** @param {NodeJS.Signals} [signal] */
  async stop(signal) {
    for (const program of this.programs.splice(0)) await endProgram(program, { signal });
  }
}
