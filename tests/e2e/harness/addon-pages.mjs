// The add-on's own pages in Chromium, for looks alone: axe-core, languages, widths and keys are
// judged there. What they do is tested in Thunderbird itself; here its objects answer the least.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./run-context.mjs";

const built = path.join(root, "web/thunderbird/dist/addon");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/**
 * @typedef {object} Told
 * @property {string} language
 * @property {string} address
 * @property {string[]} to
 * @property {[string, number][]} attachments names and sizes
 * @property {string} [name] of who writes
 * @property {string} [subject]
 * @property {string} [text]
 * @property {string} shown the text of the mail that is read
 * @property {object} kept what the add-on has in its storage, at first
 * @property {object} session the same in memory
 */

/** What stands in for Thunderbird; sent there as text. @param {Told} told */
function beThunderbird(told) {
  const area = (/** @type {string} */ name, /** @type {any} */ first) => {
    // What the page keeps counts more than what was there at first.
    const all = () => ({ ...first, ...JSON.parse(localStorage.getItem(name) ?? "{}") });
    return {
      get: async (/** @type {any} */ wanted) =>
        typeof wanted === "string" ? { [wanted]: all()[wanted] } : { ...wanted, ...all() },
      set: async (/** @type {any} */ more) =>
        localStorage.setItem(name, JSON.stringify({ ...all(), ...more })),
      onChanged: { addListener: () => undefined },
    };
  };
  const event = { addListener: () => undefined, removeListener: () => undefined };
  const nothing = async () => undefined;
  const name = told.name ?? "Anna Adler";
  const identity = { id: "id1", email: told.address, name, accountId: "account1" };
  const file = ([name, size] = ["", 0]) => new File([new Uint8Array(size)], name);
  Object.assign(globalThis, {
    messenger: {
      i18n: { getUILanguage: () => told.language },
      storage: {
        local: area("local", told.kept),
        session: area("session", told.session),
        managed: { get: () => Promise.reject(new Error("no policy")) },
      },
      permissions: { contains: async () => true, request: async () => true },
      accounts: { list: async () => [{ identities: [identity] }] },
      identities: { get: async () => identity },
      runtime: { onMessage: event, getPlatformInfo: nothing, getURL: (/** @type {any} */ p) => p },
      extension: { getViews: () => [] },
      windows: { openDefaultBrowser: nothing, getCurrent: async () => ({}), create: nothing },
      cloudFile: { getAllAccounts: async () => [] },
      messengerUtilities: {
        parseMailboxString: async (/** @type {string} */ email) => [{ email }],
      },
      messages: {
        onNewMailReceived: event,
        query: async () => ({ messages: [] }),
        listInlineTextParts: async () => [{ contentType: "text/plain", content: told.shown }],
        move: nothing,
      },
      folders: { query: async () => [{ id: "sent" }] },
      downloads: {
        download: async () => 1,
        search: async () => [{ state: "complete", fileSize: told.attachments[0]?.[1] }],
      },
      tabs: { remove: nothing },
      compose: {
        getComposeDetails: async () => ({
          to: told.to,
          subject: told.subject ?? "Befund",
          plainTextBody: told.text ?? "Guten Tag",
          identityId: "id1",
          body: "",
        }),
        listAttachments: async () =>
          told.attachments.map(([name, size], at) => ({ id: at + 1, name, size })),
        getAttachmentFile: async (/** @type {number} */ id) => file(told.attachments[id - 1]),
        removeAttachment: nothing,
        setComposeDetails: nothing,
        beginNew: async () => ({ id: 9 }),
        sendMessage: async () => ({ mode: "sendNow" }),
        saveMessage: async () => ({ messages: [{ id: 1 }] }),
      },
    },
  });
}

/**
 * Opens a page of the add-on as if it were the server's own, for which a browser asks nobody.
 * @param {import("playwright-core").BrowserContext} profile @param {string} baseUrl
 * @param {string} name @param {Told} told
 */
export async function openAddonPage(profile, baseUrl, name, told) {
  const page = await profile.newPage();
  await page.addInitScript(beThunderbird, told);
  await page.route(`${baseUrl}/addon/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = path.join(built, pathname.slice("/addon/".length));
    const contentType = types[/** @type {keyof types} */ (path.extname(file))] ?? "image/svg+xml";
    await route.fulfill({ body: await readFile(file), contentType });
  });
  await page.goto(`${baseUrl}/addon/${name}`);
  return page;
}
