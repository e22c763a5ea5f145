// What operators see: figures, request IDs, a log without secrets; and that they see it always.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd, programs } from "./harness/couvertd.mjs";
import { send, sendRaw } from "./harness/http.mjs";
import { metricsOf, sumOf } from "./harness/metrics.mjs";
import { runProgram, waitUntil } from "./harness/processes.mjs";

const anna = "transport-anna@example.org";
const password = "Ein Pferd, 7 Hufe";

/** @type {Couvertd} */
let server;
before(async () => {
  server = await Couvertd.start({ name: "transport-admin" });
});
after(() => server?.stop());

test("the admin listener counts what was done, without saying for whom", async () => {
  const client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  const bytes = randomBytes(3 * 1024 * 1024);
  const { recipients, draft } = await client.provide({
    from: anna,
    to: [{ address: "bert@example.net" }],
    files: [["Befund.bin", bytes]],
    more: { password },
  });
  const id = recipients[0].transfer_id;
  expectStatus(await client.tryOpen(id, { password: "Ein Esel, 7 Hufe" }), 403);
  const opened = await client.open(id, { password });
  expectStatus(await opened.call("GET", `/files/${draft.files[0].no}`), 200);

  const running = ["couvert_uploads_running", "couvert_downloads_running"];
  const metrics = await waitUntil("the mails have gone, and nothing runs", async () => {
    const now = await metricsOf(server);
    const ended = ["couvert_outbox_waiting", ...running].every((name) => now.get(name) === 0);
    return ended ? now : undefined;
  });
  const file = `method="PATCH",route="/api/v1/drafts/{draft_id}/files/{file_no}",status="204"`;
  assert.equal(metrics.get(`couvert_requests_total{${file}}`), 1);
  assert.equal(metrics.get('couvert_password_attempts_total{result="wrong"}'), 1);
  assert.equal(metrics.get('couvert_password_attempts_total{result="right"}'), 1);
  assert.ok(Number(metrics.get('couvert_mails_total{result="handed_over"}')) >= 2);
  assert.equal(metrics.get('couvert_mails_total{result="refused"}'), 0);
  for (const name of ["couvert_received_bytes_total", "couvert_sent_bytes_total"]) {
    const seen = Number(metrics.get(name));
    assert.ok(seen > bytes.length && seen < 1.2 * bytes.length, `${name} ${seen}`);
  }
  const ahead = Number(metrics.get("couvert_day_keys_ahead"));
  assert.ok(ahead > 400 && ahead < 410, `${ahead} day keys`);
  assert.ok(sumOf(metrics, /^couvert_rounds_total.*outbox.*done/) >= 1);
  assert.equal(sumOf(metrics, /^couvert_rounds_total.*failed/), 0);
  assert.ok(sumOf(metrics, /^couvert_disk_free_bytes/) > 1e6);
  for (const name of ["cpu_seconds_total", "resident_memory_bytes", "open_fds", "max_fds"]) {
    assert.ok(Number(metrics.get(`process_${name}`)) > 0, name);
  }
  const text = [...metrics.keys()].join("\n");
  assert.doesNotMatch(text, /[a-z2-7]{26}|@|127\.0\.0|Befund/, "no ID, address, network or name");
});

test("the admin listener answers health and figures alone, the public one no figures", async () => {
  for (const target of ["/healthz", "/readyz", "/metrics"]) {
    assert.equal((await send(server.adminUrl, "GET", target)).status, 200, target);
  }
  for (const target of ["/", "/index.html", "/api/v1/server", "/api/openapi.yaml", "/r/abc"]) {
    assert.equal((await send(server.adminUrl, "GET", target)).status, 404, target);
  }
  const outside = await send(server.baseUrl, "GET", "/metrics");
  assert.doesNotMatch(outside.body.toString(), /couvert_requests_total/);
});

test("every answer has an ID that the log knows and no client chooses", async () => {
  const mine = "0123456789abcdef";
  const headers = { "Request-Id": mine, "X-Request-Id": mine, "X-Correlation-Id": mine };
  const asked = [
    await send(server.baseUrl, "GET", "/healthz", { headers }),
    await send(server.baseUrl, "GET", "/nowhere", { headers }),
    await send(server.baseUrl, "HEAD", "/", { headers }),
    await send(server.baseUrl, "POST", "/api/v1/drafts", { headers, json: {} }),
    await send(server.adminUrl, "GET", "/metrics", { headers }),
  ];
  const ids = asked.map((answer) => String(answer.headers["request-id"]));
  const malformed = await sendRaw(server.baseUrl, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  assert.equal(malformed.status, 400);
  ids.push(/Request-Id: (\S+)/.exec(malformed.text)?.[1] ?? "none");
  for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
  assert.equal(new Set([...ids, mine]).size, ids.length + 1);
  await waitUntil("the log has every ID", async () => {
    const log = await readFile(server.log, "utf8");
    assert.ok(!log.includes(mine));
    return ids.every((id) => log.includes(`"request_id":"${id}"`));
  });
});

test("nothing that a client sends comes into the log", async () => {
  const canary = () => `canary${randomBytes(8).toString("hex")}`;
  const [word, query, field, cookie, token, body, method] = Array.from({ length: 7 }, canary);
  const quickCode = "/api/v1/quick/code";
  const headers = {
    [field]: field,
    Cookie: `__Host-session=${cookie}`,
    Authorization: `Bearer ${token}`,
    "Couvert-Secret": token,
    "Couvert-Device": `${token}.${token}`,
    "Couvert-Member": token,
    "X-Forwarded-For": field,
    "User-Agent": field,
    Referer: `http://localhost/${word}#${token}`,
  };
  for (const way of ["GET", "POST", "PUT", "DELETE", "PATCH"]) {
    const json = way === "GET" ? undefined : { transfer_id: body, password: body, [field]: body };
    const paths = [`/${word}`, `/api/v1/retrievals/${word}`, "/api/v1/retrievals", quickCode];
    for (const target of paths) {
      // As from the portal's own page, so that the device is read.
      const own = target === quickCode ? { ...headers, "Sec-Fetch-Site": "same-origin" } : headers;
      await send(server.baseUrl, way, `${target}?${query}=${query}`, { headers: own, json });
    }
  }
  const host = `Host: localhost:${server.port}`;
  for (const first of [`${method} /${word} HTTP/1.1`, `GET ${word} HTTP/1.1`, `GET /${word}`]) {
    await sendRaw(server.baseUrl, `${first}\r\n${host}\r\n${field}\r\n\r\n`, { quiet: 200 });
  }
  const last = await send(server.baseUrl, "GET", "/healthz");
  const log = await waitUntil("the last line is there", async () => {
    const text = await readFile(server.log, "utf8");
    return text.includes(String(last.headers["request-id"])) ? text : undefined;
  });
  assert.doesNotMatch(log, /canary/);
});

/** A connection that says nothing. @param {number} port @param {string} localAddress
 * @returns {Promise<{ socket: net.Socket, closed: () => boolean }>} */
async function idle(port, localAddress) {
  const socket = net.connect({ port, host: "127.0.0.1", localAddress });
  let closed = false;
  socket.on("error", () => (closed = true)).on("close", () => (closed = true));
  socket.resume();
  await once(socket, "connect");
  return { socket, closed: () => closed };
}

test("connections are limited by the files that may be open, and operators keep one", async () => {
  const under = ["prlimit", "--nofile=200:416"];
  const small = await Couvertd.start({ name: "few", under });
  try {
    // 416 files: 256 are kept, the rest makes 80 connections, 20 for each network.
    assert.equal((await metricsOf(small)).get("couvert_connections_max"), 80);
    /** @type {Awaited<ReturnType<typeof idle>>[]} */
    const all = [];
    for (let no = 0; no < 24; no++) all.push(await idle(small.port, "127.0.0.2"));
    const full = /^couvert_connections_refused_total\{reason="network_full"\}/;
    await waitUntil("one network has too many", async () => {
      return sumOf(await metricsOf(small), full) === 4;
    });
    for (const network of [3, 4, 5, 6]) {
      for (let no = 0; no < 20; no++) all.push(await idle(small.port, `127.0.0.${network}`));
    }
    const metrics = await waitUntil("there are too many in all", async () => {
      const now = await metricsOf(small);
      const refused = /^couvert_connections_refused_total\{reason="server_full"\}/;
      return sumOf(now, refused) === 20 ? now : undefined;
    });
    assert.equal(metrics.get("couvert_connections"), 80);
    assert.equal(metrics.get("couvert_accept_errors_total"), 0);
    assert.ok(Number(metrics.get("process_open_fds")) < 416 - 80, "files are left for uploads");
    await waitUntil("each of them hears it", () => all.filter((one) => one.closed()).length === 24);
    assert.equal((await send(small.adminUrl, "GET", "/readyz")).status, 200);
    all.forEach((one) => one.socket.destroy());
    await waitUntil("there is room again", async () => {
      return (await metricsOf(small)).get("couvert_connections") === 0;
    });
    assert.equal((await send(small.baseUrl, "GET", "/healthz")).status, 200);
  } finally {
    await small.stop();
  }
});

test("a server that may open too few files does not start, and says so", async () => {
  const poor = await Couvertd.prepare({ name: "poor", rules: [] });
  const serve = [path.join(programs, "couvertd"), "serve", "--config", poor.config];
  const ended = await runProgram(["prlimit", "--nofile=100:200", ...serve], { env: poor.env });
  assert.equal(ended.code, 2);
  assert.match(ended.stderr.toString(), /error: no more than 200 files may be open/);
});
