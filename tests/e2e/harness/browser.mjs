// Debian's browsers, and axe-core on every state that a test visits.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium, firefox } from "playwright-core";
import { colourAlone } from "./colour.mjs";
import { patience } from "./processes.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Browser} Browser */

export const desktop = { width: 1280, height: 900 };
export const phone = { width: 360, height: 740 };
const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Keeps cookies from pages inside other sites' pages. Every profile is a private window anyway. */
export const noThirdPartyCookies = "--test-third-party-cookie-phaseout";

/** @param {string[]} flags @returns {Promise<Browser>} */
export function launchChromium(...flags) {
  return chromium.launch({
    executablePath: process.env.COUVERT_CHROMIUM ?? "/usr/bin/chromium",
    // "localhost" may mean ::1 first, where nobody listens.
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      // Debian asks for a graphics card; to act one takes half of all the processor's time.
      "--disable-gpu",
      "--disable-gpu-rasterization",
      "--host-resolver-rules=MAP localhost 127.0.0.1",
      ...flags,
    ],
  });
}

/**
 * Debian's Firefox as it is, by WebDriver BiDi. It lacks the command for colour schemes, which
 * playwright-core sends for every profile: here it is left out.
 * @param {Record<string, boolean>} [prefs] as about:config knows them
 * @returns {Promise<Browser>}
 */
export async function launchFirefox(prefs = {}) {
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath: process.env.COUVERT_FIREFOX ?? "/usr/bin/firefox-esr",
    firefoxUserPrefs: {
      "network.dns.localDomains": "localhost",
      "network.dns.disableIPv6": true,
      ...prefs,
    },
  });
  const inside = /** @type {any} */ (browser)._connection.toImpl(browser);
  const session = Object.getPrototypeOf(inside._browserSession);
  const { send } = session;
  session.send = function (/** @type {string} */ method, /** @type {unknown[]} */ ...more) {
    if (method === "emulation.setMediaFeaturesOverride") return Promise.resolve({});
    return send.call(this, method, ...more);
  };
  return browser;
}

/**
 * @typedef {"light" | "dark" | "forced"} Scheme whose colours: the page's, by day or by night, or
 *   the person's own
 */

/**
 * Pictures in another language, size or scheme than a test walks: COUVERT_LOOK=nl-phone-dark or
 * de-1440-light gives it to every profile.
 * @param {string} [look] @returns {{ language?: string, viewport?: typeof phone,
 *   scheme?: Scheme }}
 */
export function wantedLook(look = process.env.COUVERT_LOOK) {
  if (!look) return {};
  const [language, size, scheme] = look.split("-");
  const viewport = size === "phone" ? phone : { width: Number(size), height: 900 };
  return { language, viewport, scheme: /** @type {Scheme} */ (scheme) };
}

/**
 * A person's browser profile.
 * @param {Browser} browser
 * @param {{ language: string, viewport?: { width: number, height: number },
 *   scheme?: Scheme }} options
 */
export async function openProfile(browser, options) {
  const { language, viewport = desktop, scheme = "light" } = { ...options, ...wantedLook() };
  const context = await browser.newContext({
    locale: language,
    viewport,
    colorScheme: scheme === "forced" ? "dark" : scheme,
    forcedColors: scheme === "forced" ? "active" : "none",
    isMobile: viewport.width < 600,
    hasTouch: viewport.width < 600,
    deviceScaleFactor: 1,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(patience);
  return context;
}

/** What axe finds on the page as it is, a line a finding. @param {Page} page */
export async function axeFindings(page) {
  // It takes longer to bring it than to use it, and it stays as long as the document.
  const isThere = await page.evaluate(() => "axe" in globalThis);
  if (!isThere) await page.evaluate(await readFile(axeFile, "utf8"));
  const found = await page.evaluate(async () => {
    // @ts-expect-error axe came with the line before
    const { violations } = await globalThis.axe.run(document, {
      resultTypes: ["violations"],
      rules: { region: { enabled: true } },
    });
    return violations.map((/** @type {any} */ violation) => ({
      id: violation.id,
      help: violation.help,
      nodes: violation.nodes.map((/** @type {any} */ node) => node.html),
    }));
  });
  return found.map((/** @type {any} */ one) => `${one.id}: ${one.help}: ${one.nodes.join(" ")}`);
}

/**
 * Keeps a picture of the page for people to look at, in the folder that COUVERT_SCREENSHOTS names.
 * @param {Page} page @param {string} name
 */
export async function keepPicture(page, name) {
  const folder = process.env.COUVERT_SCREENSHOTS;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

/** The states that this test file visited, each looked at by axe and for what colour alone says. */
export class Visits {
  constructor() {
    /** @type {string[]} */
    this.states = [];
    /** @type {string[]} */
    this.findings = [];
  }

  /**
   * Looks at one state. Animations are over before, so that colours are final.
   * @param {Page} page @param {string} state a name that is good for a file, too
   */
  async look(page, state) {
    await page.evaluate(() =>
      Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))),
    );
    const found = [...(await axeFindings(page)), ...(await colourAlone(page))];
    this.states.push(state);
    this.findings.push(...found.map((/** @type {string} */ one) => `${state}: ${one}`));
    await keepPicture(page, state);
  }

  /** Prints the visited states. */
  print() {
    console.log(`axe-core visited ${this.states.length} states:`);
    for (const state of this.states) console.log(`  ${state}`);
  }
}
