// The page /metrics of a server's admin listener, as numbers.
import assert from "node:assert/strict";
import { send } from "./http.mjs";

/** @typedef {import("./couvertd.mjs").Couvertd} Couvertd */

const line = /^([a-z0-9_]+)(?:\{(.*)\})? (\S+)$/;

/** Every figure by its name with labels: `couvert_mails_total{result="refused"}`.
 * @param {Couvertd} server @returns {Promise<Map<string, number>>} */
export async function metricsOf(server) {
  const answer = await send(server.adminUrl, "GET", "/metrics");
  assert.equal(answer.status, 200);
  const found = new Map();
  for (const text of answer.body.toString().split("\n")) {
    if (text === "" || text.startsWith("#")) continue;
    const [, name, labels, value] = line.exec(text) ?? assert.fail(`no figure: ${text}`);
    found.set(labels ? `${name}{${labels}}` : name, Number(value));
  }
  return found;
}

/** The sum of the figures whose name with labels matches. @param {Map<string, number>} metrics
 * @param {RegExp} pattern */
export function sumOf(metrics, pattern) {
  return [...metrics]
    .filter(([name]) => pattern.test(name))
    .reduce((sum, [, value]) => sum + value, 0);
}
