// Ports of 127.0.0.1, as the kernel gives them.
import net from "node:net";
import { once } from "node:events";
import { waitUntil } from "./processes.mjs";

/** That many free ports: all are held at once, so that they differ. @param {number} count */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => /** @type {net.AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

export async function freePort() {
  return (await freePorts(1))[0];
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
