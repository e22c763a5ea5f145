// What Lighthouse says of the pages, as a phone on a slow line would see them.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { freePort, waitForPort } from "../tests/e2e/harness/ports.mjs";
import { endProgram } from "../tests/e2e/harness/processes.mjs";
import { recipient, password } from "./couvert.mjs";
import { spread } from "./measure.mjs";

/** @typedef {import("./run.mjs").Bench} Bench */
/** @typedef {{ categories: Record<string, { score: number }>,
 *   audits: Record<string, any>, environment: { benchmarkIndex: number } }} Found */

const wanted = 95;

/** Lighthouse's own measure of the machine. Below it the scores for performance say how busy the
 * machine is: everything that a page computes counts four times, as on a telephone. */
const quiet = 1000;
const categories = ["performance", "accessibility", "best-practices"];

/** Lighthouse is installed for ./dev bench alone. */
async function loadLighthouse() {
  const from = createRequire(path.join(import.meta.dirname, "lighthouse/package.json"));
  const file = pathToFileURL(from.resolve("lighthouse")).href;
  return (await import(file)).default;
}

/** A browser that nobody used before. @param {(port: number) => Promise<void>} work */
async function withChromium(work) {
  const port = await freePort();
  const profile = await mkdtemp(path.join(os.tmpdir(), "couvert-pages-"));
  const browser = spawn(
    process.env.COUVERT_CHROMIUM ?? "/usr/bin/chromium",
    [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-gpu-rasterization", // as for the end-to-end tests: to act a graphics card is dear
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--ignore-certificate-errors",
      "--host-resolver-rules=MAP localhost 127.0.0.1",
      `--remote-debugging-port=${port}`,
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    { stdio: "ignore" },
  );
  try {
    await waitForPort(port, "Chromium");
    await work(port);
  } finally {
    await endProgram(browser);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What cost points, once. @param {string} page @param {Found} found @param {Set<string>} told */
function tell(page, { categories: all, audits }, told) {
  for (const category of Object.values(all)) {
    for (const { id, weight } of /** @type {any} */ (category).auditRefs) {
      const { score, title, displayValue = "" } = audits[id];
      const line = `${page}: ${title} ${displayValue}`;
      if (weight === 0 || score === null || score >= 0.9 || told.has(page + id)) continue;
      told.add(page + id);
      console.error(line);
    }
  }
}

/** @param {Bench} bench */
export async function scores({ couvert, runs }) {
  const lighthouse = await loadLighthouse();
  const sent = await couvert.api.provide({
    from: "anna@example.org",
    to: [{ address: recipient }],
    more: { password },
  });
  const paths = {
    start: "/",
    provide: "/provide",
    retrieve: `/r/${sent.recipients[0].transfer_id}`,
  };
  const rows = [["Lighthouse", ...categories]];
  const told = new Set();
  /** @type {number[]} */
  const speeds = [];
  for (const [page, below] of Object.entries(paths)) {
    /** @type {number[][]} */
    const scores = categories.map(() => []);
    for (let run = 0; run < runs; run++) {
      await withChromium(async (port) => {
        const options = { port, onlyCategories: categories, logLevel: "error" };
        /** @type {{ lhr: Found }} */
        const { lhr } = await lighthouse(couvert.baseUrl + below, options);
        categories.forEach((one, at) =>
          scores[at].push(Math.round(lhr.categories[one].score * 100)),
        );
        speeds.push(lhr.environment.benchmarkIndex);
        tell(page, lhr, told);
      });
    }
    rows.push([`${page}, of 100 (at least ${wanted})`, ...scores.map((all) => spread(all, 0))]);
  }
  const speed = `the machine: ${spread(speeds, 0)}, at least ${quiet} for a fair performance`;
  return [...rows, [speed, "", "", ""]];
}
