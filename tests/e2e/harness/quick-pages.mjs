// The portal's page of QUICK, found by the words of the visitor's language.
import assert from "node:assert/strict";
import { pattern, SenderPages, words } from "./portal-pages.mjs";
import { mailbox } from "./run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */

const codeForm = /^[a-z2-7]{26}$/;

/** The page of QUICK as a person walks it. */
export class QuickPages extends SenderPages {
  /**
   * @param {string} baseUrl
   * @param {import("playwright-core").BrowserContext} context
   * @param {string} language
   * @param {(page: Page, state: string) => Promise<void>} [look]
   */
  static async open(baseUrl, context, language, look = async () => undefined) {
    const page = await context.newPage();
    const pages = new QuickPages(page, await words(language), (state) => look(page, state));
    pages.baseUrl = baseUrl;
    page.on("pageerror", (error) => pages.errors.push(String(error)));
    return pages;
  }

  baseUrl = "";
  /** @type {string[]} */
  errors = [];

  /** Comes to the page for the first time, and proves the mailbox. @param {string} address */
  async prove(address) {
    await this.page.goto(`${this.baseUrl}/quick`);
    await this.arrive("page.quick.title");
    await this.field("page.contact.address").waitFor();
    await this.look("prove");
    await this.proveAddress(address);
  }

  /** The same where the page asks for an address. @param {string} address */
  async proveAddress(address) {
    const box = await mailbox(address);
    await box.rest(); // what was mailed before
    await this.field("page.contact.address").fill(address);
    await this.button("page.next").click();
    await this.page.locator("#code").fill(await box.nextCode());
    await this.button("page.verify.verify").click();
  }

  /** Waits for a state of this browser. @param {string} state */
  async is(state) {
    await this.page.locator(`[data-testid="quick"][data-state="${state}"]`).waitFor();
  }

  async reload() {
    await this.page.reload();
    await this.arrive("page.quick.title");
  }

  /** The recovery code that is shown. */
  async shownRecovery() {
    await this.arrive("page.quick.keep_title");
    const code = String(await this.page.getByTestId("recovery-code").textContent());
    assert.match(code, codeForm);
    return code;
  }

  /** From a browser that knows nothing to one that is active; its recovery code.
   * @param {string} address */
  async activate(address) {
    await this.prove(address);
    await this.is("none");
    await this.look("none");
    await this.button("page.quick.activate").click();
    const code = await this.shownRecovery();
    await this.look("recovery-code");
    return code;
  }

  async keep() {
    await this.button("page.quick.kept").click();
    await this.is("here");
  }

  /** The code that this browser shows to be let in by. */
  async showCode() {
    await this.button("page.quick.join_code").click();
    const shown = this.page.getByTestId("shown-code");
    await shown.waitFor();
    const code = String(await shown.textContent());
    assert.match(code, codeForm);
    return code;
  }

  /** Connects this browser by the recovery code. @param {string} code */
  async recover(code) {
    await this.button("page.quick.join_recovery").click();
    await this.page.locator("#recovery").fill(code);
    await this.button("page.quick.connect").click();
  }

  /** Lets in who shows this code. @param {string} code */
  async letIn(code) {
    await this.button("page.quick.let_in").click();
    await this.page.locator("#let-in-code").fill(code);
    await this.button("page.quick.connect").click();
  }

  devices() {
    return this.page.getByTestId("device");
  }

  /** @param {string} address */
  contactOf(address) {
    return this.page.getByTestId("contact").filter({ hasText: address });
  }

  /** @param {import("playwright-core").Locator} within @param {string} key */
  buttonIn(within, key) {
    return within.getByRole("button", { name: pattern(this.t(key)) });
  }

  end() {
    assert.deepEqual(this.errors, []);
    return this.page.context().close();
  }
}
