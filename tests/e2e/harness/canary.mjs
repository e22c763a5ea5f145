// Looks for unique strings where they must not be: files, databases, core images.
import { randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { newFolder } from "./files.mjs";
import { asRoot } from "./mail-system.mjs";
import { output } from "./processes.mjs";

/** @typedef {{ place: string, string: string, as: string }} Hit */

const script = path.join(import.meta.dirname, "canary.py");

/** A string that is nowhere else in the world. @param {string} word */
export function canary(word) {
  return `Kanari ${word} ${randomBytes(12).toString("hex")} Ende`;
}

/**
 * @param {Record<string, string>} strings by name
 * @param {string[]} places files and folders
 * @returns {Promise<Hit[]>}
 */
export async function searchFor(strings, places) {
  const command = asRoot(["/usr/bin/python3", script, ...places]);
  return JSON.parse(await output(command, { input: JSON.stringify(strings), deadline: 120_000 }));
}

/** All memory of a process as a file, also what it asked to leave out. @param {number} pid */
export async function coreImage(pid) {
  const folder = await newFolder("core");
  const file = path.join(folder, "core");
  const commands = ["set use-coredump-filter off", "set dump-excluded-mappings on"];
  const words = [...commands, `gcore ${file}`].flatMap((one) => ["-ex", one]);
  await output(asRoot(["gdb", "--batch", "--nx", "-p", String(pid), ...words]));
  return { file, remove: () => rm(folder, { recursive: true }) };
}

/** What in the temporary folders was written since a time, but for `except`.
 * @param {number} since @param {string[]} except */
export async function temporaryFiles(since, except) {
  const found = [];
  for (const folder of ["/tmp", "/var/tmp", "/dev/shm"]) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
      if (mtimeMs >= since && !except.includes(file)) found.push(file);
    }
  }
  return found;
}
