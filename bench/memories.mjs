// The highest resident memory of a server, each time a new one.
import { Couvert } from "./couvert.mjs";
import { load, memory, nameBytes } from "./measure.mjs";

/** @typedef {import("./run.mjs").Bench} Bench */
/** @typedef {import("./measure.mjs").Load} Load */

/** @param {Bench} bench @param {Load} amount */
async function highest(bench, amount) {
  const couvert = await Couvert.start(bench, `memory-${amount.streams}-${amount.bytes}`);
  const idle = (await memory(couvert.pid)).now;
  const heads = await couvert.beginUpload(amount);
  await load(bench, couvert.port, "send", { bytes: amount.bytes, heads });
  const up = (await memory(couvert.pid)).peak;
  const id = await couvert.provide();
  const open = await couvert.open(id);
  const afterPassword = (await memory(couvert.pid)).peak;
  const down = (couvert.draft?.files ?? []).map(({ no }) => open(`/files/${no}`));
  await load(bench, couvert.port, "receive", { bytes: amount.bytes, heads: down });
  const last = await memory(couvert.pid);
  await couvert.stop();
  return [idle, up, afterPassword, last.peak, last.now];
}

/** @param {Bench} bench */
export async function memories(bench) {
  const rows = [
    ["MiB", "idle", "peak, uploads", "and a password", "and downloads", "resident afterwards"],
  ];
  for (const amount of bench.memoryLoads) {
    const figures = await highest(bench, amount);
    const what = `${amount.streams} × ${nameBytes(amount.bytes)}`;
    rows.push([what, ...figures.map((figure) => figure.toFixed(1))]);
  }
  return rows;
}
