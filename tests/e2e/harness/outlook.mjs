// A model of Outlook on the web: one mail being written or read, what Office.js lets an add-in do
// with it, its limits and errors as Microsoft's documentation has them, and Send by the real mail
// system. Real Outlook it is not. Where a limit is named, the page that says so is named with it:
// (below https://learn.microsoft.com/)
//   [limits] office/dev/add-ins/outlook/
//            limits-for-activation-and-javascript-api-for-outlook-add-ins
//   [compose] javascript/api/outlook/office.messagecompose
//   [recipients] javascript/api/outlook/office.recipients
//   [subject] javascript/api/outlook/office.subject
//   [body] javascript/api/outlook/office.body
//   [session] javascript/api/outlook/office.sessiondata
//   [properties] javascript/api/outlook/office.customproperties
//   [label] javascript/api/outlook/office.sensitivitylabel
//   [headers] javascript/api/outlook/office.internetheaders
//   [content] javascript/api/outlook/office.attachmentcontent
//   [alerts] office/dev/add-ins/outlook/onmessagesend-onappointmentsend-events
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { newFolder } from "./files.mjs";
import { beOffice } from "./outlook-page.mjs";
import { output } from "./processes.mjs";
import { runContext } from "./run-context.mjs";

/** @typedef {{ displayName: string, emailAddress: string }} User */
/** @typedef {{ id: string, name: string, size: number, attachmentType: "file" | "cloud" | "item",
 *   isInline: boolean, content: Buffer }} Attachment */
/** @typedef {{ name: string, message: string, code: number }} Wrong */
/** @typedef {"to" | "cc" | "bcc"} Field */

/** @param {string} name @returns {never} */
function refuse(name) {
  throw Object.assign(new Error(name), { office: { name, message: name, code: 9000 } });
}

/** @param {string | User} one @returns {User} */
const userOf = (one) =>
  typeof one === "string" ? { displayName: one, emailAddress: one } : { ...one };

/** @param {string} html */
const plain = (html) =>
  html
    .replace(/<(style|head)[^]*?<\/\1>/g, "")
    .replace(/<(br|\/p|\/div|\/tr)[^>]*>/g, "\n")
    .replace(/<[^>]+>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

/** The mail in the window. */
export class Mail {
  /** @param {Partial<Mail>} [given] */
  constructor(given = {}) {
    /** @type {User} */
    this.from = { displayName: "", emailAddress: "" };
    /** @type {Record<Field, User[]>} */
    this.people = { to: [], cc: [], bcc: [] };
    this.subject = "";
    this.html = "";
    this.isPlainText = false;
    /** @type {Attachment[]} */
    this.attachments = [];
    /** @type {Map<string, string>} */
    this.session = new Map();
    /** Of our add-in. @type {Record<string, unknown>} */
    this.properties = {};
    this.label = "";
    /** Internet headers. @type {Record<string, string>} */
    this.headers = {};
    this.conversationId = randomUUID();
    Object.assign(this, given);
  }

  /** What a person sees of it. */
  seen() {
    const { people, subject, html, attachments } = this;
    const files = attachments.map(({ name, content }) => [name, content.length]);
    return structuredClone({ people, subject, html, files });
  }

  /** Outlook was quit; the draft is opened again. */
  reopen() {
    this.session.clear(); // [session] It is there while the mail's window is.
    for (const attachment of this.attachments) attachment.id = randomUUID();
  }

  /** @param {string} name @param {Buffer | string} content @param {Partial<Attachment>} [more] */
  attach(name, content, more = {}) {
    const bytes = Buffer.from(content);
    // [limits] 25 MB for all attachments in Outlook on the web.
    const sum = this.attachments.reduce((all, { size }) => all + size, bytes.length);
    if (sum > 25 * 1024 * 1024) throw new Error("Outlook on the web takes no more than 25 MB");
    /** @type {Attachment} */
    const attachment = {
      id: randomUUID(),
      name,
      size: bytes.length,
      attachmentType: "file",
      isInline: false,
      content: bytes,
      ...more,
    };
    this.attachments.push(attachment);
    return attachment;
  }
}

/** How many calls may run at once. [limits] */
const atOnceMax = 3;

export class Outlook {
  /**
   * @param {{ base: string, address: string, name: string, mail: Mail,
   *   mode?: "compose" | "read", language?: string, theme?: string, mailbox?: string }} of
   */
  constructor({ mode = "compose", language = "en-US", theme = "", mailbox = "1.15", ...of }) {
    this.of = { mode, language, theme, mailbox, ...of };
    this.mail = of.mail;
    if (mode === "compose") {
      this.mail.from = { displayName: of.name, emailAddress: of.address };
    }
    /** @type {Record<string, unknown>} */
    this.roaming = {};
    /** The calls so far. @type {string[]} */
    this.calls = [];
    this.running = 0;
    /** What happens to a call, by its number from 1. @type {Map<number, "fails" | "hangs">} */
    this.fate = new Map();
    /** The same by its name. @type {(call: string) => "fails" | "hangs" | undefined} */
    this.fateOf = () => undefined;
    /** What a new page is prepared with. @param {import("playwright-core").Page} _page */
    this.prepare = async (_page) => undefined;
    /** The name of calls that never answer. */
    this.stalled = "";
    /** Calls that do what they are asked to and never say so.
     * @type {(call: string, args: any[]) => boolean} */
    this.isMute = () => false;
    /** The name of calls that fail. */
    this.failing = "";
    /** What has left by Outlook's own Send. @type {string[]} */
    this.left = [];
    /** What a reply window was opened for. */
    this.replies = 0;
  }

  /** Lets calls from now on be the first, second and so on. */
  recount() {
    this.calls = [];
    this.fate.clear();
  }

  /**
   * Opens a pane as Outlook on the web does: in a frame of a page of another origin.
   * @param {import("playwright-core").BrowserContext} context
   * @param {"send" | "message" | "settings" | "transfers"} name @param {string} origin
   */
  async frame(context, name, origin) {
    const page = await this.#page(context);
    const src = `${this.of.base}/outlook/${name}.html?_host_Info=Outlook$Web$16.01`;
    const style = "border: 0; width: 320px; height: 700px";
    await page.route(`${origin}/**`, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<!doctype html><title>Webmail</title><iframe style="${style}" src="${src}">`,
      }),
    );
    await page.goto(`${origin}/mail/`);
    return page;
  }

  /**
   * Opens a pane, as the button in the ribbon does.
   * @param {import("playwright-core").BrowserContext} context
   * @param {"send" | "message" | "settings" | "transfers"} name
   */
  async open(context, name) {
    const page = await this.#page(context);
    await page.goto(`${this.of.base}/outlook/${name}.html?_host_Info=Outlook$Web$16.01`);
    return page;
  }

  /** @param {import("playwright-core").BrowserContext} context */
  async #page(context) {
    const page = await context.newPage();
    await page.exposeFunction(
      "outlookModel",
      (/** @type {string} */ call, /** @type {any[]} */ args) => this.#answer(call, args),
    );
    const { address, name, language, mailbox, theme, mode } = this.of;
    const told = { address, name, language, mailbox, theme, mode, roaming: this.roaming };
    const whole = { ...told, conversationId: this.mail.conversationId };
    await page.route("https://appsforoffice.microsoft.com/**", (route) =>
      route.fulfill({
        contentType: "text/javascript",
        body: `(${beOffice})(${JSON.stringify(whole)});`,
      }),
    );
    await this.prepare(page);
    return page;
  }

  /** @param {string} call @param {any[]} args */
  async #answer(call, args) {
    this.calls.push(call);
    const fate = this.fate.get(this.calls.length) ?? this.fateOf(call);
    if (fate === "hangs" || this.stalled === call) return undefined;
    this.running += 1;
    try {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (fate === "fails" || this.failing === call) refuse("InternalServerError");
      if (this.running > atOnceMax) refuse("TooManyAsyncCalls");
      const value = this.#perform(call, args);
      return this.isMute(call, args) ? undefined : { value };
    } catch (error) {
      const { office } = /** @type {{ office?: Wrong }} */ (error);
      if (!office) throw error;
      return { error: office };
    } finally {
      this.running -= 1;
    }
  }

  /** @param {string} call @param {any[]} args @returns {unknown} */
  #perform(call, args) {
    const [field, way] = call.split(".");
    if (field === "to" || field === "cc" || field === "bcc") {
      return this.#recipients(field, way ?? "", args[0]);
    }
    const { mail } = this;
    switch (call) {
      case "onReady":
        return undefined;
      case "from.getAsync":
        return mail.from;
      case "subject.getAsync":
        return mail.subject;
      case "subject.setAsync":
        // [subject] DataExceedsMaximumSize: more than 255 characters.
        if (args[0].length > 255) refuse("DataExceedsMaximumSize");
        mail.subject = args[0];
        return undefined;
      case "body.getTypeAsync":
        return mail.isPlainText ? "text" : "html";
      case "body.getAsync":
        if (mail.isPlainText) return mail.html;
        return args[0] === "html" ? mail.html : plain(mail.html);
      case "body.setAsync":
        return this.#setBody(args[0], args[1]?.coercionType);
      case "sensitivityLabel.getAsync":
        // [label] From Mailbox 1.13 on; an Outlook before has no such object at all.
        return this.of.mailbox === "1.12" ? refuse("NotSupported") : mail.label;
      case "internetHeaders.getAsync":
        // [headers] A header that isn't available isn't in the answer.
        return Object.fromEntries(
          Object.entries(mail.headers).filter(([name]) => args[0].includes(name)),
        );
      case "displayReplyFormAsync":
        this.replies += 1;
        return undefined;
      case "loadCustomPropertiesAsync":
        return mail.properties;
      case "customProperties.saveAsync":
        // [properties] 2500 characters as JSON.
        if (JSON.stringify(args[0]).length > 2500) refuse("DataExceedsMaximumSize");
        mail.properties = args[0];
        return undefined;
      case "roamingSettings.saveAsync":
        // [limits] 32 KB of all settings.
        if (JSON.stringify(args[0]).length > 32 * 1024) refuse("DataExceedsMaximumSize");
        this.roaming = args[0];
        return undefined;
      default:
        return field === "sessionData"
          ? this.#session(way ?? "", args)
          : this.#attached(call, args);
    }
  }

  /** @param {Field} field @param {string} way @param {(string | User)[]} given */
  #recipients(field, way, given) {
    const { people } = this.mail;
    // [recipients] Outlook on the web tells 1,000 of a field.
    if (way === "getAsync") return people[field].slice(0, 1000);
    // [recipients] NumberOfRecipientsExceeded: more than 100 at a time.
    if (given.length > 100) refuse("NumberOfRecipientsExceeded");
    const kept = way === "addAsync" ? people[field] : [];
    people[field] = [...kept, ...given.map(userOf)];
    return undefined;
  }

  /** @param {string} text @param {string} kind */
  #setBody(text, kind) {
    const { mail } = this;
    // [body] DataExceedsMaximumSize: more than 1,000,000 characters.
    if (text.length > 1_000_000) refuse("DataExceedsMaximumSize");
    // [body] InvalidFormatError: HTML for a body of plain text.
    if (mail.isPlainText && kind === "html") refuse("InvalidFormatError");
    mail.html = text;
    // An inline attachment is there as long as the body shows it. [compose]
    mail.attachments = mail.attachments.filter(
      ({ isInline, name }) => !isInline || text.includes(`cid:${name}`),
    );
    return undefined;
  }

  /** @param {string} way @param {any[]} args */
  #session(way, [name, value]) {
    const { session } = this.mail;
    if (way === "getAllAsync") return Object.fromEntries(session);
    if (way === "removeAsync") session.delete(name);
    if (way === "setAsync") {
      const others = [...session]
        .filter(([key]) => key !== name)
        .flat()
        .join("");
      // [limits] 50,000 characters of an add-in for a mail.
      if (others.length + name.length + value.length > 50_000) refuse("DataExceedsMaximumSize");
      session.set(name, value);
    }
    return undefined;
  }

  /** @param {string} call @param {any[]} args */
  #attached(call, args) {
    const { mail } = this;
    if (call === "getAttachmentsAsync") {
      return mail.attachments.map(({ content: _, ...told }) => told);
    }
    if (call === "addFileAttachmentFromBase64Async") {
      // [limits] 27,892,122 characters.
      if (args[0].length > 27_892_122) refuse("AttachmentSizeExceeded");
      return mail.attach(args[1], Buffer.from(args[0], "base64")).id;
    }
    const attachment = mail.attachments.find(({ id }) => id === args[0]);
    // [compose] InvalidAttachmentId: The attachment identifier does not exist.
    if (!attachment) return refuse("InvalidAttachmentId");
    if (call === "removeAttachmentAsync") {
      // [compose] It doesn't remove inline attachments.
      if (attachment.isInline) return undefined;
      mail.attachments = mail.attachments.filter((one) => one !== attachment);
      return undefined;
    }
    // [content] A link where the file lies in the cloud, else its bytes.
    if (attachment.attachmentType === "cloud") {
      return { content: "https://cloud.example.org/file", format: "url" };
    }
    return { content: attachment.content.toString("base64"), format: "base64" };
  }

  /**
   * The person presses Outlook's own Send: the alert looks first. What it said where it held the
   * mail back; undefined where the mail has left.
   * @param {import("playwright-core").BrowserContext} context
   * @param {{ anyway?: boolean }} [options] the person presses "Send Anyway" where that is there
   * @returns {Promise<{ errorMessage?: string, sendModeOverride?: string } | undefined>}
   */
  async send(context, { anyway = false } = {}) {
    const all = Object.values(this.mail.people).flat();
    if (all.length === 0) return { errorMessage: "Outlook: at least one recipient" };
    const page = await this.#page(context);
    await page.goto(`${this.of.base}/outlook/launch.html`);
    const told = await page.evaluate(() =>
      /** @type {any} */ (globalThis).outlookWakes("onMessageSend"),
    );
    await page.close();
    // [alerts] "Send Anyway" is there for promptUser alone.
    const may = told.allowEvent || (anyway && told.sendModeOverride === "promptUser");
    if (!may) return told;
    await this.#post(all.map(({ emailAddress }) => emailAddress));
    return undefined;
  }

  /** @param {string[]} addresses */
  async #post(addresses) {
    const { mail, of } = this;
    const folder = await newFolder("outlook-sent");
    const border = randomUUID();
    const parts = [
      part("text/plain", plain(mail.html.replace(/<a [^>]*href="([^"]+)"[^>]*>/g, "$1 "))),
      part(mail.isPlainText ? "text/plain" : "text/html", mail.html),
      ...mail.attachments.map(
        ({ name, content }) =>
          `Content-Type: application/octet-stream\r\nContent-Disposition: attachment;` +
          ` filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines(content)}`,
      ),
    ];
    const text = [
      `From: ${of.name} <${of.address}>`,
      `To: ${mail.people.to.map(({ emailAddress }) => emailAddress).join(", ")}`,
      `Subject: =?utf-8?B?${Buffer.from(mail.subject).toString("base64")}?=`,
      `Message-ID: <${randomUUID()}@outlook.example>`,
      `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
      "MIME-Version: 1.0",
      `Content-Type: multipart/mixed; boundary="${border}"`,
      "",
      ...parts.map((part) => `--${border}\r\n${part}`),
      `--${border}--`,
      "",
    ].join("\r\n");
    const file = path.join(folder, "mail.eml");
    await writeFile(file, text);
    const { mail: system } = await runContext();
    const { smtpPort, user, password, certificate } = system;
    const server = ["--url", `smtp://localhost:${smtpPort}`, "--ssl-reqd", "--cacert", certificate];
    const people = addresses.flatMap((one) => ["--mail-rcpt", one]);
    const login = ["--user", `${user}:${password}`, "--mail-from", of.address];
    await output(["curl", "-sS", "-4", ...server, ...login, ...people, "--upload-file", file]);
    this.left.push(`${mail.subject}\n${mail.html}\n${mail.attachments.map(({ name }) => name)}`);
    mail.people = { to: [], cc: [], bcc: [] }; // its window is gone
  }
}

/** @param {string} type @param {string} text */
const part = (type, text) =>
  `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines(text)}`;

/** @param {string | Buffer} content */
const lines = (content) => Buffer.from(content).toString("base64").replace(/.{76}/g, "$&\r\n");
