// What is not HTTP/1.1 to the letter is refused, and the server goes on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Couvertd } from "./harness/couvertd.mjs";
import { send, sendRaw } from "./harness/http.mjs";

/** @type {Couvertd} */
let server;
before(async () => {
  server = await Couvertd.start({ name: "strict-http" });
});
after(() => server?.stop());

const line = "POST /api/v1/transfers/find HTTP/1.1\r\nHOST\r\n";
const body = `{"transfer_id":"${"a".repeat(26)}"}`;

/** A POST with further header lines. @param {string} fields @param {string} [bytes] */
function post(fields, bytes = body) {
  return `${line}Content-Type: application/json\r\n${fields}\r\n\r\n${bytes}`;
}

/** A GET with further header lines. @param {string} fields */
function get(fields, target = "/healthz") {
  return `GET ${target} HTTP/1.1\r\nHOST\r\n${fields}\r\n\r\n`;
}

/** A request by its first line. @param {string} first */
function begin(first) {
  return `${first}\r\nHOST\r\n\r\n`;
}

const chunks = "0\r\n\r\n";
const cl = "Content-Length: ";
const te = "Transfer-Encoding: ";

/** @type {[string, string, number[]][]} */
const refused = [
  ["two different lengths", post(`${cl}40\r\n${cl}3`), [400]],
  ["the same length twice", post(`${cl}44\r\n${cl}44`), [400]],
  ["a list of lengths", post(`${cl}44, 44`), [400]],
  ["a length and chunks", post(`${cl}44\r\n${te}chunked`, chunks), [400]],
  ["chunks and a length", post(`${te}chunked\r\n${cl}44`, chunks), [400]],
  ["an unknown coding", post(`${te}gzip`, ""), [400, 411, 501]],
  ["a misspelt coding", post(`${te}xchunked`, chunks), [400, 411, 501]],
  ["chunked twice", post(`${te}chunked, chunked`, chunks), [400, 411, 501]],
  ["a negative length", post(`${cl}-1`, ""), [400]],
  ["a length with a plus", post(`${cl}+44`), [400]],
  ["a length in hexadecimal", post(`${cl}0x2c`), [400]],
  ["an empty length", post(cl), [400]],
  ["a length beyond 64 bits", post(`${cl}18446744073709551617`, ""), [400, 413]],
  ["a length of a petabyte", post(`${cl}1125899906842624`, ""), [413]],
  ["bare line feeds", "GET /healthz HTTP/1.1\nHost: localhost\n\n", [400]],
  ["one bare line feed", "GET /healthz HTTP/1.1\r\nHOST\nX: y\r\n\r\n", [400]],
  ["a bare carriage return", get("X: a\rb"), [400]],
  ["a folded header", get("X: a\r\n b"), [400]],
  ["a blank before the colon", get("X : a"), [400]],
  ["a header without colon", get("X"), [400]],
  ["a header without name", get(": a"), [400]],
  ["a zero byte in a header", get("X: a\0b"), [400]],
  ["a zero byte in the path", begin("GET /health\0z HTTP/1.1"), [400]],
  ["a header of 20 KiB", get(`X: ${"a".repeat(20_000)}`), [400, 431]],
  ["thousands of headers", get("X: a\r\n".repeat(4_000) + "X: a"), [400, 431]],
  ["a path of 20 KiB", begin(`GET /${"a".repeat(20_000)} HTTP/1.1`), [400, 414, 431]],
  ["no host", "GET /healthz HTTP/1.1\r\n\r\n", [400]],
  ["two hosts", get("Host: b"), [400]],
  ["an unknown method", begin("BREW /healthz HTTP/1.1"), [400, 405, 501]],
  ["a method in lower case", begin("get /healthz HTTP/1.1"), [400, 405, 501]],
  ["TRACE", begin("TRACE /healthz HTTP/1.1"), [400, 405, 501]],
  ["CONNECT", begin("CONNECT localhost:25 HTTP/1.1"), [400, 405, 501]],
  ["PUT", begin("PUT /healthz HTTP/1.1"), [400, 405, 501]],
  ["HTTP/2.0", begin("GET /healthz HTTP/2.0"), [400, 505]],
  ["HTTP/1.9", begin("GET /healthz HTTP/1.9"), [400, 505]],
  ["no version", begin("GET /healthz"), [400]],
  ["two blanks in the first line", begin("GET  /healthz HTTP/1.1"), [400]],
  ["a foreign address as target", get("X: a", "http://example.com/healthz"), [400, 404, 421]],
  ["an expectation nobody knows", post(`Expect: 200-maybe\r\n${cl}44`), [400, 417]],
  ["a broken percent code", get("X: a", "/api/v1/sent/%zz"), [400, 404]],
  ["a coded zero byte", get("X: a", "/api/v1/sent/%00"), [400, 404]],
  ["a way up", get("X: a", "/../../etc/passwd"), [400, 404]],
  ["a coded way up", get("X: a", "/%2e%2e/%2e%2e/etc/passwd"), [400, 404]],
  ["a TLS handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03aaaa\r\n\r\n", [0, 400]],
];

/** With the server's own host where HOST stands. @param {string} bytes */
function sendBytes(bytes) {
  return sendRaw(server.baseUrl, bytes.replace("HOST", `Host: localhost:${server.port}`));
}

for (const [what, bytes, statuses] of refused) {
  test(`the server refuses ${what} and goes on`, async () => {
    const answer = await sendBytes(bytes);
    assert.ok(statuses.includes(answer.status), `${answer.status}: ${answer.text.slice(0, 400)}`);
    const next = await send(server.baseUrl, "GET", "/healthz");
    assert.equal(next.status, 200);
  });
}

test("the server closes the connection after a request whose end it cannot know", async () => {
  for (const [what, bytes] of refused.slice(0, 5)) {
    assert.ok((await sendBytes(bytes)).closed, what);
  }
});

test("the body of a refused request is never read as the next request", async () => {
  const inner = `GET /api/v1/server HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`;
  for (const first of ["GET /healthz", "GET /nowhere", "DELETE /healthz", "POST /api/v1/drafts"]) {
    const head = `${first} HTTP/1.1\r\nHOST\r\n${cl}${inner.length}\r\n\r\n`;
    const { text } = await sendBytes(head + inner);
    assert.doesNotMatch(text, /transfer_bytes_max/, first);
    assert.equal(text.match(/HTTP\/1\.1 \d{3}/g)?.length, 1, `${first}: ${text}`);
  }
});

test("the server answers requests that come in one packet, in their order", async () => {
  const host = `Host: localhost:${server.port}`;
  const three = ["/healthz", "/api/v1/server", "/healthz"]
    .map((target) => `GET ${target} HTTP/1.1\r\n${host}\r\n\r\n`)
    .join("");
  const { text } = await sendRaw(server.baseUrl, three);
  assert.equal(text.match(/HTTP\/1\.1 200/g)?.length, 3, text);
});

test("the server tells a client that waits with its body to go on, or to stop", async () => {
  const good = await sendBytes(post(`Expect: 100-continue\r\n${cl}44`, ""));
  assert.equal(good.status, 100, good.text);
  const huge = await sendBytes(post(`Expect: 100-continue\r\n${cl}99999999`, ""));
  assert.equal(huge.status, 413, huge.text);
});
