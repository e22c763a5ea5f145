// Several people who send to each other by QUICK, on one server and in one browser.
import assert from "node:assert/strict";
import { expectStatus } from "./api-client.mjs";
import { desktop, launchChromium, phone, Visits } from "./browser.mjs";
import { Couvertd } from "./couvertd.mjs";
import { layoutTroubles } from "./layout.mjs";
import { QuickPerson } from "./quick-person.mjs";
import { must, QuickProgram } from "./quick-program.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./quick-person.mjs").Options} Options */

/** @type {Options} */
export const english = { language: "en", viewport: desktop };

export class QuickWorld {
  visits = new Visits();

  /** @param {Couvertd} server @param {import("playwright-core").Browser} browser */
  constructor(server, browser) {
    this.server = server;
    this.browser = browser;
  }

  /** @param {string} name */
  static async begin(name) {
    return new QuickWorld(await Couvertd.start({ name }), await launchChromium());
  }

  async end() {
    this.visits.print();
    await this.browser.close();
    await this.server.stop();
  }

  /** Somebody with a browser profile; each state that is looked at is clean.
   * @param {string} name @param {string} address @param {Options} [options] */
  person(name, address, options = english) {
    const look = async (/** @type {Page} */ page, /** @type {string} */ state) => {
      const before = this.visits.findings.length;
      await this.visits.look(page, state);
      assert.deepEqual(this.visits.findings.slice(before), [], state);
      if (options.viewport === phone)
        assert.deepEqual(await layoutTroubles(page, [320]), [], state);
    };
    return QuickPerson.begin({ ...this, name, address, options, look });
  }

  /** Somebody's browser with QUICK, and the same on a device elsewhere. @param {string} name
   * @param {string} address */
  async joined(name, address) {
    const person = await this.person(name, address);
    return { person, program: await person.join() };
  }

  /** Somebody with QUICK on a device that is no browser. @param {string} address */
  elsewhere(address) {
    return QuickProgram.active(this.server.baseUrl, address);
  }
}

/** A transfer of a program without password. @param {QuickProgram} from @param {string} to */
export async function sendPure(from, to) {
  const draft = await from.api.createDraft(from.address);
  const [envelope] = await must(from.client.envelopesFor(draft.sealId, [to]));
  assert.ok(envelope);
  const recipients = [{ kind: "to", ...envelope }];
  const start = draft.startBody([], { open_by: "quick", subject: "S", text: "T" });
  expectStatus(await draft.start({ ...start, recipients }), 201);
}
