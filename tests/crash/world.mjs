// One run: a server on a watched disk, a mail server, a clock, a history, and the fault that waits
// for it. After a crash it starts the server again, as a service manager does.
import { createHash } from "node:crypto";
import fs from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Couvertd, mailConfig } from "../e2e/harness/couvertd.mjs";
import { FakeClock } from "../e2e/harness/fake-clock.mjs";
import { FaultySmtp } from "../e2e/harness/faulty-smtp.mjs";
import { output, pause, waitUntil } from "../e2e/harness/processes.mjs";
import { runContext } from "../e2e/harness/run-context.mjs";
import { History } from "./history.mjs";
import { readDayKeys } from "./day-keys.mjs";
import { Random } from "./random.mjs";
import { attachStrace, straceCommand } from "./strace.mjs";
import { WatchedDisk } from "./watched-disk.mjs";

/** @typedef {import("./watched-disk.mjs").Operation} Operation */
/** @typedef {import("./watched-disk.mjs").Luck} Luck */
/**
 * What goes wrong, and in which step of the scenario.
 * @typedef {{ mode: "strace", step: string, set: import("./strace.mjs").CallSet, from: number }
 *   | { mode: "kill", step: string, kinds: Operation[], from: number }
 *   | { mode: "power", step: string, kinds: Operation[], from: number, luck: Luck }
 *   | { mode: "error", step: string, kinds: Operation[], from: number, to: number,
 *       action: "ENOSPC" | "EIO" }
 *   | { mode: "none", step: string }} Fault
 */
/** @typedef {{ to: string, message: string, id: string | undefined, data: string }} Mail */

// Database, objects and day keys in a folder of their own each, so that a sync of one does not by
// chance make another's name durable.
const places = ["data", "parts", "keys"];
const startMax = 120_000; // under strace, on a machine with other work
const failuresBorne = 3; // before a full disk has room again

/** @param {string} data @param {RegExp} what */
function found(data, what) {
  return data.replaceAll("=\r\n", "").match(what)?.[1];
}

/** @param {Couvertd} server */
async function separateFolders({ config, data, folder }) {
  const text = await readFile(config, "utf8");
  const moved = text
    .replace(`${data}/objects`, `${folder}/parts/objects`)
    .replace(`${data}/day-keys`, `${folder}/keys/day-keys`);
  // Packing the portal's files takes as long as all else of a start.
  const portal = path.join(folder, "portal");
  await writeFile(config, `portal = "${portal}"\n${moved}`);
  for (const place of [...places, "portal"]) {
    await mkdir(path.join(folder, place), { recursive: true });
  }
  await writeFile(path.join(portal, "index.html"), "<!doctype html>");
}

/** Every file below a folder, which may go meanwhile or be missing. @param {string} folder
 * @returns {Generator<string>} */
function* filesIn(folder) {
  const entries = fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true }) : [];
  for (const entry of entries) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(place);
    else yield place;
  }
}

/** Files and folders as they are, with their times. @param {string} from @param {string} to */
function copyTree(from, to) {
  const status = fs.statSync(from);
  if (status.isDirectory()) {
    fs.mkdirSync(to, { recursive: true, mode: status.mode });
    for (const name of fs.readdirSync(from)) copyTree(path.join(from, name), path.join(to, name));
  } else fs.copyFileSync(from, to);
  fs.utimesSync(to, status.atime, status.mtime);
}

export class World {
  /** @param {{ server: Couvertd, clock: FakeClock, smtp: FaultySmtp, disk: WatchedDisk,
   *   fault: Fault, random: Random }} parts */
  constructor({ server, clock, smtp, disk, fault, random }) {
    this.server = server;
    this.clock = clock;
    this.smtp = smtp;
    this.disk = disk;
    this.fault = fault;
    this.random = random;
    this.history = new History(`${server.folder}.history`, () => clock.now().getTime() / 1000);
    this.history.add("begin", { fault });
    /** @type {Mail[]} */
    this.mails = [];
    /** What must never lie on the disk in plain, by a name. @type {Map<string, Buffer>} */
    this.secrets = new Map();
    this.crashes = 0;
    this.failures = 0;
    this.isArmed = false;
    this.wasMet = false;
    this.hasServed = false;
    /** @type {(() => Promise<void>) | undefined} */
    this.detach = undefined;
    this.noting = setInterval(() => this.noteMails(), 25);
  }

  /**
   * Order: serve() next.
   * @param {{ name: string, fault: Fault, random: Random, library: string, base?: string }} options
   */
  static async create({ name, fault, random, library, base }) {
    const { mail } = await runContext();
    const key = path.join(path.dirname(mail.certificate), "key.pem");
    const smtp = await FaultySmtp.start({ key, certificate: mail.certificate });
    const clock = await FakeClock.create();
    const options = { name, mail: await mailConfig(smtp.port), rules: [] };
    const server = await Couvertd.prepare(/** @type {any} */ (options));
    await separateFolders(server);
    for (const one of base ? [...places, "master.key"] : []) {
      const [from, to] = [path.join(base ?? "", one), path.join(server.folder, one)];
      copyTree(from, to);
    }
    const disk = new WatchedDisk({
      root: server.folder,
      shadow: `${server.folder}.shadow`,
      library,
    });
    disk.begin();
    const preload = [clock.env.LD_PRELOAD, fault.mode === "strace" ? "" : library];
    server.options.env = {
      ...clock.env,
      ...disk.env,
      LD_PRELOAD: preload.filter(Boolean).join(":"),
    };
    const world = new World({ server, clock, smtp, disk, fault, random });
    world.hasServed = base !== undefined;
    if (!base) await server.allow("*@example.org", "*@example.net");
    return world;
  }

  async end() {
    clearInterval(this.noting);
    await this.server.kill();
    this.smtp.stop();
    this.disk.end();
  }

  get isDead() {
    const { child } = this.server;
    return !child || child.exitCode !== null || child.signalCode !== null;
  }

  /** The fault lies in wait, if it belongs to this step. @param {string} step */
  async arm(step) {
    const { fault } = this;
    if (fault.step !== step || fault.mode === "none") return;
    this.isArmed = true;
    if (fault.mode === "strace") {
      if (!this.isDead) this.detach = await attachStrace(this.server.pid, fault.set, fault.from);
      return;
    }
    const { kinds, from } = fault;
    if (fault.mode === "error") {
      this.history.add("fault", { fault });
      this.disk.arm({ kinds, from, to: fault.to, action: fault.action });
    } else this.disk.arm({ kinds, from, action: "kill" });
  }

  /** All goes well again. */
  async disarm() {
    if (!this.isArmed) return;
    this.isArmed = false;
    await this.detach?.();
    this.detach = undefined;
    const { mode } = this.fault;
    const met = mode !== "strace" && this.disk.disarm();
    this.wasMet ||= met;
    if (mode === "error") this.history.add("release");
    // Killed in this moment, it is not gone yet.
    else if (met) await waitUntil("who was killed has ended", () => this.isDead);
  }

  /** The server serves; what killed it meanwhile is dealt with. */
  async serve() {
    for (let tries = 0; ; tries++) {
      const { fault } = this;
      const traced = this.isArmed && fault.mode === "strace" && !this.detach;
      if (fault.mode === "strace" && traced) await this.#startTraced(fault.set, fault.from);
      try {
        await this.server.serve({ deadline: startMax });
        this.hasServed = true;
        return this.history.add("serving");
      } catch (error) {
        if (tries > 4 || !this.isDead) throw error;
        await this.#afterDeath();
      }
    }
  }

  /** A start that is killed, or else ended once it serves.
   * @param {import("./strace.mjs").CallSet} set @param {number} nth */
  async #startTraced(set, nth) {
    this.isArmed = false;
    const { server } = this;
    server.options.under = straceCommand(set, nth);
    await server.serve({ deadline: startMax }).catch(() => undefined);
    server.options.under = [];
    if (!this.isDead) {
      const children = `/proc/${server.pid}/task/${server.pid}/children`;
      const [pid] = (await readFile(children, "utf8")).split(" ");
      process.kill(Number(pid), "SIGKILL");
    } else this.wasMet = true;
    await waitUntil("the traced server has ended", () => this.isDead);
    await this.#afterDeath();
  }

  /** What a client waits for after an answer that did not come or said "not now". */
  async mend() {
    for (let wait = 0; wait < 20 && !this.isDead; wait++) await pause(10);
    if (this.isDead) {
      await this.#afterDeath();
      await this.serve();
      return;
    }
    if (this.fault.mode === "error" && ++this.failures >= failuresBorne) await this.disarm();
    await pause(50);
  }

  /** Kills the server, with the power where the fault is one, and starts it again. */
  async crash() {
    await this.server.kill();
    await this.#afterDeath();
    await this.serve();
  }

  async #afterDeath() {
    const { server, fault } = this;
    const how = server.child?.signalCode ?? server.child?.exitCode ?? "SIGKILL";
    server.child = undefined;
    this.crashes++;
    // A server may refuse to start on a disk that fails; a service manager starts it again.
    const mayEnd = fault.mode === "error" && this.isArmed;
    this.history.add(how === "SIGKILL" || mayEnd ? "killed" : "ended", { how });
    if (this.isArmed) {
      this.wasMet = true;
      if (!mayEnd || ++this.failures >= failuresBorne) await this.disarm();
    }
    if (fault.mode === "power") await this.#cutPower(fault.luck);
    if (fault.mode === "error") await this.#cutPower({ names: 0, blocks: 0 });
    this.searchDisk();
    await this.check("after a crash");
  }

  /** @param {Luck} luck */
  async #cutPower(luck) {
    const before = await readDayKeys(this.dayKeys);
    const objects = new Set(this.#objectNames());
    this.disk.cutPower(luck, this.random);
    this.history.add("keys", { before, after: await readDayKeys(this.dayKeys) });
    const back = this.#objectNames().filter((name) => !objects.has(name));
    this.history.add("back", { objects: back.length });
  }

  get dayKeys() {
    return path.join(this.server.folder, "keys/day-keys");
  }

  /** Whether database and objects agree; the first start makes the objects' folder.
   * @param {string} when */
  async check(when) {
    if (!this.hasServed) return;
    const ended = await this.server.run(["check"]);
    const said = `${ended.code ?? ended.signal}: ${ended.stdout}${ended.stderr}`;
    const lines = ended.code === 0 ? [] : said.trim().split("\n");
    this.history.add("check", { when, lines });
  }

  /** Looks for what must not lie there in plain. */
  searchDisk() {
    const found = [];
    for (const place of [...filesIn(this.server.folder), this.server.log]) {
      const bytes = fs.readFileSync(place);
      for (const [name, secret] of this.secrets) {
        if (bytes.includes(secret)) found.push(`${name} in ${path.basename(place)}`);
      }
    }
    this.history.add("disk", { found });
  }

  /** The high-water mark of a server that still runs. */
  async noteMemory() {
    this.history.add("memory", { peak: await this.server.peakMemory() });
  }

  /** New mails, as they were taken. */
  noteMails() {
    for (const { to, data } of this.smtp.taken.splice(0)) {
      const message = found(data, /^Message-ID:\s*<(.*?)>/im) ?? "";
      const id = found(data, /\/r\/([a-z2-7]{26})/);
      this.mails.push({ to, message, id, data });
      this.history.add("mail", { to, message, id });
      for (const [link] of data.replaceAll("=\r\n", "").matchAll(/https?:\/\/[^\s"<>]+/g)) {
        this.history.add("link", { link, base: this.server.baseUrl });
      }
    }
  }

  /**
   * A mail that fits; meanwhile the world goes on: what a dead server had leased becomes free.
   * @param {(mail: Mail) => boolean} fits @param {() => Promise<unknown>} ring wakes the outbox
   */
  async mail(fits, ring) {
    for (let round = 0; round < 8; round++) {
      const end = Date.now() + (round === 0 ? 1500 : 4000);
      while (Date.now() < end && !this.isDead) {
        this.noteMails();
        const mail = this.mails.find(fits);
        if (mail) return mail;
        await pause(20);
      }
      await this.mend();
      await this.clock.pass(6 * 60);
      await ring();
    }
    throw new Error("a mail did not come");
  }

  /** Waits until no mail waits or is on its way.
   * @param {() => Promise<unknown>} ring wakes the outbox */
  async sendAllMails(ring) {
    const isBusy = () => this.smtp.sockets.size > 0 || this.countLive("outbox", "true") !== 0;
    for (let round = 0; isBusy(); round++) {
      if (round > 100) throw new Error("the outbox does not become empty");
      await pause(200);
      if (this.isDead) await this.mend();
      if (round % 10 === 9) await this.clock.pass(6 * 60).then(ring);
    }
    this.noteMails();
  }

  /** How many objects there are. */
  objects() {
    return this.#objectNames().length;
  }

  #objectNames() {
    const files = [...filesIn(path.join(this.server.folder, "parts/objects"))];
    return files.map((file) => path.basename(file)).filter((name) => /^[a-z2-7]{26}$/.test(name));
  }

  /** How many rows of a table fit, as another reader of the database sees it; -1 where it cannot
   * be read now. @param {string} table @param {string} where */
  countLive(table, where) {
    try {
      const database = path.join(this.server.data, "couvert.db");
      const reader = new DatabaseSync(database, { readOnly: true });
      const row = reader.prepare(`SELECT COUNT(*) AS count FROM ${table} WHERE ${where}`).get();
      reader.close();
      return Number(row?.count);
    } catch {
      return -1;
    }
  }
}

/** The folder of a server that was started and stopped once, to be copied.
 * @param {string} library */
export async function makeBase(library) {
  const fault = /** @type {const} */ ({ mode: "none", step: "" });
  const world = await World.create({ name: "base", fault, random: new Random("base"), library });
  await world.serve();
  await world.server.stop();
  await world.end();
  return world.server.folder;
}

/** A certificate and a password for the mail server of all runs; valid for longer than the clock of
 * a scenario goes ahead. @param {string} folder */
export async function makeMailIdentity(folder) {
  await mkdir(folder, { recursive: true });
  const [key, certificate] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const kind = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 60 -subj /CN=localhost";
  const names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", key, "-out", certificate];
  await output(["openssl", "req", "-x509", ...kind.split(" "), ...names, ...files]);
  const passwordFile = path.join(folder, "password");
  await writeFile(passwordFile, "any will do\n", { mode: 0o600 });
  return { smtpPort: 1, user: "couvert", passwordFile, certificate };
}

/** @param {Buffer} bytes */
export function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
