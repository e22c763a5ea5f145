// nginx, HAProxy and Caddy in front, each with the file that deploy/ ships: transfers go through
// whole, who called is what the proxy saw, and no request hides in another one.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import tls from "node:tls";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder, sha256 } from "./harness/files.mjs";
import { sendRaw as sendRawTo } from "./harness/http.mjs";
import { freePort } from "./harness/ports.mjs";
import { output, waitUntil } from "./harness/processes.mjs";
import { startProxy } from "./harness/proxies.mjs";

/** @typedef {import("./harness/proxies.mjs").Proxy} Proxy */

const names = /** @type {const} */ (["nginx", "haproxy", "caddy"]);
const anna = "proxies-anna@example.org";
const password = "Ein Pferd, 7 Hufe";

/** @type {Couvertd} */
let server;
/** @type {Record<string, Proxy>} */
const proxies = {};
/** @type {ApiClient} */
let client;
before(async () => {
  const config = { "": { proxies: '["127.0.0.1"]' } };
  server = await Couvertd.start({ name: "proxies", config });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  for (const name of names) proxies[name] = await startProxy(name, await freePort(), server.port);
});
after(async () => {
  for (const proxy of Object.values(proxies)) await proxy.stop();
  await server?.stop();
});

/** curl through a proxy; the status and protocol at the end of what it says.
 * @param {Proxy} proxy @param {string} target @param {string[]} options */
async function curl(proxy, target, options) {
  const address = [`https://localhost:${proxy.port}${target}`, "--resolve"];
  const resolve = `localhost:${proxy.port}:127.0.0.1`;
  const fixed = ["curl", "-sS", "-k", "--max-time", "60", "-w", "\n%{http_code} %{http_version}"];
  const text = await output([...fixed, ...address, resolve, ...options]);
  const [, status, version] = /\n(\d+) (\S+)$/.exec(text) ?? assert.fail(text);
  return { status: Number(status), version, text };
}

/** The log line about the next request of a route. @param {string} route @param {number} seen */
async function lineOf(route, seen) {
  return waitUntil(`${route} is logged`, async () => {
    const lines = (await server.logLines()).filter((line) => line.route === route);
    return lines[seen];
  });
}

for (const name of names) {
  test(`some MiB go through ${name} both ways, by HTTP/2 and HTTP/1.1`, async () => {
    const proxy = proxies[name];
    const folder = await newFolder("proxied");
    const file = path.join(folder, "file");
    const bytes = randomBytes(12 * 1024 * 1024);
    await writeFile(file, bytes);
    const draft = await client.createDraft(anna);
    const no = await draft.createFile("a.bin", 2 * bytes.length);
    for (const [turn, protocol] of ["--http2", "--http1.1"].entries()) {
      const headers = [
        `Authorization: Bearer ${client.token}`,
        `Couvert-Secret: ${draft.secret}`,
        "Tus-Resumable: 1.0.0",
        "Content-Type: application/offset+octet-stream",
        `Upload-Offset: ${turn * bytes.length}`,
      ].flatMap((header) => ["-H", header]);
      const options = [protocol, "-X", "PATCH", "--data-binary", `@${file}`, ...headers];
      const sent = await curl(proxy, `${draft.path}/files/${no}`, options);
      assert.equal(`${sent.status} ${sent.version}`, `204 ${turn === 0 ? "2" : "1.1"}`, sent.text);
    }
    const to = [{ address: "bert@example.net" }];
    const started = expectStatus(await draft.start(draft.startBody(to, { password })), 201);
    const opened = await client.open(started.json.recipients[0].transfer_id, { password });
    await writeFile(file, Buffer.concat([bytes, bytes]));
    for (const protocol of ["--http2", "--http1.1"]) {
      const got = path.join(folder, "got");
      const token = ["-H", `Couvert-Retrieval: ${opened.opened.token}`, "-o", got];
      const fetched = await curl(proxy, `${opened.path}/files/${no}`, [protocol, ...token]);
      assert.equal(fetched.status, 200, fetched.text);
      assert.equal(await sha256(got), await sha256(file));
    }
  });

  test(`behind ${name} the client is who the proxy saw, whatever it claims`, async () => {
    const route = "/api/v1/server";
    const seen = (await server.logLines()).filter((line) => line.route === route).length;
    const claims = ["-H", "X-Forwarded-For: 192.0.2.66", "-H", "X-Forwarded-For: 192.0.2.67"];
    const from = ["--interface", "127.0.0.9"];
    const asked = await curl(proxies[name], route, [...claims, ...from, "-D", "-"]);
    assert.equal(asked.status, 200, asked.text);
    const line = await lineOf(route, seen);
    // The address that the proxy saw is a believed one no more than 192.0.2.66 is.
    assert.equal(line.network, "127.0.0.9");
    const id = /request-id: (\S+)/i.exec(asked.text)?.[1];
    assert.equal(line.request_id, id, "the proxy hands the request's ID on");
  });
}

test("an event comes through every proxy within seconds, by HTTP/2 and HTTP/1.1", async () => {
  const held = await client.call("GET", "/api/v1/verifications");
  const [{ verification_id }] = expectStatus(held, 200).json.verifications;
  const target = `/api/v1/verifications/${verification_id}/sent/events`;
  const folder = await newFolder("events");
  // curl ends the streams: what is there before has come through while they were open. A session
  // has four of them.
  const ways = /** @type {const} */ ([
    ["nginx", "--http2"],
    ["nginx", "--http1.1"],
    ["haproxy", "--http2"],
    ["caddy", "--http2"],
  ]);
  const streams = ways.map(([name, protocol]) => {
    const got = path.join(folder, `${name}${protocol}`);
    const headers = ["-H", `Authorization: Bearer ${client.token}`, "-N", "-o", got];
    const ended = curl(proxies[name], target, [protocol, ...headers, "--max-time", "15"]);
    const failed = ended.then(
      () => "",
      (error) => String(error),
    );
    const told = () => readFile(got, "utf8").catch(() => "");
    return { name, failed, told };
  });
  for (const { name, told } of streams) {
    const begun = async () => (await told()).includes("snapshot");
    await waitUntil(`the stream through ${name} begins`, begun, { deadline: 5_000 });
  }
  const to = [{ address: "bert@example.net" }];
  const { tracking_id } = await client.provide({ from: anna, to, more: { password } });
  const changed = new RegExp(`event: changed\\ndata: .*${tracking_id}`);
  for (const { name, told } of streams) {
    const there = async () => changed.test(await told());
    await waitUntil(`the event is there through ${name}`, there, { deadline: 7_000 });
  }
  for (const { failed } of streams) assert.match(await failed, /timed out/);
});

test("a proxy's own field behind a client's is the one that counts", async () => {
  // What HAProxy would send without the line in deploy/haproxy.cfg that deletes the client's.
  const address = `http://127.0.0.1:${server.port}/api/v1/server`;
  const seen = (await server.logLines()).filter((line) => line.route === "/api/v1/server").length;
  const claims = ["192.0.2.66", "198.51.100.7"].flatMap((ip) => ["-H", `X-Forwarded-For: ${ip}`]);
  await output(["curl", "-sS", ...claims, address]);
  assert.equal((await lineOf("/api/v1/server", seen)).network, "198.51.100.7");
});

/**
 * Sends bytes as they are through a proxy, and says what came back until the line ended or was
 * quiet. @param {Proxy} proxy @param {string} bytes
 */
async function sendRaw(proxy, bytes) {
  const options = { host: "127.0.0.1", port: proxy.port, servername: "localhost" };
  const unchecked = { rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
  const socket = tls.connect({ ...options, ...unchecked });
  await once(socket, "secureConnect");
  let text = "";
  const ended = new Promise((resolve) => {
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket
      .on("error", resolve)
      .once("close", resolve)
      .setTimeout(400, () => resolve(undefined));
  });
  socket.write(bytes, "latin1");
  await ended;
  socket.destroy();
  return text;
}

const host = "Host: localhost\r\n";
const post = `POST /api/v1/transfers/find HTTP/1.1\r\n${host}Content-Type: application/json\r\n`;
const get = `GET /healthz HTTP/1.1\r\n${host}`;
const te = "Transfer-Encoding";

// What two readers have been known to read differently. LENGTH is that of the whole body, which
// begins as an empty chunked one and goes on with a hidden request.
const smuggling = [
  `${post}LENGTH${te}: chunked\r\n`,
  `${post}${te}: chunked\r\nLENGTH`,
  `${post}Content-Length: 5\r\n${te}: chunked\r\n`,
  `${post}LENGTHContent-Length: 5\r\n`,
  `${post}Content-Length: 5\r\nLENGTH`,
  `${post}Content-Length: 5, 5\r\n`,
  `${post}Content-Length: +5\r\n`,
  `${post}Content-Length: 0x5\r\n`,
  `${post}LENGTH${te}: xchunked\r\n`,
  `${post}LENGTH${te}:\tchunked\r\n`,
  `${post}LENGTH${te} : chunked\r\n`,
  `${post}LENGTH${te}: \x0bchunked\r\n`,
  `${post}LENGTH ${te}: chunked\r\n`,
  `${post}LENGTH${te}: identity\r\n${te}: chunked\r\n`,
  `${post}LENGTH${te}: chunked, identity\r\n`,
  `${post}LENGTH${te}: "chunked"\r\n`,
  `${post}LENGTH${te}:\r\n chunked\r\n`,
  `${post}LENGTHX: y\n${te}: chunked\r\n`,
  `${post}LENGTHX: y\r${te}: chunked\r\n`,
  `${post}LENGTH${te} chunked\r\n`,
  `${post}LENGTHExpect: 100-continue\r\nExpect: x\r\n`,
  `${post.replace("HTTP/1.1", "HTTP/1.0")}LENGTHConnection: keep-alive\r\n`,
  `${post.replace("HTTP/1.1", "HTTP/1.0")}${te}: chunked\r\n`,
  `${get}LENGTH`,
  `${get}${te}: chunked\r\n`,
  `${get.replace("/healthz", "http://example.net/healthz")}LENGTH`,
  `${get}Host: example.net\r\nLENGTH`,
  `${get}Connection: Content-Length\r\nLENGTH`,
  `${get}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n`,
  `PRI * HTTP/2.0\r\n\r\nSM\r\n`,
];

/** The bytes of a form; its hidden request claims to come from an address of its own, which no
 * proxy would let pass. @param {string} form @param {number} no */
function smuggled(form, no) {
  const hidden = `${get}X-Forwarded-For: 203.0.113.${no}\r\n\r\n`;
  const body = `0\r\n\r\n${hidden}`;
  return `${form.replace("LENGTH", `Content-Length: ${body.length}\r\n`)}\r\n${body}`;
}

/** The forms whose hidden request couvertd has answered. */
async function answeredForms() {
  const networks = (await server.logLines()).map((line) => String(line.network));
  return networks.filter((network) => network.startsWith("203.0.113."));
}

/** After what was sent the connections behind a proxy still belong to whoever asks.
 * @param {Proxy} proxy */
async function eachGetsItsOwn(proxy) {
  const pages = { "/healthz": /^alive/, "/api/v1/server": /"name":"Couvert"/, "/nope": /\n404 / };
  for (let turn = 0; turn < 4; turn++) {
    for (const [target, right] of Object.entries(pages)) {
      assert.match((await curl(proxy, target, [])).text, right, target);
    }
  }
}

for (const name of names) {
  test(`no request hides in another one behind ${name}`, async () => {
    await Promise.all(smuggling.map((form, no) => sendRaw(proxies[name], smuggled(form, no))));
    await eachGetsItsOwn(proxies[name]);
    assert.deepEqual(await answeredForms(), []);
  });
}

test("a hidden request that were answered would be seen", async () => {
  const request = smuggled("", 200).slice("\r\n0\r\n\r\n".length);
  await sendRawTo(server.baseUrl, request, { quiet: 200 });
  await waitUntil("it is logged", async () => (await answeredForms()).length === 1);
});
