// Somebody with a browser profile of their own, who sends and opens by QUICK.
import assert from "node:assert/strict";
import { openProfile } from "./browser.mjs";
import { transferLinkIn } from "./mailbox.mjs";
import { RecipientPages, words } from "./portal-pages.mjs";
import { QuickPages } from "./quick-pages.mjs";
import { must, QuickProgram } from "./quick-program.mjs";
import { mailbox } from "./run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {Parameters<typeof openProfile>[1]} Options */
/**
 * @typedef {{ server: { baseUrl: string }, browser: import("playwright-core").Browser,
 *   name: string, address: string, options: Options,
 *   context?: import("playwright-core").BrowserContext,
 *   look?: (page: Page, state: string) => Promise<void> }} Who
 */

/** What a page may log: answers of the server that the page understands. */
const expected = /status of 4(01|03|04|09)/;

export class QuickPerson extends QuickPages {
  /** @param {Who} who */
  static async begin({ server, browser, look = async () => undefined, ...who }) {
    const { name, address, options } = who;
    const page = await (who.context ?? (await openProfile(browser, options))).newPage();
    const person = new QuickPerson(page, await words(options.language), (state) =>
      look(page, `${name}-${state}`),
    );
    Object.assign(person, { baseUrl: server.baseUrl, name, address });
    page.on("pageerror", (error) => person.errors.push(String(error)));
    page.on("console", (message) => {
      const isError = message.type() === "error" && !expected.test(message.text());
      if (isError) person.errors.push(message.text());
    });
    return person;
  }

  name = "";
  address = "";
  /** @type {import("./mailbox.mjs").Mailbox | undefined} */
  #box;
  /** Has given contact data in this browser. */
  #isKnown = false;
  /** The mailbox is proven in this browser. */
  isProven = false;

  async box() {
    this.#box ??= await mailbox(this.address);
    return this.#box;
  }

  /** Proves the mailbox where the page asks for it. @param {() => Promise<void>} ask has the code
   * mailed */
  async proveHere(ask) {
    const box = await mailbox(this.address);
    await box.rest(); // what was mailed before
    await ask();
    await this.page.locator("#code").fill(await box.nextCode());
    await this.button("page.verify.verify").click();
  }

  /** The link in the next mail that leads to a transfer. @param {{ after?: number }} [options]
   * so many of these came before */
  async nextLink({ after = 0 } = {}) {
    const box = await this.box();
    const fits = (/** @type {{ links: string[] }} */ { links }) =>
      links.some((one) => one.includes("/r/"));
    for (let passed = 0; passed < after; passed++) await box.next({ fits });
    return transferLinkIn(await box.next({ fits }));
  }

  /** Has QUICK on a device elsewhere, and then in this browser, too. */
  async join() {
    return await this.unseen(() => this.#join());
  }

  /** Does what other tests look at. @template T @param {() => Promise<T>} work */
  async unseen(work) {
    const { look } = this;
    this.look = async () => undefined;
    const done = await work();
    this.look = look;
    return done;
  }

  async #join() {
    const program = await QuickProgram.active(this.baseUrl, this.address);
    await this.prove(this.address);
    await this.is("elsewhere");
    this.isProven = true;
    await this.recover(program.recovery);
    return program;
  }

  /** @param {string} recovery */
  async recover(recovery) {
    await this.button("page.quick.join_recovery").click();
    await this.page.locator("#recovery").fill(recovery);
    await this.button("page.quick.connect").click();
    await this.is("here");
  }

  choice() {
    return this.page.getByTestId("quick-choice");
  }

  switch() {
    return this.page.getByRole("switch");
  }

  /** In German another button begins with the same word. */
  async next() {
    await this.page.getByRole("button", { name: this.t("page.next"), exact: true }).click();
  }

  /** From the start of Provide to its options, with a message. @param {string[]} to */
  async goToOptions(to) {
    await this.page.goto(`${this.baseUrl}/provide`);
    await this.fillContact();
    await this.arrive("page.recipients.title");
    await this.page.locator("#recipients-to").fill(to.join(", "));
    await this.next();
    await this.writeOn();
  }

  /** The first step, and the second where the mailbox is not proven here. */
  async fillContact() {
    await this.arrive("page.contact.title");
    if (this.#isKnown) {
      await this.page.locator("input[name=person]").first().waitFor();
    } else {
      await this.field("page.contact.name").fill(this.name);
      await this.field("page.contact.address").fill(this.address);
    }
    this.#isKnown = true;
    if (this.isProven) return await this.next();
    await this.proveHere(() => this.next());
    this.isProven = true;
  }

  /** From the content to the options. */
  async writeOn() {
    await this.arrive("page.content.title");
    await this.unseen(() => this.message({ subject: "Befund", text: "Vertraulich 🦷" }));
    await this.next();
    await this.arrive("page.options.title");
    await this.page.getByText(this.t("page.wait")).first().waitFor({ state: "detached" });
  }

  /** From the options to where it starts. */
  async start() {
    await this.next();
    await this.arrive("page.notification.title");
    await this.button("page.notification.start").click();
  }

  /** The same to the summary. */
  async startWell() {
    await this.start();
    await this.arrive("page.summary.title");
  }

  shownPassword() {
    return this.page.getByTestId("password-value").textContent();
  }

  /** @param {string} link @param {string} password */
  async openWith(link, password) {
    await this.page.goto(link);
    await this.page.locator("#open-password").fill(password);
    await this.next();
    await this.page.getByTestId("content").waitFor();
  }

  /** Waits until the link has opened by itself, and shows this. @param {string} link
   * @param {string} [text] */
  async opensItself(link, text = "Vertraulich 🦷") {
    await this.page.goto(link);
    await this.page.getByTestId("by-quick").waitFor();
    await this.page.getByText(text, { exact: true }).first().waitFor();
  }

  /** The offer to accept an invitation, in a stage. @param {string} stage */
  async offerIs(stage) {
    await this.page.locator(`[data-testid="invitation"][data-stage="${stage}"]`).waitFor();
  }

  async close() {
    assert.deepEqual(this.errors, []);
    await this.page.context().close();
  }
}

export { must, RecipientPages };
