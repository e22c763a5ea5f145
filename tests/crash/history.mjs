// What clients were told and what an observer saw, in their order: the only thing that the checker
// believes. It lies outside of the server's folder, a JSON object a line.
import { appendFileSync } from "node:fs";

/**
 * One event. `op` names it; checker.mjs says what each means and which fields it has.
 * @typedef {{ op: string, at: number } & Record<string, any>} Event
 */

export class History {
  /** @param {string} file @param {() => number} now the server's time in seconds */
  constructor(file, now) {
    this.file = file;
    this.now = now;
    /** @type {Event[]} */
    this.events = [];
  }

  /** @param {string} op @param {Record<string, unknown>} [fields] */
  add(op, fields = {}) {
    const event = { op, at: this.now(), ...fields };
    this.events.push(event);
    appendFileSync(this.file, `${JSON.stringify(event)}\n`);
  }
}
