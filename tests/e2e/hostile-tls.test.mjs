// TLS handshakes that mean harm: half of one, garbage, an early end. Others are served meanwhile.
//
// COUVERT_HOSTILE=20 node tests/e2e/run.mjs hostile: twenty times as many, by hand.
import assert from "node:assert/strict";
import { once } from "node:events";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import tls from "node:tls";
import { connectMany, expectAtRest, figuresOf, many } from "./harness/attacker.mjs";
import { Couvertd, programs } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { pause, startProgram, waitUntil } from "./harness/processes.mjs";

/** @type {Couvertd} */
let server;
/** @type {import("./harness/attacker.mjs").Figures} */
let rest;
/** What a client says first. @type {Buffer} */
let hello;
before(async () => {
  const folder = await newFolder("hostile-tls");
  const pair = { certificate: `"${folder}/cert.pem"`, key: `"${folder}/key.pem"` };
  const config = { "": { base_url: '"https://localhost"' }, tls: pair };
  server = await Couvertd.prepare({ name: "hostile-tls", config });
  const command = [path.join(programs, "couvertd"), "serve", "--config", server.config];
  server.child = startProgram(command, { cwd: server.folder, log: server.log });
  await waitUntil("it speaks TLS", () => ask().catch(() => false));
  hello = await helloOfClient();
  await Promise.all(Array.from({ length: 20 }, ask));
  rest = await expectAtRest(server, await figuresOf(server));
});
after(() => server?.stop());

/** Whether it answers over TLS, on a connection of its own. @returns {Promise<boolean>} */
async function ask() {
  const where = { host: "127.0.0.1", port: server.port, path: "/healthz", agent: false };
  const request = https.get({ ...where, rejectUnauthorized: false, timeout: 20_000 });
  const [answer] = await once(request, "response");
  answer.resume();
  await once(answer, "end");
  return answer.statusCode === 200;
}

/** The first bytes of a client of this machine. @returns {Promise<Buffer>} */
async function helloOfClient() {
  const listener = net.createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = /** @type {net.AddressInfo} */ (listener.address());
  const client = tls.connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  client.on("error", () => undefined);
  const [socket] = await once(listener, "connection");
  const [bytes] = await once(socket, "data");
  socket.destroy();
  client.destroy();
  listener.close();
  return bytes;
}

/** Runs a flood; a client with manners is served while it runs, and all is as before then.
 * @param {() => Promise<import("./harness/attacker.mjs").RawConnection[]>} flood */
async function withWitness(flood) {
  const connections = await flood();
  for (let round = 0; round < 5; round++) assert.ok(await ask());
  connections.forEach((one, at) => one.close(at % 2 ? "reset" : "drop"));
  await expectAtRest(server, rest);
}

test("hostile: half-open handshakes hold up nobody", async () => {
  await withWitness(async () => {
    const connections = await connectMany(server.port, many(300));
    connections.forEach((one, at) => one.write(hello.subarray(0, [0, 1, 5, 60][at % 4])));
    return connections;
  });
});

test("hostile: handshakes that stop after the first flight hold up nobody", async () => {
  await withWitness(async () => {
    const connections = await connectMany(server.port, many(200), { reads: false });
    connections.forEach((one) => one.write(hello));
    await pause(300);
    return connections;
  });
});

test("hostile: garbage in place of TLS ends the connection", async () => {
  const spoilt = Buffer.from(hello);
  spoilt.fill(0xff, 9, 60);
  const huge = Buffer.from([0x16, 3, 1, 0xff, 0xff]);
  const alert = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);
  const plain = Buffer.from("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  const kinds = [spoilt, huge, alert, plain, Buffer.alloc(20_000, 0x16), Buffer.alloc(70_000)];
  await withWitness(async () => {
    const connections = await connectMany(server.port, kinds.length * many(10));
    connections.forEach((one, at) => one.write(kinds[at % kinds.length]));
    await waitUntil("all are closed", () => connections.every((one) => one.closed));
    assert.ok(connections.every((one) => !one.text.includes("HTTP/1.1 2")));
    return connections;
  });
});

test("hostile: garbage after a handshake ends the connection", async () => {
  await withWitness(async () => {
    for (let round = 0; round < many(10); round++) {
      const raw = net.connect(server.port, "127.0.0.1");
      const client = tls.connect({ socket: raw, rejectUnauthorized: false });
      client.on("error", () => undefined);
      await once(client, "secureConnect");
      const closed = once(raw, "close");
      raw.write(round % 2 ? Buffer.alloc(5000, 0x17) : Buffer.from([0x17, 3, 3, 0, 40, ...hello]));
      raw.on("data", () => undefined);
      await closed;
    }
    return [];
  });
});
