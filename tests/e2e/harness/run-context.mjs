// What the test files of one run share: a folder and the mail system. tests/e2e/run.mjs makes both
// and names them in the environment; a test file that runs alone makes its own.
import { chmod, mkdtemp, mkdir, rm, statfs } from "node:fs/promises";
import { rmSync } from "node:fs";
import path from "node:path";
import { Mailbox } from "./mailbox.mjs";
import { startMailSystem } from "./mail-system.mjs";

/** @typedef {import("./mail-system.mjs").MailSystem} MailSystem */

export const root = path.resolve(import.meta.dirname, "../../..");
const variable = "COUVERT_E2E_RUN";

/** @type {Promise<{ folder: string, mail: MailSystem }> | undefined} */
let own;

/** Where syncing costs nothing, if there is room: each server begins with 400 synced day keys. */
async function baseFolder() {
  const { bavail, bsize } = await statfs("/dev/shm").catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > 4 * 1024 ** 3 ? "/dev/shm" : "/tmp";
}

/** A folder that everybody may enter, since the mail servers have users of their own. */
export async function makeRunFolder() {
  const folder = await mkdtemp(path.join(await baseFolder(), "couvert-e2e-"));
  await chmod(folder, 0o755);
  await mkdir(path.join(folder, "mail"));
  await mkdir(path.join(folder, "logs"));
  return folder;
}

async function alone() {
  const folder = await makeRunFolder();
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const mail = await startMailSystem(path.join(folder, "mail"));
  return { folder, mail };
}

/** @returns {Promise<{ folder: string, mail: MailSystem }>} */
export async function runContext() {
  const given = process.env[variable];
  return given ? JSON.parse(given) : (own ??= alone());
}

/** Makes the folder and the mail system for several test files. */
export async function beginRun() {
  const folder = await makeRunFolder();
  let mail = await startMailSystem(path.join(folder, "mail"));
  process.env[variable] = JSON.stringify({ folder, mail });
  return {
    folder,
    /** Whoever runs next finds mailboxes that are empty. */
    emptyMailboxes: async () => {
      await mail.stop();
      await mkdir(path.join(folder, "again"));
      mail = await startMailSystem(path.join(folder, "again"));
      process.env[variable] = JSON.stringify({ folder, mail });
    },
    end: async () => {
      await mail.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param {string} address */
export async function mailbox(address) {
  return new Mailbox((await runContext()).mail, address);
}
