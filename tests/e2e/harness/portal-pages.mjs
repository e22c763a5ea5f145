// The portal as a person walks it: finds everything by the words of the visitor's language.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { keptWhole } from "../../../web/ui/texts.ts";
import { wantedLook } from "./browser.mjs";
import { waitUntil } from "./processes.mjs";
import { root } from "./run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {"generate" | "manual" | "none"} PasswordMode */
/** @typedef {(state: string) => Promise<void>} Look */
/** @typedef {{ name: string, mimeType: string, buffer: Buffer }} SentFile */

/** The texts of one language. @param {string} language
 * @returns {Promise<Record<string, string>>} */
export async function catalogue(language) {
  return JSON.parse(await readFile(path.join(root, `locales/${language}.json`), "utf8"));
}

/** The texts that a profile's pages show. @param {string} language */
export async function words(language) {
  const texts = Object.entries(await catalogue(wantedLook().language ?? language));
  const shown = texts.map(([key, text]) => [key, key.startsWith("page.") ? keptWhole(text) : text]);
  return Object.fromEntries(shown);
}

/** A text whose values are unknown, as a pattern. @param {string} text */
export function pattern(text) {
  const parts = text.split(/\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/);
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*"));
}

class Pages {
  /** @param {Page} page @param {Record<string, string>} texts @param {Look} look */
  constructor(page, texts, look) {
    this.page = page;
    this.texts = texts;
    this.look = look;
  }

  /** @param {string} key */
  t(key) {
    if (this.texts[key] === undefined) throw new Error(`no text ${key}`);
    return this.texts[key];
  }

  /** @param {string} key */
  button(key) {
    return this.page.getByRole("button", { name: pattern(this.t(key)) }).first();
  }

  /** @param {string} key */
  field(key) {
    return this.page.getByLabel(this.t(key), { exact: true }).first();
  }

  /** Waits for a page's heading. @param {string} key */
  async arrive(key) {
    const heading = this.page.getByRole("heading", { level: 1, name: pattern(this.t(key)) });
    await heading.waitFor();
  }
}

/** The sender's way. */
export class SenderPages extends Pages {
  /** @param {{ name: string, phone: string, address: string }} person */
  async contact({ name, phone, address }) {
    await this.arrive("page.contact.title");
    await this.look("contact");
    await this.button("page.next").click();
    await this.page.getByText(this.t("page.contact.name_missing")).waitFor();
    await this.look("contact-missing");
    await this.field("page.contact.name").fill(name);
    await this.field("page.contact.phone_optional").fill(phone);
    await this.field("page.contact.address").fill(address);
    await this.button("page.next").click();
  }

  /** @param {() => Promise<string>} readCode */
  async verify(readCode) {
    await this.arrive("page.verify.title");
    const code = await readCode();
    await this.look("verify");
    const field = this.field("page.verify.code");
    await field.fill("aaaaaaaaaa");
    await this.button("page.verify.verify").click();
    await this.page.getByText(this.t("page.error.verify.wrong_code")).waitFor();
    await this.look("verify-wrong");
    await field.fill(` ${code} `);
    await this.button("page.verify.verify").click();
  }

  /** The short way to where files are chosen, for tests that are about something else.
   * @param {{ name: string, address: string, to: string, readCode: () => Promise<string> }} who */
  async goToContent({ name, address, to, readCode }) {
    await this.arrive("page.contact.title");
    await this.field("page.contact.name").fill(name);
    await this.field("page.contact.address").fill(address);
    await this.button("page.next").click();
    await this.arrive("page.verify.title");
    await this.field("page.verify.code").fill(await readCode());
    await this.button("page.verify.verify").click();
    await this.#chooseRecipient(to);
  }

  /** The same for a sender whom this browser knows. @param {string} to */
  async goOnToContent(to) {
    await this.arrive("page.contact.title");
    await this.button("page.next").click();
    await this.#chooseRecipient(to);
  }

  /** @param {string} to */
  async #chooseRecipient(to) {
    await this.arrive("page.recipients.title");
    await this.page.locator("#recipients-to").fill(to);
    await this.button("page.next").click();
    await this.arrive("page.content.title");
  }

  /** From the files to where Start transfer is pressed; the password, if there is one.
   * @param {PasswordMode} mode */
  async goToNotification(mode) {
    await this.button("page.next").click();
    await this.arrive("page.options.title");
    await this.page.locator(`input[name="password-mode"][value="${mode}"]`).check();
    const shown =
      mode === "generate" && (await this.page.getByTestId("password-value").textContent());
    await this.button("page.next").click();
    await this.arrive("page.notification.title");
    await this.mailPage();
    return shown || "";
  }

  /** Takes all marked addresses out by the one click that is offered. */
  async removeWrong() {
    const list = this.page.getByTestId("refused");
    await list.waitFor();
    await list.locator("xpath=following-sibling::p//button").click();
  }

  /** @param {{ to: string, cc: string, bcc: string, refused: string }} people */
  async recipients({ to, cc, bcc, refused }) {
    await this.arrive("page.recipients.title");
    await this.look("recipients");
    await this.page.locator("#recipients-to").fill(`"Bert, der Zweite" <${to}>; falsch`);
    for (const kind of ["cc", "bcc"]) {
      const name = pattern(this.t("page.recipients.open"));
      await this.page.getByRole("button", { name }).first().click();
      await this.page.locator(`#recipients-${kind}`).fill(kind === "cc" ? cc : bcc);
    }
    await this.button("page.next").click();
    await this.page.getByTestId("refused").waitFor();
    await this.look("recipients-malformed");
    await this.removeWrong();
    await this.page.locator("#recipients-to").fill(refused);
    await this.button("page.next").click();
    await this.page.getByTestId("refused").getByText(refused).waitFor();
    await this.look("recipients-refused");
    await this.removeWrong();
    await this.button("page.next").click();
  }

  /** Edit, write, Save. @param {{ subject?: string, text: string }} message */
  async message({ subject = "", text }) {
    await this.button("page.edit").click();
    await this.field("page.message.subject").fill(subject);
    await this.field("page.message.text").fill(text);
    await this.look("content-message");
    await this.button("page.save").click();
    await this.page.getByTestId("written-text").waitFor();
  }

  /** @param {{ subject: string, text: string, files: SentFile[] }} content */
  async content({ subject, text, files }) {
    await this.arrive("page.content.title");
    await this.look("content");
    await this.button("page.next").click();
    await this.page.getByText(this.t("page.content.empty")).waitFor();
    await this.look("content-empty");
    await this.message({ subject, text });
    await this.page.getByTestId("file-input").setInputFiles(files);
    const done = this.page.locator('[data-testid="file-row"][data-state="done"]');
    await done.nth(files.length - 1).waitFor({ timeout: 60_000 });
    await this.look("content-filled");
    await this.button("page.next").click();
  }

  /** The password that the recipients need, if any. @param {PasswordMode} mode
   * @param {string} own @param {string} language */
  async options(mode, own, language) {
    await this.arrive("page.options.title");
    await this.page.locator("#recipient-language").selectOption(language);
    for (const key of ["notify_delivery", "notify_download", "show_file_names"]) {
      await this.page
        .getByText(this.t(`page.options.${key}`))
        .first()
        .click();
    }
    await this.page.locator(`input[name="password-mode"][value="${mode}"]`).check();
    await this.look(`options-${mode}`);
    let password = "";
    if (mode === "generate") {
      password = (await this.page.getByTestId("password-value").textContent()) ?? "";
    }
    if (mode === "manual") {
      await this.page.locator("#password").fill("kurz");
      await this.page.locator("#password-again").fill("anders");
      await this.button("page.next").click();
      await this.page.getByText(this.t("page.password.differ")).waitFor();
      await this.look("options-weak");
      await this.page.locator("#password").fill(own);
      await this.page.locator("#password-again").fill(own);
      password = own;
    }
    await this.button("page.next").click();
    return password;
  }

  /** Waits for the recipients' mail in its frame; one that the browser refuses has another URL. */
  async mailPage() {
    await this.page.getByTestId("notification-page").waitFor();
    await waitUntil("the mail is shown", () =>
      this.page.frames().some((frame) => frame.url().endsWith("/api/v1/notification/page")),
    );
  }

  async notification() {
    await this.arrive("page.notification.title");
    await this.mailPage();
    await this.page.getByText(this.t("page.notification.plain")).click();
    await this.page.getByTestId("notification-text").waitFor();
    await this.look("notification");
    await this.button("page.edit").click();
    await this.page.locator("#notification-subject").fill("Mein Betreff");
    await this.look("notification-edit");
    await this.button("page.save").click();
    await this.page.getByTestId("notification-subject").getByText("Mein Betreff").waitFor();
    await this.button("page.notification.start").click();
  }

  async summary() {
    await this.arrive("page.summary.title");
    await this.page.locator('[data-testid="delivery"][data-state="handed_over"]').first().waitFor();
    await this.look("summary");
    return ((await this.page.getByTestId("tracking-id").textContent()) ?? "").replace(/\s/g, "");
  }
}

/** The recipient's way. */
export class RecipientPages extends Pages {
  /** @param {string} password empty where the link opens the transfer */
  async open(password) {
    await this.arrive("page.open.title");
    await this.look(password ? "open-password" : "open-link");
    if (password) {
      await this.page.locator("#open-password").fill("Anders, 8 Hufe");
      await this.button("page.next").click();
      await this.page.getByText(this.t("page.error.open.wrong_password")).waitFor();
      await this.look("open-wrong");
      await this.page.locator("#open-password").fill(password);
    }
    await this.button("page.next").click();
    await this.page.getByTestId("content").waitFor();
  }

  /** Where too many wrong passwords came before: by a code from the mailbox, then the password.
   * @param {string} password @param {() => Promise<string>} readCode */
  async proveMailbox(password, readCode) {
    await this.arrive("page.open.title");
    await this.page.locator("#open-password").fill(password);
    await this.button("page.next").click();
    await this.arrive("page.mailbox.title");
    await this.look("mailbox");
    await this.button("page.mailbox.request").click();
    await this.page.getByText(this.t("page.mailbox.mailed")).waitFor();
    await this.look("mailbox-mailed");
    const code = await readCode();
    await this.page.locator("#code").fill("aaaaaaaaaa");
    await this.button("page.verify.verify").click();
    await this.page.getByText(this.t("page.error.verify.wrong_code")).waitFor();
    await this.look("mailbox-wrong");
    await this.page.locator("#code").fill(code);
    await this.button("page.verify.verify").click();
    await this.page.getByText(this.t("page.mailbox.proven")).waitFor();
    await this.look("mailbox-proven");
    await this.button("page.next").click();
    await this.page.getByTestId("content").waitFor();
    return code;
  }

  /** Clicks and gives the file that came. @param {import("playwright-core").Locator} link */
  async download(link) {
    const [download] = await Promise.all([this.page.waitForEvent("download"), link.click()]);
    const file = await download.path();
    return { name: download.suggestedFilename(), file };
  }

  /** @param {string} name */
  saveLink(name) {
    const label = this.t("page.received.save_name").replace("{name}", name);
    return this.page.getByRole("link", { name: label, exact: true });
  }

  zipLink() {
    return this.page.locator("a[download]", { hasText: "ZIP" });
  }
}
