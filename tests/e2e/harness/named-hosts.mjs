// Web sites of other names for a program under test: a proxy through which it reaches them, all on
// this machine, by TLS with the certificate of the run.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import { runContext } from "./run-context.mjs";

/** @param {import("node:net").Server} server */
async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return /** @type {net.AddressInfo} */ (server.address()).port;
}

export class NamedHosts {
  /** @param {http.Server} proxy @param {https.Server} site @param {number} port */
  constructor(proxy, site, port) {
    this.proxy = proxy;
    this.site = site;
    this.port = port;
    /** What each address answers, in JSON. @type {Map<string, object>} */
    this.answers = new Map();
    /** @type {Set<import("node:stream").Duplex>} */
    this.sockets = new Set();
  }

  static async start() {
    const { certificate } = (await runContext()).mail;
    const key = await readFile(path.join(path.dirname(certificate), "key.pem"));
    const cert = await readFile(certificate);
    const site = https.createServer({ key, cert });
    const proxy = http.createServer();
    const sitePort = await listen(site);
    const hosts = new NamedHosts(proxy, site, await listen(proxy));
    proxy.on("connect", (request, client) => {
      const server = net.connect(sitePort, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        client.pipe(server).pipe(client);
      });
      for (const socket of [client, server]) {
        hosts.sockets.add(socket);
        socket.on("error", () => undefined);
      }
    });
    site.on("request", (request, answer) => {
      const found = hosts.answers.get(`https://${request.headers.host}${request.url}`);
      const headers = { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" };
      answer.writeHead(found ? 200 : 404, headers).end(JSON.stringify(found ?? {}));
    });
    return hosts;
  }

  /** For a Mozilla program that is to reach them. */
  get preferences() {
    return {
      "network.proxy.type": 1,
      "network.proxy.socks": "",
      "network.proxy.ssl": "127.0.0.1",
      "network.proxy.ssl_port": this.port,
    };
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    this.proxy.close();
    this.site.close();
  }
}
