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
 *   look?: (page: Page, state: string) => Promise<void> }} Who
 */

/** What a page may log: answers of the server that the page understands. */
const expected = /status of 4(01|03|04|09)/;

export class QuickPerson extends QuickPages {
  /** @param {Who} who */
  static async begin({ server, browser, name, address, options, look = async () => undefined }) {
    const page = await (await openProfile(browser, options)).newPage();
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

  async box() {
    this.#box ??= await mailbox(this.address);
    return this.#box;
  }

  async readCode() {
    return await (await mailbox(this.address)).nextCode();
  }

  /** The next mail with a link to a transfer, and the link. */
  async nextLink() {
    const box = await this.box();
    const mail = await box.next({ fits: ({ links }) => links.some((one) => one.includes("/r/")) });
    return { mail, link: transferLinkIn(mail) };
  }

  /** Has QUICK on a device elsewhere, and then in this browser, too. */
  async join() {
    const program = await QuickProgram.active(this.baseUrl, this.address);
    await this.prove(this.address);
    await this.is("elsewhere");
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

  /** From the start of Provide to its options, with a message. @param {string[]} to */
  async goToOptions(to) {
    await this.page.goto(`${this.baseUrl}/provide`);
    await this.fillContact();
    await this.arrive("page.recipients.title");
    await this.page.locator("#recipients-to").fill(to.join(", "));
    await this.button("page.next").click();
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
    const code = this.page.locator("#code");
    const next = this.page.locator("#recipients-to");
    // In German another button begins with the same word.
    await this.page.getByRole("button", { name: this.t("page.next"), exact: true }).click();
    this.#isKnown = true;
    await code.or(next).waitFor();
    if (await next.isVisible()) return;
    await code.fill(await this.readCode());
    await this.button("page.verify.verify").click();
  }

  /** From the content to the options. */
  async writeOn() {
    await this.arrive("page.content.title");
    await this.message({ subject: "Befund", text: "Vertraulich 🦷" });
    await this.button("page.next").click();
    await this.arrive("page.options.title");
    await this.page.getByText(this.t("page.wait")).first().waitFor({ state: "detached" });
  }

  /** From the options to where it starts. */
  async start() {
    await this.button("page.next").click();
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
    await this.button("page.next").click();
    await this.page.getByTestId("content").waitFor();
  }

  /** Waits until the link has opened by itself. @param {string} link */
  async opensItself(link) {
    await this.page.goto(link);
    await this.page.getByTestId("by-quick").waitFor();
    await this.page.getByTestId("message-text").waitFor();
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
