// nginx with a configuration and a folder of its own; never the distribution's daemon.
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, userInfo } from "node:os";
import path from "node:path";
import { freePort, waitForPort } from "../tests/e2e/harness/ports.mjs";
import { endProgram, startProgram } from "../tests/e2e/harness/processes.mjs";

/** @typedef {import("./measure.mjs").Contestant} Contestant */
/** @typedef {import("./measure.mjs").Load} Load */

const templates = { stock: "nginx-stock.conf", tuned: "nginx-tuned.conf" };

/** @implements {Contestant} */
export class Nginx {
  /** @param {string} kind @param {string} folder @param {number} port */
  constructor(kind, folder, port) {
    this.name = `nginx ${kind}`;
    this.folder = folder;
    this.port = port;
    this.count = 0;
    /** @type {string[]} */
    this.uploaded = [];
    /** @type {import("node:child_process").ChildProcess | undefined} */
    this.child = undefined;
  }

  /** @param {"stock" | "tuned"} kind
   * @param {{ folder: string, certificate: string, key: string }} run */
  static async start(kind, run) {
    const nginx = new Nginx(kind, path.join(run.folder, `nginx-${kind}`), await freePort());
    await mkdir(path.join(nginx.folder, "files"), { recursive: true });
    await chmod(nginx.folder, 0o755);
    const values = {
      USER: userInfo().username,
      CORES: String(availableParallelism()),
      FOLDER: nginx.folder,
      PORT: String(nginx.port),
      CERTIFICATE: run.certificate,
      KEY: run.key,
    };
    let text = await readFile(path.join(import.meta.dirname, templates[kind]), "utf8");
    for (const [name, value] of Object.entries(values)) text = text.replaceAll(`@${name}@`, value);
    const config = path.join(nginx.folder, "nginx.conf");
    await writeFile(config, text);
    const words = ["nginx", "-c", config, "-p", nginx.folder, "-e", `${nginx.folder}/error.log`];
    nginx.child = startProgram(words, { log: `${nginx.folder}/out.log` });
    await waitForPort(nginx.port, nginx.name);
    return nginx;
  }

  async pids() {
    const master = Number(this.child?.pid);
    const children = await readFile(`/proc/${master}/task/${master}/children`, "utf8");
    return [master, ...children.trim().split(" ").map(Number)];
  }

  /** @param {string} method @param {string} name @param {string[]} [fields] */
  #head(method, name, fields = []) {
    return [`${method} /${name} HTTP/1.1`, "Host: localhost", ...fields, "", ""].join("\r\n");
  }

  /** @param {Load} load */
  async beginUpload({ streams, bytes }) {
    // Never the same name twice: open_file_cache would go on serving what was deleted.
    this.uploaded = Array.from({ length: streams }, () => `upload-${this.count++}`);
    return this.uploaded.map((name) => this.#head("PUT", name, [`Content-Length: ${bytes}`]));
  }

  async endUpload() {
    return this.uploaded.map((name) => this.#head("GET", name));
  }

  async clean() {
    for (const name of this.uploaded) await rm(path.join(this.folder, "files", name));
    this.uploaded = [];
  }

  /** A file that it serves. @param {string} name @param {Buffer} bytes */
  async place(name, bytes) {
    await writeFile(path.join(this.folder, "files", name), bytes);
  }

  async stop() {
    if (this.child) await endProgram(this.child, { signal: "SIGQUIT" });
  }
}
