// Uploads and downloads, interleaved with nginx's, so that whatever else the machine does
// hits all of them.
import { load, nameBytes, ratio, sample, spread } from "./measure.mjs";

/** @typedef {import("./measure.mjs").Contestant} Contestant */
/** @typedef {import("./measure.mjs").Load} Load */
/** @typedef {import("./measure.mjs").Sample} Sample */
/** @typedef {import("./run.mjs").Bench} Bench */

/**
 * @param {Contestant} contestant @param {Load} amount @param {Bench} bench
 * @returns {Promise<[Sample, Sample]>} up and down; every byte that came down was compared
 */
async function thereAndBack(contestant, amount, bench) {
  const { bytes } = amount;
  const up = await contestant.beginUpload(amount);
  const send = () => load(bench, contestant.port, "send", { bytes, heads: up });
  const sent = await sample(contestant, send, { writes: true });
  const down = await contestant.endUpload();
  const received = await sample(contestant, () =>
    load(bench, contestant.port, "receive", { bytes, heads: down }),
  );
  await contestant.clean();
  return [sent, received];
}

/** Lines of the table: rate, the server's processor time, and that with the kernel's.
 * @param {string} what @param {Sample[][]} all */
function rowsOf(what, all) {
  const row = (/** @type {"rate" | "cpu" | "machine"} */ name, /** @type {number} */ digits) => {
    const [ours, ...others] = all.map((samples) => samples.map((one) => one[name]));
    return [
      ...[ours, ...others].map((values) => spread(values, digits)),
      ...others.map((values) => ratio(ours, values)),
    ];
  };
  return [
    [`${what}, MB/s`, ...row("rate", 0)],
    [`${what}, CPU s/GiB`, ...row("cpu", 2)],
    [`${what}, CPU s/GiB with the kernel's threads`, ...row("machine", 2)],
  ];
}

/** @param {Bench} bench */
export async function transfers(bench) {
  const names = bench.contestants.map(({ name }) => name);
  const rows = [["", ...names, ...names.slice(1).map((name) => `of ${name}`)]];
  for (const amount of bench.loads) {
    /** @type {Sample[][]} */
    const ups = bench.contestants.map(() => []);
    /** @type {Sample[][]} */
    const downs = bench.contestants.map(() => []);
    // The first run warms up, uncounted: fresh memory is dear where a hypervisor gives it page by
    // page. Then forwards and backwards, since one's freed memory is the next one's warm memory.
    for (let run = -1; run < bench.runs; run++) {
      const order = [...bench.contestants.entries()];
      for (const [index, contestant] of run % 2 ? order.reverse() : order) {
        const [up, down] = await thereAndBack(contestant, amount, bench);
        bench.note(run < 0 ? `(${contestant.name})` : contestant.name, amount, up, down);
        if (run < 0) continue;
        ups[index].push(up);
        downs[index].push(down);
      }
    }
    const what = `${amount.streams} × ${nameBytes(amount.bytes)}`;
    rows.push(...rowsOf(`upload ${what}`, ups), ...rowsOf(`download ${what}`, downs));
  }
  return rows;
}
