// TLS as openssl's own client sees it: versions, resumption, a certificate that changes under way.
import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import tls from "node:tls";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { output, pause, runProgram, waitUntil } from "./harness/processes.mjs";

/** @type {Couvertd} */
let server;
before(async () => {
  server = await Couvertd.start({ name: "transport-tls", secure: true });
});
after(() => server?.stop());

const request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/** What openssl s_client says while it sends `input`. @param {string[]} options
 * @param {string} [input] */
async function client(options, input = request) {
  const command = ["openssl", "s_client", "-connect", `127.0.0.1:${server.port}`, ...options];
  const ended = await runProgram(command, { input, deadline: 20_000 });
  return `${ended.stdout}${ended.stderr}`;
}

/** A new pair in the server's files. @param {string} name the certificate's subject */
async function makePair(name) {
  const kind = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
  const files = ["-keyout", `${server.folder}/key.pem`, "-out", `${server.folder}/cert.pem`];
  await output(["openssl", "req", "-x509", ...kind.split(" "), "-subj", `/CN=${name}`, ...files]);
}

/** @param {string} event that many times in the log @param {number} times */
async function logged(event, times) {
  await waitUntil(`the log says "${event}"`, async () => {
    const lines = await server.logLines();
    return lines.filter((line) => line.event === event).length === times;
  });
}

test("TLS 1.3 and 1.2 only, HTTP/1.1 only, no compression, no renegotiation", async () => {
  const newest = await client(["-tls1_3", "-alpn", "h2,http/1.1", "-ign_eof"]);
  assert.match(newest, /TLSv1\.3, Cipher is TLS_AES_256_GCM_SHA384/);
  assert.match(newest, /ALPN protocol: http\/1\.1/);
  assert.match(newest, /Compression: NONE/);
  assert.match(newest, /HTTP\/1\.1 200 OK/);
  const older = await client(["-tls1_2", "-ign_eof"]);
  assert.match(older, /TLSv1\.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384/);
  assert.match(older, /Secure Renegotiation IS supported/);
  assert.match(older, /Compression: NONE/);
  assert.match(await client(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]), /Cipher is \(NONE\)/);
  assert.match(await client(["-alpn", "h2"]), /no application protocol/);
  // "R" at the beginning of a line makes s_client ask for a new handshake, while it may read on.
  const ask = `(echo R; sleep 1) | openssl s_client -tls1_2 -connect 127.0.0.1:${server.port}`;
  const asked = await runProgram(["sh", "-c", ask]);
  assert.match(`${asked.stdout}${asked.stderr}`, /RENEGOTIATING[^]*no renegotiation/);
});

test("a session is resumed in both versions, also after the certificate has changed", async () => {
  const folder = await newFolder("sessions");
  for (const version of ["-tls1_2", "-tls1_3"]) {
    const file = path.join(folder, version);
    await client([version, "-sess_out", file, "-ign_eof"]);
    assert.match(await client([version, "-sess_in", file, "-ign_eof"]), /Reused, TLS/, version);
  }
  await makePair("second.example.org");
  process.kill(server.pid, "SIGHUP");
  await logged("certificate read", 1);
  assert.match(await client(["-ign_eof"]), /second\.example\.org/);
  for (const version of ["-tls1_2", "-tls1_3"]) {
    const file = path.join(folder, version);
    assert.match(await client([version, "-sess_in", file, "-ign_eof"]), /Reused, TLS/, version);
  }
});

test("a certificate that is no good leaves the old one, and the log says why", async () => {
  await makePair("third.example.org");
  const key = path.join(server.folder, "key.pem");
  const good = await readFile(key);
  await writeFile(key, "nothing");
  process.kill(server.pid, "SIGHUP");
  await logged("certificate not read", 1);
  assert.match(await client(["-ign_eof"]), /second\.example\.org/);
  await writeFile(key, good);
  await chmod(key, 0o644);
  process.kill(server.pid, "SIGHUP");
  await logged("others may read the private key", 1);
  assert.match(await client(["-ign_eof"]), /third\.example\.org/);
});

/** @param {string} localAddress */
async function connectIdle(localAddress) {
  const plain = net.connect({ host: "127.0.0.1", port: server.port, localAddress });
  const socket = tls.connect({ socket: plain, rejectUnauthorized: false });
  socket.on("error", () => undefined);
  await once(socket, "secureConnect");
  return socket;
}

test("an idle TLS connection takes little memory", async () => {
  const resident = async () => {
    const status = await readFile(`/proc/${server.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
  };
  const count = 400;
  const sockets = [await connectIdle("127.0.0.2")];
  const before_all = await resident();
  while (sockets.length < count) {
    const some = Array.from({ length: 50 }, (_, no) => `127.0.0.${(no % 4) + 2}`);
    sockets.push(...(await Promise.all(some.map(connectIdle))));
  }
  await pause(500);
  const each = ((await resident()) - before_all) / (sockets.length - 1);
  console.log(`${sockets.length} idle TLS connections: ${each.toFixed(1)} KiB each`);
  const closed = sockets.filter((socket) => socket.closed).length;
  sockets.forEach((socket) => socket.destroy());
  assert.equal(closed, 0);
  assert.ok(each < 64, `${each} KiB each`);
});
