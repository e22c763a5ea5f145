// strace kills a program at a system call. It counts the calls of each thread for itself; in a step
// in which one thread does the work, its Nth call is the step's Nth.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { asRoot } from "../e2e/harness/mail-system.mjs";
import { pause } from "../e2e/harness/processes.mjs";

/** The sets of calls at which a program is killed. */
export const callSets = /** @type {const} */ ({
  fdatasync: "fdatasync", // an object's bytes; a commit of the database
  fsync: "fsync", // a folder's names; a key's bytes
  name: "rename,renameat,renameat2,link,linkat",
  remove: "unlink,unlinkat",
});

/** @typedef {keyof typeof callSets} CallSet */

/** @param {CallSet} set @param {number} nth */
export function straceCommand(set, nth) {
  const calls = callSets[set];
  const inject = `inject=${calls}:signal=KILL:when=${nth}`;
  return ["strace", "-f", "-o", "/dev/null", "-e", `trace=${calls}`, "-e", inject];
}

/** Lies in wait for a running program's Nth call, in all of its threads; ends with the returned
 * function. @param {number} pid @param {CallSet} set @param {number} nth */
export async function attachStrace(pid, set, nth) {
  const [program, ...args] = asRoot([...straceCommand(set, nth), "-p", String(pid)]);
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "close");
  let said = "";
  child.stderr.on("data", (bytes) => (said += bytes));
  for (let waited = 0; !/ attached/.test(said); waited += 10) {
    if (child.exitCode !== null || waited > 10_000) throw new Error(`strace: ${said}`);
    await pause(10);
  }
  return async () => {
    child.kill("SIGINT"); // the program goes on without it
    // It may wait for ever for a program that it has killed in this moment.
    const late = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(late);
  };
}
