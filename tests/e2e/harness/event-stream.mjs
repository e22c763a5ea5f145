// A client of server-sent events that reads them one by one.
import http from "node:http";
import { once } from "node:events";
import { waitUntil } from "./processes.mjs";

/** @typedef {{ event: string, data: any }} ServerEvent */

export class EventStream {
  /** @type {ServerEvent[]} */
  events = [];
  comments = 0;
  ended = false;
  #rest = "";

  /** @param {http.IncomingMessage} message */
  constructor(message) {
    this.message = message;
    message.setEncoding("utf8");
    message.on("data", (text) => this.#take(text));
    message.on("close", () => (this.ended = true));
    message.on("error", () => (this.ended = true));
  }

  /** @param {import("./api-client.mjs").ApiClient} client @param {string} path */
  static async open(client, path) {
    const headers = { Authorization: `Bearer ${client.token}` };
    const request = http.get(new URL(path, client.baseUrl), { headers, agent: false });
    const [message] = await once(request, "response");
    return new EventStream(message);
  }

  /** @param {string} text */
  #take(text) {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split("\n").map((line) => {
          const at = line.indexOf(": ");
          return [line.slice(0, at), line.slice(at + 2)];
        }),
      );
      if (block.startsWith(":")) this.comments++;
      if (fields.data) this.events.push({ event: fields.event, data: JSON.parse(fields.data) });
    }
  }

  /** The next event that fits, taken out with those before it. @param {string} event
   * @param {string} [tracking_id] @returns {Promise<any>} */
  async next(event, tracking_id) {
    const fits = (/** @type {ServerEvent} */ one) =>
      one.event === event && (!tracking_id || one.data.tracking_id === tracking_id);
    const deadline = 20_000;
    await waitUntil(`the event ${event} comes`, () => this.events.some(fits), { deadline });
    return this.events.splice(0, this.events.findIndex(fits) + 1).at(-1)?.data;
  }

  close() {
    this.message.destroy();
  }
}
