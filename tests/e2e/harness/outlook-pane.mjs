// What a person does in the panes of the add-in for Outlook.
import { newFolder } from "./files.mjs";
import { CommandLine } from "./command-line.mjs";
import { launchChromium, openProfile, Visits } from "./browser.mjs";
import { Couvertd } from "./couvertd.mjs";
import { Mail, Outlook } from "./outlook.mjs";
import { mailbox } from "./run-context.mjs";
import { writeFile } from "node:fs/promises";
import path from "node:path";

/** @typedef {import("playwright-core").Page} Page */

export const paneSize = { width: 320, height: 700 };
export const secretText = "Only for Bert: the plan of the vault, as agreed.";

export const user = (/** @type {string} */ emailAddress) => ({
  displayName: emailAddress,
  emailAddress,
});

/** @param {import("./mailbox.mjs").Mail} mail */
export const hasLink = (mail) => mail.links.some((link) => /\/r\/[a-z2-7]{26}/.test(link));

/** @param {Page} page */
export const ready = (page) => page.locator("[data-testid=done][data-ready=true]").waitFor();

/** @param {Page} page */
export const uploaded = (page) =>
  page.locator("main[data-stage=form][data-complete=true]").waitFor();

/** As a person does, who is told to wait a moment and then presses again. @param {Page} page */
export async function press(page) {
  const waits = page.locator("main[data-stage=form][data-lack=files]");
  do {
    await page.getByTestId("send").click();
    await page.locator("main:not([data-stage=sending])").waitFor();
  } while (await waits.isVisible());
}

/** Anna, who has Outlook, and to whom she writes, with a server of theirs. */
export class Office {
  /** @param {string} name of the run, and in the addresses */
  constructor(name) {
    this.name = name;
    this.sender = `${name}-anna@example.org`;
    this.recipient = `${name}-bert@example.com`;
    this.other = `${name}-carl@example.net`;
    this.visits = new Visits();
    /** @type {import("./mailbox.mjs").Mailbox | undefined} */
    this.codes = undefined;
    /** @type {Couvertd} */
    this.server = /** @type {any} */ (undefined);
    /** @type {import("playwright-core").Browser} */
    this.browser = /** @type {any} */ (undefined);
    /** @type {import("playwright-core").BrowserContext} */
    this.profile = /** @type {any} */ (undefined);
  }

  /** @param {Record<string, string>} [outlook] more of its part of the configuration
   * @param {{ flags?: string[], env?: Record<string, string> }} [more] flags of Chromium */
  async start(outlook = {}, { flags = [], env } = {}) {
    const config = {
      limits: { client_mail: "true", transfer_bytes_max: String(40 * 1024 * 1024) },
      outlook: { enabled: "true", ...outlook },
    };
    this.server = await Couvertd.start({ name: this.name, config, ...(env && { env }) });
    this.browser = await launchChromium(...flags);
    this.profile = await openProfile(this.browser, { language: "en-US", viewport: paneSize });
  }

  async stop() {
    await this.browser?.close();
    await this.server?.stop();
    this.visits.print();
    if (this.visits.findings.length > 0) throw new Error(this.visits.findings.join("\n"));
  }

  /** A mail from Anna to Bert. @param {Partial<Mail>} [more] */
  written(more) {
    return new Mail({
      people: { to: [user(this.recipient)], cc: [], bcc: [] },
      subject: "Vertraulich: Prüfung",
      html: `<html><body><p>${secretText}</p></body></html>`,
      ...more,
    });
  }

  /** @param {Mail} mail @param {Partial<Outlook["of"]>} [more] */
  outlook(mail, more) {
    const base = this.server.baseUrl;
    return new Outlook({ base, address: this.sender, name: "Anna Arendt", mail, ...more });
  }

  /** @param {Page} page */
  async verified(page) {
    const form = page.locator("main[data-stage=form]");
    const verify = page.getByTestId("verify");
    await form.or(verify).waitFor();
    if (await form.isVisible()) return;
    this.codes ??= await mailbox(this.sender); // each code once
    await page.locator("#code").fill(await this.codes.nextCode());
    await page.locator("[data-testid=verify] button[type=submit]").click();
    await form.waitFor();
  }

  /** Opens the pane of a mail up to its form. @param {Mail} mail */
  async begin(mail) {
    const outlook = this.outlook(mail);
    const page = await outlook.open(this.profile, "send");
    await this.verified(page);
    return { outlook, page };
  }

  /** What came of a link, in a new folder. @param {string} link @param {string} password */
  async retrieve(link, password) {
    const out = await newFolder("outlook-out");
    const bert = await CommandLine.create(this.server.baseUrl);
    const file = path.join(bert.home, "password");
    await writeFile(file, password, { mode: 0o600 });
    const got = await bert.json(["retrieve", link, "--password-file", file, "--out", out]);
    return { out, text: JSON.stringify(got) };
  }
}
