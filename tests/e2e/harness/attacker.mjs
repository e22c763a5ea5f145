// What hostile traffic needs: many raw connections at once, the figures of the server that they
// meet, and a well-behaved client that wants to be served meanwhile.
import { readFile, readdir, readlink } from "node:fs/promises";
import net from "node:net";
import { once } from "node:events";
import { expectStatus } from "./api-client.mjs";
import { send } from "./http.mjs";
import { pause } from "./processes.mjs";

/** @typedef {import("./couvertd.mjs").Couvertd} Couvertd */
/** @typedef {{ open: number, resident: number }} Figures */

const mebibyte = 1024 * 1024;

/** Many times as much as CI can pay for: COUVERT_HOSTILE=20. @param {number} count */
export function many(count) {
  return Math.ceil(count * Number(process.env.COUVERT_HOSTILE ?? 1));
}

/** One raw connection, of which nothing is read unless it is asked for. */
export class RawConnection {
  /** @param {number} port @param {{ reads?: boolean }} [options] */
  constructor(port, { reads = true } = {}) {
    this.socket = net.connect({ port, host: "127.0.0.1" });
    this.text = "";
    this.closed = false;
    this.socket.on("error", () => undefined);
    this.socket.once("close", () => (this.closed = true));
    if (reads) this.socket.on("data", (bytes) => (this.text += bytes.toString("latin1")));
    else this.socket.pause();
  }

  /** @param {string | Buffer} bytes */
  write(bytes) {
    if (!this.closed) this.socket.write(bytes);
  }

  /** How many answers have come. */
  get answers() {
    return this.text.match(/HTTP\/1\.1 [2-5]\d\d /g)?.length ?? 0;
  }

  /** The first answer's status, 0 without one. */
  get status() {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.text)?.[1] ?? 0);
  }

  /** Ends it: in order, at once, or as a broken line does. @param {"end" | "drop" | "reset"} how */
  close(how = "drop") {
    if (how === "end") this.socket.end();
    else if (how === "reset") this.socket.resetAndDestroy();
    else this.socket.destroy();
  }
}

/** So many connections, all of them there. @param {number} port @param {number} count
 * @param {{ reads?: boolean }} [options] */
export async function connectMany(port, count, options) {
  const connections = Array.from({ length: count }, () => new RawConnection(port, options));
  await Promise.all(
    connections.map(({ socket }) => (socket.connecting ? once(socket, "connect") : undefined)),
  );
  return connections;
}

/** Files and sockets of the server, and its resident memory in bytes. The database's files do not
 * count: each of a bounded number of sessions opens them once, when it is first needed.
 * @param {Couvertd} server @returns {Promise<Figures>} */
export async function figuresOf(server) {
  const folder = `/proc/${server.pid}/fd`;
  const names = await readdir(folder);
  const targets = await Promise.all(
    names.map((name) => readlink(`${folder}/${name}`).catch(() => "closed meanwhile")),
  );
  const open = targets.filter((target) => !/\/couvert\.db(-wal|-shm)?$/.test(target));
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return { open: open.length, resident: Number(status.match(/VmRSS:\s+(\d+) kB/)?.[1]) * 1024 };
}

/** What others hold at that moment; connections and files of a flood must be gone. */
const openAllowance = 4;
/** What the allocator keeps of what was freed, and caches that were empty before. */
const residentAllowance = 48 * mebibyte;

/** Waits until the server is as it was before a flood. @param {Couvertd} server
 * @param {Figures} before */
export async function expectAtRest(server, before) {
  const most = {
    open: before.open + openAllowance,
    resident: before.resident + residentAllowance,
  };
  let now = await figuresOf(server);
  const end = Date.now() + 30_000;
  while (now.open > most.open || now.resident > most.resident) {
    const figures = `${JSON.stringify(now)}, at most ${JSON.stringify(most)} at rest`;
    if (Date.now() > end) throw new Error(`the server does not come to rest: ${figures}`);
    await pause(200);
    now = await figuresOf(server);
  }
  return now;
}

/** A well-behaved client that asks again and again for what it knows. */
export class Witness {
  /** @param {string} baseUrl @param {() => Promise<unknown>} [more] another thing to ask for */
  constructor(baseUrl, more = async () => undefined) {
    this.baseUrl = baseUrl;
    this.more = more;
    this.served = 0;
    this.longest = 0;
    this.running = true;
    /** @type {Promise<void>} */
    this.ended = this.#ask();
    this.ended.catch(() => undefined); // told by stop()
  }

  async #ask() {
    while (this.running) {
      const start = Date.now();
      const alive = expectStatus(await send(this.baseUrl, "GET", "/healthz"), 200);
      if (alive.body.toString() !== "alive\n") throw new Error("another body");
      expectStatus(await send(this.baseUrl, "GET", "/readyz"), 200);
      await this.more();
      this.longest = Math.max(this.longest, Date.now() - start);
      this.served++;
      await pause(20);
    }
  }

  /** Ends it; it was served throughout, each round within a generous deadline.
   * @param {{ rounds?: number, deadline?: number }} [options] */
  async stop({ rounds = 3, deadline = 20_000 } = {}) {
    const end = Date.now() + deadline;
    while (this.served < rounds && Date.now() < end) {
      await Promise.race([pause(50), this.ended]);
    }
    this.running = false;
    await this.ended;
    if (this.served < rounds) throw new Error(`the witness was served ${this.served} times`);
    if (this.longest > deadline) throw new Error(`the witness waited ${this.longest} ms`);
    return { served: this.served, longest: this.longest };
  }
}
