// People who use QUICK on the command line, each on a device of its own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { CommandLine, mustEndWell } from "./command-line.mjs";
import { programs } from "./couvertd.mjs";
import { newFolder } from "./files.mjs";
import { patience, waitUntil } from "./processes.mjs";

/** @typedef {import("./processes.mjs").Ended} Ended */

export const password = "Ein Pferd, 7 Hufe";

/** One address on one device. */
export class Person {
  /** @param {string} address @param {CommandLine} line @param {string} folder */
  constructor(address, line, folder) {
    this.address = address;
    this.line = line;
    this.folder = folder;
    this.outs = 0;
  }

  /** At a machine of its own, the mailbox proven.
   * @param {string} baseUrl @param {string} address */
  static async create(baseUrl, address) {
    const folder = await newFolder("person");
    const person = new Person(address, await CommandLine.create(baseUrl), folder);
    await writeFile(path.join(folder, "password"), `${password}\n`);
    await writeFile(path.join(folder, "letter.txt"), `from ${address}\n`);
    await person.line.verify(address);
    return person;
  }

  /** The same, with QUICK. @param {string} baseUrl @param {string} address */
  static async connected(baseUrl, address) {
    const person = await Person.create(baseUrl, address);
    await person.connect();
    return person;
  }

  /** One more machine of the same address. */
  another() {
    return Person.create(this.line.baseUrl, this.address);
  }

  /** @param {string[]} words @param {Parameters<CommandLine["json"]>[1]} [options] */
  connect(words = [], options) {
    return this.line.json(["connect", this.address, ...words], options);
  }

  /** @param {string[]} words @param {Parameters<CommandLine["json"]>[1]} [options] */
  devices(words = [], options) {
    return this.line.json(["devices", ...words], options);
  }

  /** @param {string[]} words */
  contacts(words = []) {
    return this.line.json(["contacts", ...words]);
  }

  /** How it stands with somebody. @param {string} address @returns {Promise<string | undefined>} */
  async stateOf(address) {
    const { contacts } = await this.contacts();
    return contacts.find((/** @type {any} */ one) => one.address === address)?.state;
  }

  /** @param {string[]} to @param {string[]} words */
  provideWords(to, words) {
    const letter = path.join(this.folder, "letter.txt");
    return ["provide", letter, "--from", this.address, "--name", "N", "--to", ...to, ...words];
  }

  /** Provides the letter to them. @param {string[]} to @param {string[]} words
   * @returns {Promise<any>} */
  provide(to, words = []) {
    return this.line.json(this.provideWords(to, words));
  }

  /** The same where it may go wrong. @param {string[]} to @param {string[]} words */
  tryProvide(to, words = []) {
    return this.line.run(this.provideWords(to, words));
  }

  /** The option that has the password. */
  get withPassword() {
    return ["--password-file", path.join(this.folder, "password")];
  }

  /** Invites them by a password. @param {...string} to */
  invite(...to) {
    return this.provide(to, ["--quick", ...this.withPassword]);
  }

  /** @param {any} sent @param {string[]} words */
  #retrieveWords(sent, words) {
    const mine = sent.recipients.find((/** @type {any} */ one) => one.address === this.address);
    const out = path.join(this.folder, `out-${this.outs++}`);
    return ["retrieve", mine.link, "--out", out, ...words];
  }

  /** Retrieves what is for this person. @param {any} sent @param {string[]} words */
  retrieve(sent, words = []) {
    return this.line.json(this.#retrieveWords(sent, words));
  }

  /** The same where it may go wrong. @param {any} sent @param {string[]} words */
  tryRetrieve(sent, words = []) {
    return this.line.run(this.#retrieveWords(sent, words));
  }

  /** Accepts the invitation in it. @param {any} sent */
  accept(sent) {
    return this.retrieve(sent, [...this.withPassword, "--accept-quick"]);
  }

  /** Begins to join by a code: the code, and the end of the command. */
  async showCode() {
    let printed = "";
    const ended = this.line.run(["connect", this.address, "--show-code"], {
      onStart: (child) => child.stdout?.on("data", (bytes) => (printed += String(bytes))),
    });
    const code = await waitUntil("a code is shown", () => printed.match(/^[a-z2-7-]{32}$/m)?.[0]);
    return { code, ended };
  }

  /** Lets this machine in by a connected one. @param {Person} old */
  async joinBy(old) {
    const { code, ended } = await this.showCode();
    await old.devices(["add"], { input: `${code}\n` });
    mustEndWell(await ended);
  }

  /** The file with this device's keys. */
  async stateFile() {
    const names = await readdir(this.line.home);
    const name = names.find((one) => /^quick-.*\.json$/.test(one));
    return path.join(this.line.home, name ?? "none");
  }
}

/** Two people, connected by an invitation. @param {Person} one @param {Person} other */
export async function connectPeople(one, other) {
  await other.accept(await one.invite(other.address));
  await one.contacts();
}

/** With which exit code, and which words on standard error. @param {Ended} ended
 * @param {number} code @param {RegExp} words */
export function endedWith(ended, code, words) {
  assert.equal(ended.code, code, String(ended.stderr));
  assert.match(String(ended.stderr), words);
}

/**
 * Runs a command as if somebody sat at a terminal: when a question is seen, its answer is typed.
 * @param {Person} person @param {string[]} words
 * @param {[RegExp, string | ((seen: string) => string)][]} answers in their order
 */
export async function atTerminal(person, words, answers) {
  const command = ["couvert", "--server", person.line.baseUrl, ...words];
  const line = command.map((word) => `'${word}'`).join(" ");
  const env = {
    ...process.env,
    COUVERT_HOME: person.line.home,
    PATH: `${programs}:${process.env.PATH}`,
  };
  const child = spawn("script", ["-qefc", line, "/dev/null"], { env });
  const timer = setTimeout(() => child.kill("SIGKILL"), patience);
  let seen = "";
  let from = 0;
  child.stdout.on("data", (bytes) => {
    seen += String(bytes);
    const question = answers[0]?.[0].exec(seen.slice(from));
    if (!question) return;
    const [, answer] = answers.shift() ?? [/$/, ""];
    from = seen.length;
    child.stdin.write(`${typeof answer === "string" ? answer : answer(seen)}\n`);
  });
  const [code] = await once(child, "close").finally(() => clearTimeout(timer));
  return { code: Number(code), seen, unasked: answers.length };
}
