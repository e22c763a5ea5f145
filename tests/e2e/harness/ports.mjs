// Ports of 127.0.0.1 for what a test starts.
import net from "node:net";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { waitUntil } from "./processes.mjs";

// Below those that the kernel gives to whoever asks for any, and in this process never twice: a
// server that is down for a moment finds its own free again. Browsers open none of 10080.
const range = { from: 10_100, to: 32_000 };
let next = randomInt(range.from, range.to);

/** @param {number} port */
async function isFree(port) {
  const server = net.createServer().listen(port, "127.0.0.1");
  const free = await once(server, "listening").then(
    () => true,
    () => false,
  );
  if (free) await new Promise((done) => server.close(done));
  return free;
}

/** A free port. */
export async function freePort() {
  for (;;) {
    const port = next;
    next = port + 1 < range.to ? port + 1 : range.from;
    if (await isFree(port)) return port;
  }
}

/** That many free ports. @param {number} count */
export async function freePorts(count) {
  const ports = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

/** @param {number} port @returns {Promise<boolean>} */
export function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** @param {number} port @param {string} who */
export async function waitForPort(port, who) {
  await waitUntil(`${who} listens on port ${port}`, () => answers(port));
}
