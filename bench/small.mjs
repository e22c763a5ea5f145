// Small requests over connections that stay: ours beside nginx's static kilobyte.
import { output } from "../tests/e2e/harness/processes.mjs";
import { cpuSeconds, ratio, spread } from "./measure.mjs";

/** @typedef {import("./run.mjs").Bench} Bench */
/** @typedef {import("./measure.mjs").Contestant} Contestant */

const connections = 50;

/** Requests a second, and the server's microseconds for each.
 * @param {Contestant} contestant @param {string} at @param {number} seconds */
async function ask(contestant, at, seconds) {
  const before = await cpuSeconds(await contestant.pids());
  const url = `https://127.0.0.1:${contestant.port}${at}`;
  const words = ["wrk", "-t2", `-c${connections}`, `-d${seconds}s`, url];
  const printed = await output(words, { deadline: (seconds + 30) * 1000 });
  if (/Non-2xx|Socket errors/.test(printed)) throw new Error(`${url}: ${printed}`);
  const requests = Number(/(\d+) requests in/.exec(printed)?.[1]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(printed)?.[1]);
  const cpu = (await cpuSeconds(await contestant.pids())) - before;
  return { rate, cpu: (cpu / requests) * 1e6 };
}

/** @param {Bench} bench */
export async function small(bench) {
  const { couvert } = bench;
  for (const nginx of bench.nginxes) await nginx.place("kilobyte", Buffer.alloc(1024, "x"));
  /** @type {[string, Contestant, string][]} */
  const asked = [
    ["Couvert `/healthz`", couvert, "/healthz"],
    ["Couvert `/api/v1/server`", couvert, "/api/v1/server"],
    ["Couvert `/readyz` (database)", couvert, "/readyz"],
    ...bench.nginxes.map(
      (other) =>
        /** @type {[string, Contestant, string]} */ ([`${other.name}, 1 KiB`, other, "/kilobyte"]),
    ),
  ];
  const seen = asked.map(() => /** @type {Awaited<ReturnType<typeof ask>>[]} */ ([]));
  for (let run = 0; run < bench.runs; run++) {
    const order = [...asked.entries()];
    for (const [index, [, contestant, at]] of run % 2 ? order.reverse() : order) {
      seen[index].push(await ask(contestant, at, bench.smallSeconds));
    }
  }
  const rates = seen.map((samples) => samples.map(({ rate }) => rate));
  const stock = rates[3];
  return [
    [`${connections} connections, TLS`, "requests a second", "server's µs a request", "of stock"],
    ...asked.map(([name], index) => [
      name,
      spread(rates[index], 0),
      spread(
        seen[index].map(({ cpu }) => cpu),
        0,
      ),
      ratio(rates[index], stock),
    ]),
  ];
}
