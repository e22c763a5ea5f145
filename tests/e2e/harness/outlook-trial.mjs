// A way through a pane, in which one call of Office or of the server fails or never ends.
// Calls are named as they come, so that a recording of a way tells which there are.
import assert from "node:assert/strict";
import { waitUntil } from "./processes.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./outlook.mjs").Outlook} Outlook */
/** @typedef {"fails" | "hangs"} Fate */

/** Longer than any pane waits for an answer. */
const longest = 301_000;

/** `POST /api/v1/retrievals/*`, whatever its IDs. @param {import("playwright-core").Request} one */
function nameOf(one) {
  const { pathname } = new URL(one.url());
  return `${one.method()} ${pathname.replace(/\/([a-z2-7]{26}|\d+)(?=\/|$)/g, "/*")}`;
}

/** But for a part of a pixel: windows scroll by whole ones. @param {Element} part */
function isInView(part) {
  const { top, bottom } = part.getBoundingClientRect();
  return top > -1 && bottom < innerHeight + 1;
}

/** Until a pane has been drawn, on a machine with other work. */
const soon = 5000;

export class Trial {
  /** @param {{ call: string, fate: Fate } | undefined} [fated] undefined: a recording */
  constructor(fated) {
    this.fated = fated;
    /** The calls, each with the number of its kind. @type {string[]} */
    this.calls = [];
    /** What the panes have said of failures. @type {string[]} */
    this.said = [];
    /** @type {Page[]} */
    this.hanging = [];
    this.isMet = false;
  }

  /** What happens to a call. @param {string} kind @returns {Fate | undefined} */
  #next(kind) {
    const call = `${kind} ${this.calls.filter((one) => one.startsWith(`${kind} `)).length + 1}`;
    this.calls.push(call);
    if (call !== this.fated?.call) return undefined;
    this.isMet = true;
    return this.fated.fate;
  }

  /** Looks at the calls of this Outlook's panes. @param {Outlook} outlook */
  watch(outlook) {
    /** @type {Page} */
    let current;
    outlook.fateOf = (call) => {
      const fate = this.#next(`Office ${call}`);
      if (fate === "hangs") this.hanging.push(current);
      return fate;
    };
    outlook.prepare = async (page) => {
      current = page;
      if (this.fated?.fate === "hangs") await page.clock.install();
      await page.route(`${outlook.of.base}/api/**`, async (route) => {
        const fate = this.#next(nameOf(route.request()));
        if (fate === "hangs") this.hanging.push(page);
        else if (fate === "fails") await route.abort("connectionreset");
        else await route.fallback();
      });
    };
    return outlook;
  }

  /**
   * A step of the way. Where the pane says that it failed, what was there has to be there still,
   * and one more try has to come to the end.
   * @param {Page} page
   * @param {{ act: () => Promise<unknown>, again?: () => Promise<unknown>,
   *   isDone: () => Promise<boolean>, isWhole?: () => Promise<unknown> }} step
   */
  async step(page, { act, again = act, isDone, isWhole = async () => undefined }) {
    const alert = page.locator("[role=alert]:visible").first();
    await act();
    for (let tries = 0; ; tries += 1) {
      await waitUntil(`${this} is done, or the pane says why not`, async () => {
        await this.hanging.pop()?.clock.fastForward(longest);
        return (await alert.isVisible()) || isDone();
      });
      if (!(await alert.isVisible())) return;
      this.said.push((await alert.textContent()) ?? "");
      await waitUntil(`${this}: it is said where somebody looks`, () => alert.evaluate(isInView), {
        deadline: soon,
      });
      assert.equal(tries, 0, `${this}, and once more: ${this.said.join("; ")}`);
      await isWhole();
      await again();
      await alert.waitFor({ state: "detached" });
    }
  }

  toString() {
    return this.fated ? `${this.fated.call} ${this.fated.fate}` : "a recording";
  }
}

/** What a person reads, by whose call it was. @param {string} call */
const wordsFor = (call) =>
  call.startsWith("Office ")
    ? /The mail program did not answer\..* Try again\./
    : /The server cannot be reached|Not all attachments were saved/;

/**
 * Goes a way once, and then once for every call that it makes and each fate of that call.
 * @param {(trial: Trial) => Promise<unknown>} way
 * @param {{ fates?: Fate[], quiet?: string[], atOnce?: number }} [more] calls that may fail without
 *   a word, since the way comes to its end all the same
 * @returns {Promise<string[]>} the calls
 */
export async function failEach(way, { fates = ["fails", "hangs"], quiet = [], atOnce = 4 } = {}) {
  const recording = new Trial();
  await way(recording);
  assert.deepEqual(recording.said, []);
  const left = recording.calls.flatMap((call) => fates.map((fate) => ({ call, fate })));
  const one = async () => {
    for (let fated = left.shift(); fated; fated = left.shift()) {
      const trial = new Trial(fated);
      await way(trial);
      assert.ok(trial.isMet, `${trial}: not made this time`);
      const isQuiet = quiet.some((name) => trial.fated?.call.startsWith(name));
      const said = trial.said.join("; ");
      assert.equal(trial.said.length, isQuiet ? 0 : 1, `${trial}, and the pane says: ${said}`);
      for (const text of trial.said) assert.match(text, wordsFor(fated.call), `${trial}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return recording.calls;
}
