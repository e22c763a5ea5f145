// A download while a thousand password attempts wait.
import https from "node:https";
import { once } from "node:events";
import { pause } from "../tests/e2e/harness/processes.mjs";
import { load, nameBytes, ratio, sample, spread } from "./measure.mjs";

/** @typedef {import("./run.mjs").Bench} Bench */

const networks = 100; // where the attempts come from
const retryPause = 10_000; // a program that was told to come again later waits this long

// Attempts of a thousand clients: each transfer takes a few before it makes them wait, so there are
// many transfers. What runs is Argon2 on the wrong password, as fast as the server lets it.
class Attempts {
  /** @param {Bench} bench @param {string[]} ids */
  constructor(bench, ids) {
    this.bench = bench;
    this.ids = ids;
    this.next = 0;
    this.going = false;
    /** @type {Map<number, number>} */
    this.answers = new Map();
    this.agent = new https.Agent({
      keepAlive: true,
      maxSockets: bench.attempts,
      rejectUnauthorized: false,
    });
  }

  async #try() {
    const json = { transfer_id: this.ids[this.next++ % this.ids.length], client: "program" };
    const body = JSON.stringify({ ...json, password: "wrong" });
    // From many networks: one alone would get no more connections, and then the download none.
    const localAddress = `127.${1 + (this.next % networks)}.0.1`;
    const request = https.request({
      host: "127.0.0.1",
      localAddress,
      port: this.bench.couvert.port,
      method: "POST",
      path: "/api/v1/retrievals",
      agent: this.agent,
      headers: { "Content-Type": "application/json", "Content-Length": body.length },
    });
    request.end(body);
    const [answer] = await once(request, "response");
    answer.resume();
    await once(answer, "end");
    const status = Number(answer.statusCode);
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    return status;
  }

  begin() {
    this.going = true;
    this.clients = Array.from({ length: this.bench.attempts }, async () => {
      while (this.going) {
        const status = await this.#try().catch(() => 0);
        if (status !== 403 && this.going) await pause(retryPause);
      }
    });
  }

  async end() {
    this.going = false;
    await Promise.all(this.clients ?? []);
  }
}

/** Transfers with a password that nobody tries rightly. @param {Bench} bench */
async function makeTargets({ couvert, targets }) {
  const ids = [];
  for (let made = 0; made < targets; made++) {
    couvert.draft = await couvert.api.createDraft("anna@example.org");
    ids.push(await couvert.provide());
  }
  return ids;
}

/** @param {Bench} bench */
export async function passwords(bench) {
  const { couvert } = bench;
  const bytes = bench.passwordBytes;
  const heads = await couvert.beginUpload({ streams: 1, bytes });
  await load(bench, couvert.port, "send", { bytes, heads });
  const down = await couvert.endUpload();
  const attempts = new Attempts(bench, await makeTargets(bench));
  /** @type {number[][]} */
  const [alone, beside] = [[], []];
  const download = async () => {
    const work = () => load(bench, couvert.port, "receive", { bytes, heads: down });
    return (await sample(couvert, work)).rate;
  };
  for (let run = 0; run < bench.runs; run++) {
    alone.push(await download());
    attempts.begin();
    await pause(bench.attempts * 3); // their handshakes are not what is measured
    beside.push(await download());
    await attempts.end();
  }
  await couvert.clean();
  const seen = [...attempts.answers].map(([status, count]) => `${count} × ${status}`).join(", ");
  return [
    ["", "alone", `while ${bench.attempts} attempts wait`, "ratio"],
    [`download of ${nameBytes(bytes)}, MB/s`, ...[alone, beside].map((all) => spread(all, 0))],
    [`answers to the attempts: ${seen}`, "", "", ""],
  ].map((row, index) => (index === 1 ? [...row, ratio(beside, alone)] : row));
}
