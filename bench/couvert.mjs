// couvertd as an operator runs it, over TLS, with one sender and one recipient who use it.
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ApiClient, expectStatus } from "../tests/e2e/harness/api-client.mjs";
import { programs } from "../tests/e2e/harness/couvertd.mjs";
import { FaultySmtp } from "../tests/e2e/harness/faulty-smtp.mjs";
import { codeInText } from "../tests/e2e/harness/mailbox.mjs";
import { freePort } from "../tests/e2e/harness/ports.mjs";
import { endProgram, output, startProgram, waitUntil } from "../tests/e2e/harness/processes.mjs";
import { send } from "../tests/e2e/harness/http.mjs";

/** @typedef {import("./measure.mjs").Contestant} Contestant */
/** @typedef {import("./measure.mjs").Load} Load */
/** @typedef {{ folder: string, certificate: string, key: string }} Run */

const sender = "anna@example.org";
export const recipient = "bert@example.net";
export const password = "xK9#vQ2mLp";

/** @implements {Contestant} */
export class Couvert {
  /** @param {Run} run @param {string} name of its folder, too @param {number} port */
  constructor(run, name, port) {
    const folder = path.join(run.folder, name.replace(/\W+/g, "-"));
    this.name = name;
    this.run = run;
    this.programs = programs;
    this.tls = "";
    this.folder = folder;
    this.port = port;
    this.baseUrl = `https://localhost:${port}`;
    this.api = new ApiClient(this.baseUrl);
    /** @type {FaultySmtp | undefined} */
    this.smtp = undefined;
    /** @type {import("node:child_process").ChildProcess | undefined} */
    this.child = undefined;
    /** @type {import("../tests/e2e/harness/api-client.mjs").DraftClient | undefined} */
    this.draft = undefined;
  }

  /** @param {Run} run @param {string} [name]
   * @param {{ folder?: string, tls?: string }} [options] where couvertd lies, if not that of this
   *   tree; more lines for [tls] */
  static async start(run, name = "Couvert", { folder = programs, tls = "" } = {}) {
    const couvert = new Couvert(run, name, await freePort());
    couvert.programs = folder;
    couvert.tls = tls;
    await mkdir(path.join(couvert.folder, "data"), { recursive: true, mode: 0o700 });
    couvert.smtp = await FaultySmtp.start(run);
    await writeFile(couvert.config, couvert.#configText());
    const words = ["policy", "allow", "*@example.org", "*@example.net", "--config", couvert.config];
    await output([path.join(couvert.programs, "couvertd"), ...words]);
    await couvert.serve();
    await couvert.verify();
    return couvert;
  }

  get config() {
    return path.join(this.folder, "couvert.toml");
  }

  get data() {
    return path.join(this.folder, "data");
  }

  #configText() {
    const { certificate, key } = this.run;
    return `base_url = "${this.baseUrl}"
listen = "127.0.0.1:${this.port}"
[tls]
certificate = "${certificate}"
key = "${key}"
${this.tls}
[store]
database = "sqlite:${this.data}/couvert.db"
objects = "file:${this.data}/objects"
day_keys = "file:${this.folder}/day-keys"
[keys]
master = "${this.folder}/master.key"
[mail]
smtp = "smtp://127.0.0.1:${this.smtp?.port}"
tls = "required"
ca_file = "${certificate}"
from = "transfer@example.org"
[limits]
transfer_bytes_max = ${2 ** 42}
`;
  }

  /** Starts it and waits until it answers; how long that took, in seconds. */
  async serve() {
    const began = performance.now();
    const command = [path.join(this.programs, "couvertd"), "serve", "--config", this.config];
    const child = startProgram(command, { log: path.join(this.folder, "couvertd.log") });
    this.child = child;
    await waitUntil(
      "couvertd is ready",
      async () => {
        if (child.exitCode !== null) throw new Error(`couvertd ended: see ${this.folder}`);
        const answer = await send(this.baseUrl, "GET", "/readyz").catch(() => undefined);
        return answer?.status === 200;
      },
      { deadline: 60_000, every: 5 },
    );
    return (performance.now() - began) / 1000;
  }

  get pid() {
    if (!this.child?.pid) throw new Error("couvertd does not run");
    return this.child.pid;
  }

  async pids() {
    return [this.pid];
  }

  /** Proves the sender's address by the code that comes by mail. */
  async verify() {
    const mails = this.smtp?.taken ?? [];
    const before = mails.length;
    this.api.token = "";
    await this.api.requestCode(sender);
    await waitUntil("the code has come", () => mails.length > before);
    const code = codeInText(mails[mails.length - 1].data);
    const json = { address: sender, code };
    expectStatus(await this.api.call("POST", "/api/v1/verifications/confirm", { json }), 200);
  }

  /** @param {Load} load */
  async beginUpload({ streams, bytes }) {
    const draft = await this.api.createDraft(sender);
    this.draft = draft;
    const heads = [];
    for (let nth = 0; nth < streams; nth++) {
      const no = await draft.createFile(`upload-${nth}.bin`, bytes);
      heads.push(
        [
          `PATCH ${draft.path}/files/${no} HTTP/1.1`,
          `Host: localhost:${this.port}`,
          `Authorization: Bearer ${this.api.token}`,
          `Couvert-Secret: ${draft.secret}`,
          "Tus-Resumable: 1.0.0",
          "Content-Type: application/offset+octet-stream",
          "Upload-Offset: 0",
          `Content-Length: ${bytes}`,
          "",
          "",
        ].join("\r\n"),
      );
    }
    return heads;
  }

  /** Hands the draft out; the ID that its recipient gets. */
  async provide() {
    if (!this.draft) throw new Error("no draft");
    const body = this.draft.startBody([{ address: recipient }], { password });
    const { recipients } = expectStatus(await this.draft.start(body), 201).json;
    return String(recipients[0].transfer_id);
  }

  /** A request head for getting `below` a retrieval: "/files/0". @param {string} id
   * @returns {Promise<(below: string) => string>} */
  async open(id) {
    const { path: at, opened } = await this.api.open(id, { password });
    return (below) =>
      [
        `GET ${at}${below} HTTP/1.1`,
        `Host: localhost:${this.port}`,
        `Couvert-Retrieval: ${opened.token}`,
        "",
        "",
      ].join("\r\n");
  }

  async endUpload() {
    const head = await this.open(await this.provide());
    return (this.draft?.files ?? []).map(({ no }) => head(`/files/${no}`));
  }

  /** A new server on an empty store: what was uploaded goes without a trace in the next figures. */
  async clean() {
    await this.end();
    await rm(this.data, { recursive: true });
    await mkdir(this.data, { mode: 0o700 });
    const words = ["policy", "allow", "*@example.org", "*@example.net", "--config", this.config];
    await output([path.join(this.programs, "couvertd"), ...words]);
    await this.serve();
    await this.verify();
  }

  /** Ends the server; its store stays. */
  async end() {
    if (!this.child) return;
    const { code } = await endProgram(this.child);
    this.child = undefined;
    if (code !== 0) throw new Error(`couvertd ended with ${code}`);
  }

  async stop() {
    await this.end();
    this.smtp?.stop();
  }
}
