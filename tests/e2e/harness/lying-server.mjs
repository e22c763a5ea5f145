// A server that lies: it passes everything on to the real one and may change what comes and goes.
import http from "node:http";
import { once } from "node:events";

/** @typedef {{ method: string, path: string, json: any }} Asked */
/** @typedef {{ status: number, json: any }} Told */
/**
 * What it does with one exchange: changes `asked` before it is passed on (`before`), answers
 * otherwise than the real one, or "lost": the real one has acted, and nobody hears of it.
 * @typedef {{ before?: (asked: Asked) => void, answer?: (asked: Asked, told: Told) =>
 *   Told | "lost" | undefined }} Lie
 */

/** @param {http.IncomingMessage} message */
async function bodyOf(message) {
  /** @type {Buffer[]} */
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** @param {http.IncomingHttpHeaders} headers @param {Buffer} body */
function jsonIn(headers, body) {
  const isJson = /json/.test(headers["content-type"] ?? "") && body.length > 0;
  return isJson ? JSON.parse(body.toString()) : undefined;
}

export class LyingServer {
  /** @param {import("./couvertd.mjs").Couvertd} real */
  constructor(real) {
    this.real = real;
    /** @type {Lie} */
    this.lie = {};
    this.baseUrl = "";
    this.server = http.createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  /** @param {import("./couvertd.mjs").Couvertd} real */
  static async start(real) {
    const lying = new LyingServer(real);
    lying.server.listen(0, "127.0.0.1");
    await once(lying.server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (lying.server.address());
    lying.baseUrl = `http://localhost:${port}`;
    return lying;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Lies while something is done. @template T @param {Lie} lie @param {() => Promise<T>} work */
  async during(lie, work) {
    this.lie = lie;
    try {
      return await work();
    } finally {
      this.lie = {};
    }
  }

  /** What was answered to a path while something was done, the last one.
   * @param {string} path @param {() => Promise<unknown>} work */
  async listen(path, work) {
    /** @type {any} */
    let heard;
    await this.during(
      { answer: (asked, told) => void (asked.path === path && (heard = told.json)) },
      work,
    );
    return structuredClone(heard);
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  async #pass(request, response) {
    const body = await bodyOf(request);
    const { method = "GET", url: path = "/" } = request;
    const asked = { method, path, json: jsonIn(request.headers, body) };
    this.lie.before?.(asked);
    const told = await this.#ask(request, asked.json ? JSON.stringify(asked.json) : body, asked);
    const answer = this.lie.answer?.(asked, told);
    if (answer === "lost") return request.socket.destroy();
    const { status, json } = answer ?? told;
    const bytes = json === undefined ? told.body : Buffer.from(JSON.stringify(json));
    const headers = { ...told.headers };
    delete headers["transfer-encoding"];
    if (answer && json) {
      headers["content-type"] = `application/${status < 300 ? "json" : "problem+json"}`;
    }
    if (status !== 204) headers["content-length"] = String(bytes.length);
    response.writeHead(status, headers).end(bytes);
  }

  /** @param {http.IncomingMessage} request @param {string | Buffer} body @param {Asked} asked */
  async #ask(request, body, { method, path }) {
    const bytes = Buffer.from(body);
    /** @type {http.OutgoingHttpHeaders} */
    const headers = { ...request.headers, host: `localhost:${this.real.port}` };
    delete headers.expect;
    if (bytes.length > 0) headers["content-length"] = String(bytes.length);
    const options = { host: "127.0.0.1", port: this.real.port, method, path, headers };
    const passed = http.request({ ...options, agent: false });
    passed.end(bytes);
    const [message] = /** @type {[http.IncomingMessage]} */ (await once(passed, "response"));
    const content = await bodyOf(message);
    const json = jsonIn(message.headers, content);
    return { status: message.statusCode ?? 0, headers: message.headers, body: content, json };
  }
}

/** Answers to one path otherwise. @param {string} path
 * @param {(json: any, asked: Asked) => any} change gets the answer's JSON, returns another
 * @returns {Lie} */
export function telling(path, change) {
  return {
    answer: (asked, told) =>
      asked.path === path && told.json && asked.method !== "PUT"
        ? { status: told.status, json: change(structuredClone(told.json), asked) }
        : undefined,
  };
}
