// A real couvertd with a data folder, a configuration and a port of its own.
import { appendFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import path from "node:path";
import { freePorts } from "./ports.mjs";
import { endProgram, output, runProgram, startProgram, waitUntil } from "./processes.mjs";
import { root, runContext } from "./run-context.mjs";

/**
 * What a test may choose.
 * @typedef {object} ServerOptions
 * @property {string} name a word for folder and log
 * @property {Record<string, string>} [env] added to the environment
 * @property {string} [program] that serves, if not couvertd
 * @property {string[]} [under] the command that runs it, such as prlimit with its options
 * @property {boolean} [secure] TLS, with a certificate that it makes itself
 * @property {string} [data] the data folder, if not one of its own
 * @property {string} [mail] the [mail] section's connection, if not to the run's mail system
 * @property {Record<string, Record<string, string>>} [config] further sections, values in TOML
 * @property {[string, string][]} [rules] sender and recipient of each policy rule
 */

export const programs = path.resolve(root, process.env.COUVERT_BIN_DIR ?? "build/release");

/** @type {[string, string][]} */
const everybody = ["org", "net", "com"].flatMap((from) =>
  ["org", "net", "com"].map((to) => /** @type {[string, string]} */ ([from, to])),
);

/** Everybody of the example domains may write to everybody there. */
const defaultRules = everybody.map(
  ([from, to]) => /** @type {[string, string]} */ ([`*@example.${from}`, `*@example.${to}`]),
);

let started = 0;

/** Signals that nobody sends: the program broke off. */
const faults = ["SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP"];

/** The [mail] section for a mail server on this machine. @param {number} port */
export async function mailConfig(port) {
  const { mail } = await runContext();
  return [
    `smtp = "smtp://127.0.0.1:${port}"`,
    `user = "${mail.user}"`,
    `password_file = "${mail.passwordFile}"`,
    `ca_file = "${mail.certificate}"`,
    `tls = "required"`,
  ].join("\n");
}

/** Whether it can work, asked on a connection that ends. @param {string} baseUrl
 * @returns {Promise<boolean>} */
function isReady(baseUrl) {
  const { get } = baseUrl.startsWith("https:") ? https : http;
  const address = `${baseUrl.replace("localhost", "127.0.0.1")}/readyz`;
  return new Promise((resolve) => {
    const request = get(address, { rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.once("error", () => resolve(false));
  });
}

/** @param {Couvertd} server @param {string} mail @param {ServerOptions["config"]} more */
function configText({ folder, data, port, adminPort, baseUrl, options }, mail, more = {}) {
  const pair = { certificate: `"${folder}/cert.pem"`, key: `"${folder}/key.pem"` };
  const sections = Object.entries({
    tls: options.secure ? pair : {},
    keys: { master: `"${folder}/master.key"` },
    ...more,
    admin: { listen: `"127.0.0.1:${adminPort}"`, ...more.admin },
    store: {
      database: `"sqlite:${data}/couvert.db"`,
      objects: `"file:${data}/objects"`,
      day_keys: `"file:${data}/day-keys"`,
      ...more.store,
    },
  }).filter(([name]) => name !== "");
  const lines = sections.map(([name, values]) => {
    const keys = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
    return keys.length ? `[${name}]\n${keys.join("\n")}\n` : "";
  });
  const top = { base_url: `"${baseUrl}"`, listen: `"127.0.0.1:${port}"` };
  const first = Object.entries({ ...top, ...more[""] }).map(([key, value]) => `${key} = ${value}`);
  return `${first.join("\n")}

[mail]
from = "transfer@example.org"
${mail}

${lines.join("\n")}`;
}

export class Couvertd {
  /** @param {ServerOptions} options @param {string} folder @param {number[]} ports */
  constructor(options, folder, [port, adminPort]) {
    this.options = options;
    this.folder = folder;
    this.port = port;
    this.adminPort = adminPort;
    this.data = options.data ?? path.join(folder, "data");
    this.config = path.join(folder, "couvert.toml");
    this.log = "";
    this.baseUrl = `http${options.secure ? "s" : ""}://localhost:${port}`;
    this.adminUrl = `http://localhost:${adminPort}`;
    /** @type {import("node:child_process").ChildProcess | undefined} */
    this.child = undefined;
  }

  /** Configured, its rules set, and serving. @param {ServerOptions} options */
  static async start(options) {
    const server = await Couvertd.prepare(options);
    await server.serve();
    return server;
  }

  /** Configured, its rules set, not yet serving. @param {ServerOptions} options */
  static async prepare(options) {
    const run = await runContext();
    const name = `${options.name}-${process.pid}-${started++}`;
    const folder = path.join(run.folder, name);
    await mkdir(folder, { mode: 0o700 });
    const server = new Couvertd(options, folder, await freePorts(2));
    server.log = path.join(run.folder, "logs", `${name}.log`);
    if (!options.data) await mkdir(server.data, { mode: 0o700 });
    const mail = options.mail ?? (await mailConfig(run.mail.smtpPort));
    await writeFile(server.config, configText(server, mail, options.config));
    for (const [sender, recipient] of options.rules ?? defaultRules) {
      await server.allow(sender, recipient);
    }
    return server;
  }

  get env() {
    return { ...process.env, ...this.options.env };
  }

  /** Runs another word of couvertd on the same configuration. @param {string[]} words */
  run(words) {
    const command = [path.join(programs, "couvertd"), ...words, "--config", this.config];
    return runProgram(command, { env: this.env, cwd: this.folder });
  }

  /** @param {string} sender @param {string} recipient */
  async allow(sender, recipient) {
    const command = [path.join(programs, "couvertd"), "policy", "allow", sender, recipient];
    await output([...command, "--config", this.config], { env: this.env, cwd: this.folder });
  }

  /** A pair of keys in the files of its configuration, valid for so long. @param {number} days */
  async makePair(days) {
    const kind = `-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days ${days}`;
    const files = ["-keyout", `${this.folder}/key.pem`, "-out", `${this.folder}/cert.pem`];
    const subject = ["-subj", "/CN=localhost"];
    await output(["openssl", "req", "-x509", ...kind.split(" "), ...subject, ...files]);
  }

  /** Starts it and waits until it can work. @param {{ deadline?: number }} [options] */
  async serve(options) {
    const program = path.join(programs, this.options.program ?? "couvertd");
    const serve = [program, "serve", "--config", this.config];
    const command = [...(this.options.under ?? []), ...serve];
    const child = startProgram(command, { env: this.env, cwd: this.folder, log: this.log });
    this.child = child;
    const broken = path.join((await runContext()).folder, "broken");
    child.once("exit", (_, signal) => {
      // Also where a test expects nothing else of it, and where a second try goes well.
      if (faults.includes(signal ?? "")) appendFileSync(broken, `${this.log}: ${signal}\n`);
    });
    const ready = async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`couvertd has ended: ${await readFile(this.log, "utf8")}`);
      }
      await this.#takeShare();
      return isReady(this.baseUrl);
    };
    await waitUntil("couvertd is ready", ready, options);
  }

  /** On a machine with more work than cores, threads of idle priority get nothing: with
   * COUVERT_E2E_BUSY set, those of this server get their share. */
  async #takeShare() {
    if (!process.env.COUVERT_E2E_BUSY) return;
    await runProgram(["chrt", "--all-tasks", "--other", "--pid", "0", String(this.pid)]);
  }

  get pid() {
    if (!this.child?.pid) throw new Error("couvertd does not run");
    return this.child.pid;
  }

  /** Ends it as an operator does; it must end well. */
  async stop() {
    if (!this.child) return;
    const { code, signal } = await endProgram(this.child);
    this.child = undefined;
    if (code !== 0) {
      const log = await readFile(this.log, "utf8");
      throw new Error(`couvertd ended with ${code ?? signal}:\n${log.slice(-4000)}`);
    }
  }

  /** As the end of the power supply, but for what the kernel still writes. */
  async kill() {
    if (this.child) await endProgram(this.child, { signal: "SIGKILL" });
    this.child = undefined;
  }

  /** The lines of its log. @returns {Promise<Record<string, unknown>[]>} */
  async logLines() {
    const text = await readFile(this.log, "utf8");
    return text
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  }

  /** The high-water mark of its resident memory, in bytes. */
  async peakMemory() {
    const status = await readFile(`/proc/${this.pid}/status`, "utf8");
    return Number(status.match(/VmHWM:\s+(\d+) kB/)?.[1]) * 1024;
  }
}
