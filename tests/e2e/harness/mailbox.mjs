// A mailbox of the mail system, read by IMAP.
import path from "node:path";
import { output, patience } from "./processes.mjs";

/** @typedef {{ name: string, address: string }} Person */
/** @typedef {{ type: string, charset: string, text: string | null, links: string[],
 *   fetched: string[], tags: string[] }} Part */
/**
 * @typedef {{ uid: number, type: string, headers: [string, string][], subject: string,
 *   messageId: string, from: Person[], replyTo: Person[], to: Person[], parts: Part[],
 *   text: string, html: string, links: string[], defects: string[], raw: string }} Mail
 */

const script = path.join(import.meta.dirname, "mailbox.py");

/** The values of a header. @param {Mail} mail @param {string} name */
export function headerOf(mail, name) {
  return mail.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, v]) => v);
}

/** A text as people read it: without the invisible signs that keep names from becoming links.
 * @param {string} text */
export function readable(text) {
  return text.replaceAll("\u200C", "");
}

const codeLine = /^\s*([a-z0-9]{10}|[a-z0-9]{5}[ -][a-z0-9]{5})\s*$/m;

/** The verification code in a text: ten characters on a line of their own. @param {string} text */
export function codeInText(text) {
  const found = text.match(codeLine);
  if (!found) throw new Error(`no code in the mail:\n${text}`);
  return found[1].replace(/[ -]/, "");
}

/** The verification code in a mail. @param {Mail} mail */
export function codeIn(mail) {
  return codeInText(mail.text);
}

/** The link to a transfer. @param {Mail} mail */
export function transferLinkIn(mail) {
  const found = mail.links.find((link) => /\/r\/[a-z2-7]{26}/.test(link));
  if (!found) throw new Error(`no link to a transfer in the mail:\n${mail.text}`);
  return found;
}

/** Hands out the mails of one address, each once, in their order. */
export class Mailbox {
  /** @param {import("./mail-system.mjs").MailSystem} system @param {string} address */
  constructor(system, address) {
    this.system = system;
    this.address = address;
    this.seen = 0;
    /** @type {Mail[]} */
    this.waiting = [];
  }

  /** @param {number} deadline in milliseconds */
  async #read(deadline) {
    const { imapPort, password } = this.system;
    const args = [imapPort, password, this.address, this.seen, deadline / 1000].map(String);
    const printed = await output(["/usr/bin/python3", script, ...args], {
      deadline: deadline + 20_000,
    });
    /** @type {Mail[]} */
    const mails = JSON.parse(printed);
    this.waiting.push(...mails);
    this.seen = Math.max(this.seen, ...mails.map((mail) => mail.uid));
  }

  /**
   * The next mail that fits; those before it are passed over.
   * @param {{ deadline?: number, fits?: (mail: Mail) => boolean }} [options]
   * @returns {Promise<Mail>}
   */
  async next({ deadline = patience, fits = () => true } = {}) {
    const end = Date.now() + deadline;
    for (;;) {
      for (let mail = this.waiting.shift(); mail; mail = this.waiting.shift()) {
        if (fits(mail)) return mail;
      }
      if (Date.now() > end) throw new Error(`no such mail for ${this.address} in ${deadline} ms`);
      await this.#read(Math.max(0, end - Date.now()));
    }
  }

  /** The code of the next mail that has one. */
  async nextCode() {
    return codeIn(await this.next({ fits: ({ text }) => codeLine.test(text) }));
  }

  /** All mails that are there now and were not handed out. @returns {Promise<Mail[]>} */
  async rest() {
    await this.#read(0);
    return this.waiting.splice(0);
  }
}
