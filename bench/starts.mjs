// How long a start takes with many transfers in the database.
import path from "node:path";
import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { randomId } from "../tests/e2e/harness/api-client.mjs";
import { load, median } from "./measure.mjs";

/** @typedef {import("./run.mjs").Bench} Bench */

/** The columns whose values must be new in a copy, and how one looks. */
const fresh = {
  draft_id: randomId,
  tracking_id: randomId,
  manifest_object: randomId,
  object: randomId,
  slot_id: randomId,
  transfer_id_hash: () => randomBytes(32).toString("base64url"),
};

/** Copies the one transfer of a database with all that belongs to it.
 * @param {string} file @param {number} count */
function multiply(file, count) {
  const database = new DatabaseSync(file);
  const tables = ["transfer", "recipient", "keyslot", "part"].map((name) => {
    const rows = database.prepare(`SELECT * FROM ${name}`).all();
    const columns = Object.keys(rows[0]);
    const quoted = columns.map((column) => `"${column}"`).join(", ");
    const marks = columns.map(() => "?").join(", ");
    return {
      rows,
      columns,
      insert: database.prepare(`INSERT INTO ${name} (${quoted}) VALUES (${marks})`),
    };
  });
  database.exec("BEGIN");
  for (let made = 0; made < count; made++) {
    const ids = /** @type {Record<string, string>} */ ({ seal_id: randomId() });
    for (const { rows, columns, insert } of tables) {
      for (const row of rows) {
        const values = columns.map((column) => {
          const make = fresh[/** @type {keyof typeof fresh} */ (column)];
          return ids[column] ?? (make ? make() : row[column]);
        });
        insert.run(...values);
      }
    }
  }
  database.exec("COMMIT");
  database.close();
}

/** @param {Bench} bench */
export async function starts(bench) {
  const { couvert, transferCount: count } = bench;
  const bytes = 1024;
  const heads = await couvert.beginUpload({ streams: 1, bytes });
  await load(bench, couvert.port, "send", { bytes, heads });
  const [get] = await couvert.endUpload();
  await couvert.end();
  multiply(path.join(couvert.data, "couvert.db"), count - 1);
  const seconds = [];
  for (let run = 0; run < bench.runs; run++) {
    seconds.push(await couvert.serve());
    // The real one still opens.
    await load(bench, couvert.port, "receive", { bytes, heads: [get] });
    if (run + 1 < bench.runs) await couvert.end();
  }
  await couvert.clean();
  const [low, high] = [Math.min(...seconds), Math.max(...seconds)].map((one) => one.toFixed(2));
  return [
    [`start with ${count} transfers`, "seconds until /readyz says so"],
    ["", `${median(seconds).toFixed(2)} (${low}–${high})`],
  ];
}
