// The proxies of deploy/ with the files that are shipped; only ports, names and paths are the
// test's.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { newFolder } from "./files.mjs";
import { freePorts, waitForPort } from "./ports.mjs";
import { endProgram, output, startProgram } from "./processes.mjs";
import { root } from "./run-context.mjs";

/** @typedef {{ name: string, port: number, stop: () => Promise<unknown> }} Proxy */
/** @typedef {{ folder: string, port: number, backend: number, admin: number }} Place */

/** A shipped file with each text replaced that must be there. @param {string} file
 * @param {[string, string][]} replacements */
async function shipped(file, replacements) {
  let text = await readFile(path.join(root, "deploy", file), "utf8");
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`deploy/${file} does not say ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** @param {string} folder */
async function makeCertificate(folder) {
  const [key, certificate] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const kind = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost";
  const names = ["-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", key, "-out", certificate];
  await output(["openssl", "req", "-x509", ...kind.split(" "), ...names, ...files]);
  const both = `${await readFile(certificate, "utf8")}${await readFile(key, "utf8")}`;
  await writeFile(path.join(folder, "both.pem"), both);
}

/** @param {Place} place @returns {Promise<string[]>} */
async function nginx({ folder, port, backend }) {
  const site = await shipped("nginx.conf", [
    ["127.0.0.1:8080", `127.0.0.1:${backend}`],
    ["listen 443 ", `listen 127.0.0.1:${port} `],
    ["server_name transfer.example.org", "server_name localhost"],
    ["/etc/couvert/", `${folder}/`],
  ]);
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const paths = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(" ");
  const config = `daemon off; pid ${folder}/nginx.pid; error_log stderr;
events {} http { access_log off; ${paths}
${site} }`;
  await writeFile(path.join(folder, "nginx.conf"), config);
  return ["/usr/sbin/nginx", "-p", folder, "-c", "nginx.conf"];
}

/** @param {Place} place @returns {Promise<string[]>} */
async function haproxy({ folder, port, backend }) {
  const config = await shipped("haproxy.cfg", [
    ["127.0.0.1:8080", `127.0.0.1:${backend}`],
    ["maxconn 4000", "maxconn 200"],
    ["bind :443 ", `bind 127.0.0.1:${port} `],
    ["/etc/couvert/", `${folder}/`],
  ]);
  await writeFile(path.join(folder, "haproxy.cfg"), config);
  return ["/usr/sbin/haproxy", "-db", "-f", path.join(folder, "haproxy.cfg")];
}

/** @param {Place} place @returns {Promise<string[]>} */
async function caddy({ folder, port, backend }) {
  const config = await shipped("Caddyfile", [
    ["127.0.0.1:8080", `127.0.0.1:${backend}`],
    ["https://transfer.example.org:443", `https://localhost:${port}`],
    ["/etc/couvert/", `${folder}/`],
  ]);
  await writeFile(path.join(folder, "Caddyfile"), config);
  return ["/usr/bin/caddy", "run", "--config", path.join(folder, "Caddyfile")];
}

const commands = { nginx, haproxy, caddy };

/** Starts one in front of a couvertd that listens on `backend`.
 * @param {keyof typeof commands} name @param {number} port @param {number} backend
 * @returns {Promise<Proxy>} */
export async function startProxy(name, port, backend) {
  const folder = await newFolder(name);
  await mkdir(path.join(folder, "home"));
  await makeCertificate(folder);
  const [admin] = await freePorts(1);
  const command = await commands[name]({ folder, port, backend, admin });
  const home = path.join(folder, "home");
  const env = { PATH: process.env.PATH, HOME: home, CADDY_ADMIN: `localhost:${admin}` };
  const log = path.join(folder, "log");
  const child = startProgram(command, { env, cwd: folder, log });
  try {
    await waitForPort(port, name);
  } catch (error) {
    throw new Error(`${error}\n${await readFile(log, "utf8")}`, { cause: error });
  }
  return { name, port, stop: () => endProgram(child) };
}
