// Debian's Thunderbird on a display of its own, with a profile of its own and without a network,
// driven by the Marionette protocol that it brings along.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Marionette } from "./marionette.mjs";
import { freePorts } from "./ports.mjs";
import { startProgram } from "./processes.mjs";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */
/** @typedef {Record<string, string | number | boolean>} Preferences */

// No first steps, no questions, nothing asked of the network.
/** @type {Preferences} */
const quiet = {
  "mail.provider.suppress_dialog_on_startup": true,
  "mail.spotlight.firstRunDone": true,
  "mail.winsearch.firstRunDone": true,
  "mail.shell.checkDefaultClient": false,
  "mailnews.start_page.enabled": false,
  "mailnews.start_page_override.mstone": "ignore",
  "mail.rights.version": 1,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "app.donation.eoy.version.viewed": 999,
  "app.update.enabled": false,
  "network.proxy.type": 1,
  "network.proxy.socks": "127.0.0.1",
  "network.proxy.socks_port": 9, // nobody is there; this machine is asked without it
  "layout.css.devPixelsPerPx": "1.0",
  "intl.locale.requested": "en-US",
};

/**
 * Starts it, with the profile FOLDER/profile, which may be there already.
 * @param {string} folder @param {{ preferences: Preferences, height: number }} options beside the
 *   quiet ones; of the display
 * @returns {Promise<{ programs: ChildProcess[], marionette: Marionette }>} to be ended in that
 *   order
 */
export async function startThunderbird(folder, { preferences, height }) {
  const [port] = await freePorts(1);
  const all = { ...quiet, ...preferences, "marionette.port": port };
  const lines = Object.entries(all).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  const profile = path.join(folder, "profile");
  await mkdir(profile, { recursive: true });
  await writeFile(path.join(profile, "user.js"), lines.join(""));
  const display = `:${100 + (process.pid % 5000)}`;
  const screen = startProgram(
    ["Xvfb", display, "-screen", "0", `1400x${height}x24`, "-nolisten", "tcp"],
    { log: path.join(folder, "xvfb.log") },
  );
  const env = { ...process.env, DISPLAY: display, HOME: folder, MOZ_CRASHREPORTER_DISABLE: "1" };
  const how = ["--marionette", "--remote-allow-system-access", "--no-remote"];
  const program = startProgram(["thunderbird", ...how, "--profile", profile], {
    env,
    log: path.join(folder, "thunderbird.log"),
  });
  return { programs: [program, screen], marionette: await Marionette.connect(port) };
}
