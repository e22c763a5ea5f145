// HTTP as it goes over the wire: exactly the headers that a test gives, one connection a request.
import { appendFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { once } from "node:events";

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {http.IncomingHttpHeaders} headers
 * @property {[string, string][]} rawHeaders
 * @property {Buffer} body
 * @property {any} json the body, where it is JSON
 * @property {string} method
 * @property {string} path
 */

/** @param {http.IncomingMessage} message @param {Buffer} body */
function jsonOf(message, body) {
  if (!/json/.test(message.headers["content-type"] ?? "") || body.length === 0) return undefined;
  return JSON.parse(body.toString());
}

/** Keeps what the last test looks at: the headers of every answer of the run.
 * @param {Pick<Answer, "method" | "path" | "status" | "headers">} answer */
function keep({ method, path, status, headers }) {
  const folder = process.env.COUVERT_E2E_RUN && JSON.parse(process.env.COUVERT_E2E_RUN).folder;
  if (!folder) return;
  appendFileSync(
    `${folder}/answers.jsonl`,
    `${JSON.stringify({ method, path, status, headers })}\n`,
  );
}

/** The first answer in a text. @param {string} text */
function keepRaw(text) {
  const [first, ...lines] = text.split("\r\n\r\n")[0].split("\r\n");
  const status = Number(first.split(" ")[1]);
  if (!status || status === 100) return;
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(": ")[0].toLowerCase(), line.split(": ").slice(1).join(": ")]),
  );
  keep({ method: "raw", path: "?", status, headers });
}

/**
 * Sends one request.
 * @param {string} baseUrl
 * @param {string} method
 * @param {string} path
 * @param {{ headers?: Record<string, string>, json?: unknown, body?: Buffer | string }} [options]
 * @returns {Promise<Answer>}
 */
export async function send(baseUrl, method, path, { headers = {}, json, body } = {}) {
  const { port, protocol } = new URL(baseUrl);
  const bytes = json === undefined ? Buffer.from(body ?? "") : Buffer.from(JSON.stringify(json));
  const all = { ...headers };
  if (json !== undefined) all["Content-Type"] ??= "application/json";
  if (bytes.length > 0 || ["POST", "PUT", "PATCH"].includes(method)) {
    all["Content-Length"] ??= String(bytes.length);
  }
  const host = { Host: new URL(baseUrl).host, ...all };
  const options = { host: "127.0.0.1", port, method, path, headers: host, agent: false };
  const whole = { ...options, timeout: 60_000, rejectUnauthorized: false };
  const request = protocol === "https:" ? https.request(whole) : http.request(whole);
  request.on("error", () => undefined); // once the answer has begun, reading it fails instead
  request.end(bytes);
  const [message] = /** @type {[http.IncomingMessage]} */ (await once(request, "response"));
  /** @type {Buffer[]} */
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  /** @type {Answer} */
  const answer = {
    status: message.statusCode ?? 0,
    headers: message.headers,
    rawHeaders: pairs(message.rawHeaders),
    body: content,
    json: jsonOf(message, content),
    method,
    path,
  };
  keep(answer);
  return answer;
}

/** @param {string[]} raw @returns {[string, string][]} */
function pairs(raw) {
  return raw.flatMap((name, index) => (index % 2 ? [] : [[name, raw[index + 1]]]));
}

/**
 * Sends bytes as they are; what came back until the server closed, or until nothing more comes.
 * @param {string} baseUrl
 * @param {string | Buffer} bytes
 * @param {{ quiet?: number }} [options] milliseconds of silence after which the answer is whole
 * @returns {Promise<{ text: string, status: number, closed: boolean }>}
 */
export async function sendRaw(baseUrl, bytes, { quiet = 700 } = {}) {
  const socket = net.connect(Number(new URL(baseUrl).port), "127.0.0.1");
  await once(socket, "connect");
  let text = "";
  let closed = false;
  const ended = new Promise((resolve) => {
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.once("close", () => resolve((closed = true)));
    socket.setTimeout(quiet, () => resolve(undefined));
  });
  socket.write(bytes);
  await ended;
  const closedByServer = closed;
  keepRaw(text);
  socket.destroy();
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);
  return { text, status, closed: closedByServer };
}
