// A mail with three attachments, one of 3 GB, from Debian's Thunderbird to the portal and back, by
// hand: ./dev test thunderbird-large. Release build; about 20 GB of disk.
//
// node tests/e2e/thunderbird-large.mjs [gigabytes=3]
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Couvertd } from "./harness/couvertd.mjs";
import { makeSparseFile } from "./harness/files.mjs";
import { MailProgram } from "./harness/mail-program.mjs";
import { roundTrip } from "./harness/round-trip.mjs";
import { beginRun, root } from "./harness/run-context.mjs";

const gigabytes = Number(process.argv[2]?.split("=")[1] ?? 3);

/** @param {string} folder */
async function makeFiles(folder) {
  await mkdir(folder, { recursive: true });
  const files = ["röntgen groß.raw", "one.bin", "Befund.pdf"].map((name) => `${folder}/${name}`);
  await makeSparseFile(files[0] ?? "", gigabytes);
  await writeFile(files[1] ?? "", "1");
  await writeFile(files[2] ?? "", Buffer.alloc(300_001, "Befund "));
  return files;
}

/** @param {string} folder */
async function goRound(folder) {
  const data = path.join(folder, "data");
  const home = path.join(folder, "thunderbird");
  process.env.TMPDIR = path.join(folder, "tmp"); // Chromium keeps its downloads there
  for (const one of [home, process.env.TMPDIR]) await mkdir(one, { recursive: true });
  await mkdir(data, { mode: 0o700 });
  const limits = { client_mail: "true", transfer_bytes_max: String(2 ** 40) };
  const server = await Couvertd.start({ name: "large", data, config: { limits } });
  const program = await MailProgram.start({
    folder: home,
    address: "large-anna@example.org",
    more: { "extensions.webextOptionalPermissionPrompts": false },
  });
  await program.useServer(server.baseUrl);
  const told = (/** @type {string} */ what, /** @type {number} */ since) =>
    console.log(`${what}: ${((Date.now() - since) / 1000).toFixed(1)} s`);
  const files = await makeFiles(path.join(folder, "files"));
  await roundTrip({ program, to: "large-carla@example.net", files, told, deadline: 3_600_000 });
  const mebibytes = Math.round((await server.peakMemory()) / 2 ** 20);
  console.log(`identical there and back: ${gigabytes} GB; couvertd's peak ${mebibytes} MiB`);
  await program.stop();
  await server.stop();
}

const folder = path.join(root, "build/thunderbird-large");
await rm(folder, { recursive: true, force: true });
const run = await beginRun();
try {
  await mkdir(folder, { recursive: true });
  await goRound(folder);
} catch (error) {
  console.error(error); // before anything that may not end either
  process.exitCode = 1;
} finally {
  await run.end();
  await rm(folder, { recursive: true, force: true });
}
process.exit();
