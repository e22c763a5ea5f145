// Folders as values, and files for tests to send.
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, open, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { runContext } from "./run-context.mjs";

/** A new folder of this run. @param {string} name */
export async function newFolder(name) {
  return mkdtemp(path.join((await runContext()).folder, `${name}-`));
}

/** Every file below a folder, as paths relative to it, in order. @param {string} folder */
export async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** @param {string} file */
export async function sha256(file) {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

/** Path and SHA-256 of every file below a folder. @param {string} folder */
export async function fingerprints(folder) {
  const names = await filesBelow(folder);
  const sums = await Promise.all(names.map((name) => sha256(path.join(folder, name))));
  return Object.fromEntries(names.map((name, index) => [name, sums[index]]));
}

/** A file that takes no room on the disk, with other bytes in each gigabyte.
 * @param {string} file @param {number} gigabytes */
export async function makeSparseFile(file, gigabytes) {
  const made = await open(file, "w");
  for (let at = 0; at < gigabytes; at++) await made.write(`Zahn ${at} 🦷`, at * 1e9);
  await made.truncate(gigabytes * 1e9);
  await made.close();
}

// Each is legal on the system that it comes from; none must hurt the one where it arrives.
const awkward = [
  "Größe & Maß (1).txt",
  "Überweisung „März“.pdf",
  "emoji 🦷🎉👩‍⚕️.bin",
  " blank at both ends ",
  'quote\'s and "double".txt',
  "back`tick $HOME ${PATH} %TEMP% !x.txt",
  "semi;colon & pipe| <angle> ?*.txt",
  "-rf",
  "--help",
  ".hidden",
  "..two dots in front",
  "trailing dot.",
  "CON",
  "con.txt",
  "LPT1.tar.gz",
  "NUL",
  "aux.h",
  "日本語のファイル名.txt",
  "Ελληνικά.txt",
  "עברית.txt",
  "right-to-left \u202Egnp.exe",
  "zero\u200Bwidth.txt",
  "decomposed e\u0301.txt",
  "composed \u00e9.txt",
  "UPPER.TXT",
  "upper.txt",
  "no extension",
  "two..dots",
  "[brackets] {braces} ~tilde~ #hash @at =equals+plus,comma",
  "%2e%2e%2f",
  "a".repeat(200) + ".txt",
  "ü".repeat(120),
];

/**
 * Small files with awkward names in folders of such names.
 * @param {string} folder @param {number} count
 */
export async function makeAwkwardFiles(folder, count) {
  for (let index = 0; index < count; index++) {
    const name = awkward[index % awkward.length];
    const below = Math.floor(index / awkward.length);
    const where = below === 0 ? folder : path.join(folder, `Ordner ${below} 📁`, `'tief' ${below}`);
    await mkdir(where, { recursive: true });
    await writeFile(path.join(where, name), randomBytes(index % 5 === 0 ? 0 : (index * 37) % 4096));
  }
}
