// Libraries of the tests that are preloaded into a server.
import { rename } from "node:fs/promises";
import path from "node:path";
import { output } from "./processes.mjs";
import { root, runContext } from "./run-context.mjs";

/** @type {Map<string, Promise<string>>} */
const built = new Map();

/** Compiles a C file of the tests, once. @param {string} source below the root
 * @returns {Promise<string>} the library */
export function buildLibrary(source) {
  const known = built.get(source) ?? compile(source);
  built.set(source, known);
  return known;
}

/** @param {string} source */
async function compile(source) {
  const { folder } = await runContext();
  const library = path.join(folder, `${path.basename(source, ".c")}.so`);
  const own = `${library}.${process.pid}`; // test files run beside each other
  const flags = ["-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"];
  await output(["clang-16", ...flags, path.join(root, source), "-o", own]);
  await rename(own, library);
  return library;
}
