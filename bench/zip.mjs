// A ZIP of ten files beside one file of the same length, from the same server.
import { rm } from "node:fs/promises";
import path from "node:path";
import { output, runProgram } from "../tests/e2e/harness/processes.mjs";
import { load, nameBytes, ratio, sample, spread } from "./measure.mjs";

/** @typedef {import("./run.mjs").Bench} Bench */
/** @typedef {import("./measure.mjs").Sample} Sample */

const fileCount = 10;

/** Unpacks the ZIP: every CRC-32 must be right. @param {Bench} bench @param {string} head */
async function verify(bench, head) {
  const [first, ...fields] = head.trim().split("\r\n");
  const file = path.join(bench.folder, "transfer.zip");
  const headers = fields.flatMap((field) => ["-H", field]);
  const url = `https://127.0.0.1:${bench.couvert.port}${first.split(" ")[1]}`;
  await output(["curl", "-sSfk", "--http1.1", ...headers, "-o", file, url], { deadline: 120_000 });
  const unzipped = await runProgram(["unzip", "-tq", file], { deadline: 120_000 });
  if (unzipped.code !== 0) throw new Error(`the ZIP is damaged: ${unzipped.stdout}`);
  await rm(file);
}

/** @param {Bench} bench */
export async function zip(bench) {
  const { couvert } = bench;
  const bytes = Math.floor(bench.zipBytes / fileCount);
  const ten = await couvert.beginUpload({ streams: fileCount, bytes });
  await load(bench, couvert.port, "send", { bytes, heads: ten });
  const zipHead = (await couvert.open(await couvert.provide()))("/zip");
  const one = await couvert.beginUpload({ streams: 1, bytes: bytes * fileCount });
  await load(bench, couvert.port, "send", { bytes: bytes * fileCount, heads: one });
  const [fileHead] = await couvert.endUpload();
  await verify(bench, zipHead);

  /** @type {Record<"zip" | "file", Sample[]>} */
  const seen = { zip: [], file: [] };
  for (let run = 0; run < bench.runs; run++) {
    for (const what of /** @type {const} */ (["zip", "file"])) {
      const heads = [what === "zip" ? zipHead : fileHead];
      const expected = what === "zip" ? undefined : bytes * fileCount;
      seen[what].push(
        await sample(couvert, () =>
          load(bench, couvert.port, "receive", { bytes: expected, heads }),
        ),
      );
    }
  }
  await couvert.clean();
  const row = (/** @type {string} */ what, /** @type {"rate" | "cpu"} */ name) => {
    const [ofZip, ofFile] = [seen.zip, seen.file].map((all) => all.map((one) => one[name]));
    const digits = name === "rate" ? 0 : 2;
    return [what, spread(ofZip, digits), spread(ofFile, digits), ratio(ofZip, ofFile)];
  };
  const what = `ZIP of ${fileCount} × ${nameBytes(bytes)}`;
  return [
    ["", "as a ZIP", "as one file", "ratio"],
    row(`${what}, MB/s`, "rate"),
    row(`${what}, CPU s/GiB`, "cpu"),
  ];
}
