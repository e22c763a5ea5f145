// The folder of the day keys as an operator sees it: 2026-11-22.key, and 2026-11-22.mark while the
// key waits to be destroyed. A mark is running[8] || written[8], in milliseconds.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** @typedef {{ key: boolean, counted?: number }} DayKey `counted`: seconds with the mark */

/** @param {string} folder @returns {Promise<Record<string, DayKey>>} by day */
export async function readDayKeys(folder) {
  /** @type {Record<string, DayKey>} */
  const days = {};
  for (const name of await readdir(folder).catch(() => [])) {
    const [, day, ending] = name.match(/^(\d{4}-\d\d-\d\d)\.(key|mark)$/) ?? [];
    if (!day) continue;
    days[day] ??= { key: false };
    if (ending === "key") days[day].key = true;
    else {
      // It may go while it is looked at.
      const bytes = await readFile(path.join(folder, name)).catch(() => Buffer.alloc(0));
      days[day].counted = bytes.length === 16 ? Number(bytes.readBigInt64BE()) / 1000 : undefined;
    }
  }
  return days;
}
