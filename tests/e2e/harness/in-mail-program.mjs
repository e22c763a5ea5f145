// What runs inside of Thunderbird, sent there as text: with its globals, not with those of Node.
// Each function stands for itself: it reaches none of the others.
// eslint-disable-next-line @typescript-eslint/ban-ts-comment
// @ts-nocheck for that reason
/* global Services, ChromeUtils, Cc, Ci, Cu */

/** Passwords and the mail server's certificate, which it has signed itself. */
export async function introduce({ addresses, password, certificate, smtpPort }) {
  const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
  const overrides = Cc["@mozilla.org/security/certoverride;1"].getService(
    Ci.nsICertOverrideService,
  );
  const own = database.constructX509FromBase64(certificate);
  overrides.rememberValidityOverride("localhost", smtpPort, {}, own, false);
  for (const origin of ["imap://localhost", "smtp://localhost"]) {
    for (const address of addresses) {
      const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
      login.init(origin, null, origin, address, password, "", "");
      const isKnown = (await Services.logins.searchLoginsAsync({ origin })).some(
        ({ username }) => username === address,
      );
      if (!isKnown) await Services.logins.addLoginAsync(login);
    }
  }
}

/** Agrees to a certificate for one more host. */
export function trust({ host, certificate }) {
  const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
  const overrides = Cc["@mozilla.org/security/certoverride;1"].getService(
    Ci.nsICertOverrideService,
  );
  const own = database.constructX509FromBase64(certificate);
  overrides.rememberValidityOverride(host, 443, {}, own, false);
}

/** Opens a page of the add-on in a tab. */
export function open({ id, page }) {
  const { WebExtensionPolicy } = Cu.getGlobalForObject(Services);
  const { extension } = WebExtensionPolicy.getByID(id);
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  main.document.getElementById("tabmail").openTab("contentTab", {
    url: extension.baseURI.resolve(page),
    principal: extension.principal,
    initialBrowsingContextGroupId: extension.policy.browsingContextGroupId,
  });
}

/** The text of the newest mail with this subject, in a folder of a kind, and its attachments. */
export async function mailIn({ address, flag, subject }) {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const { MsgHdrToMimeMessage } = ChromeUtils.importESModule(
    "resource:///modules/gloda/MimeMessage.sys.mjs",
  );
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  const account = MailServices.accounts.accounts.find(({ identities }) =>
    identities.some(({ email }) => email === address),
  );
  for (let tries = 100; tries > 0; tries--) {
    const { rootFolder } = account.incomingServer;
    const marked = rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags[flag]);
    // A folder that was just made is not marked yet.
    const named = flag === "SentMail" && rootFolder.subFolders.find(({ name }) => name === "Sent");
    const folder = marked ?? named;
    const found = [...(folder?.messages ?? [])].findLast(
      (one) => one.mime2DecodedSubject === subject,
    );
    if (found) {
      const mime = await new Promise((resolve) =>
        MsgHdrToMimeMessage(found, null, (_, message) => resolve(message), true),
      );
      return {
        from: found.mime2DecodedAuthor,
        text: mime.coerceBodyToPlaintext(folder),
        attachments: mime.allUserAttachments.map(({ name }) => name),
      };
    }
    await new Promise((resolve) => main.setTimeout(resolve, 100));
  }
  throw new Error(`no mail ${subject} of ${address} in ${flag}`);
}

/** Whether the add-on with this ID runs. */
export function isThere({ id }) {
  const { WebExtensionPolicy } = Cu.getGlobalForObject(Services);
  return WebExtensionPolicy.getByID(id)?.active === true;
}

/** Looks for new mails, once; from then on the server tells of them. */
export function fetchMails() {
  const window = Services.wm.getMostRecentWindow("mail:3pane");
  window.GetMessagesForAllAuthenticatedAccounts?.();
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  for (const { incomingServer } of MailServices.accounts.accounts) {
    if (incomingServer.type !== "imap") continue;
    const { rootFolder } = incomingServer;
    const inbox = rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
    (inbox ?? rootFolder).getNewMessages(window.msgWindow, null);
  }
}

/** Opens a mail to be written, as if somebody had filled it in. */
export async function compose({ to, cc, subject, body, files, identity }) {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(
    Ci.nsIMsgCompFields,
  );
  Object.assign(fields, { to, cc: cc ?? "", subject, body: body ?? "" });
  for (const path of files ?? []) {
    const local = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
    local.initWithPath(path);
    const attachment = Cc["@mozilla.org/messengercompose/attachment;1"].createInstance(
      Ci.nsIMsgAttachment,
    );
    attachment.url = Services.io.newFileURI(local).spec;
    attachment.name = local.leafName;
    attachment.size = local.fileSize;
    fields.addAttachment(attachment);
  }
  const parameters = Cc["@mozilla.org/messengercompose/composeparams;1"].createInstance(
    Ci.nsIMsgComposeParams,
  );
  parameters.composeFields = fields;
  if (identity) {
    parameters.identity = MailServices.accounts.allIdentities.find(
      ({ email }) => email === identity,
    );
  }
  parameters.type = Ci.nsIMsgCompType.New;
  parameters.format = Ci.nsIMsgCompFormat.HTML;
  MailServices.compose.OpenComposeWindowWithParams(null, parameters);
  for (let tries = 200; tries > 0; tries--) {
    const window = Services.wm.getMostRecentWindow("msgcompose");
    if (
      window?.gMsgCompose &&
      window.ToolbarButtonReady !== false &&
      window.gWindowLocked === false
    ) {
      await new Promise((resolve) => main.setTimeout(resolve, 500));
      return true;
    }
    await new Promise((resolve) => main.setTimeout(resolve, 50));
  }
  throw new Error("no window to write in");
}

/** Saves the mail that is being written as a draft, as Thunderbird does every few minutes and when
 * it is quit. */
export async function saveDraft({ subject }) {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  const window = Services.wm.getMostRecentWindow("msgcompose");
  for (let tries = 0, next = 0; tries < 125; tries++) {
    // While it is at work it hears nothing: it is told again.
    if (tries >= next && window.gWindowLocked === false) {
      window.SaveAsDraft();
      next = tries + 25;
    }
    await new Promise((resolve) => main.setTimeout(resolve, 200));
    for (const { incomingServer } of MailServices.accounts.accounts) {
      const drafts = incomingServer.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Drafts);
      drafts?.updateFolder(null);
      const all = [...(drafts?.messages ?? [])];
      if (all.some((one) => one.mime2DecodedSubject === subject)) return true;
    }
  }
  throw new Error(`${subject} is not saved`);
}

/** Opens a draft again, to be written on, wherever it lies. */
export async function openDraft({ subject }) {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  for (let tries = 100; tries > 0; tries--) {
    for (const { incomingServer } of MailServices.accounts.accounts) {
      const drafts = incomingServer.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Drafts);
      const all = [...(drafts?.messages ?? [])];
      const found = all.find((one) => one.mime2DecodedSubject === subject);
      if (!found) continue;
      const uri = drafts.getUriForMsg(found);
      main.ComposeMessage(Ci.nsIMsgCompType.Draft, Ci.nsIMsgCompFormat.Default, drafts, [uri]);
      return true;
    }
    await new Promise((resolve) => main.setTimeout(resolve, 200));
  }
  throw new Error(`no draft ${subject}`);
}

/** Shows a mail of the inbox in a tab, once it is there. */
export async function show({ subject }) {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  const server = MailServices.accounts.defaultAccount.incomingServer;
  for (let tries = 100; tries > 0; tries--) {
    const inbox = server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
    const found = [...(inbox?.messages ?? [])].find((one) =>
      one.mime2DecodedSubject.includes(subject),
    );
    if (found) {
      MailUtils.displayMessages([found]);
      return true;
    }
    inbox?.getNewMessages(main.msgWindow, null);
    await new Promise((resolve) => main.setTimeout(resolve, 200));
  }
  throw new Error(`no mail ${subject}`);
}

/** The subjects and the text of the mails in a folder of a kind, by its flag. */
export function mailsIn({ flag }) {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const server = MailServices.accounts.defaultAccount.incomingServer;
  const { rootFolder } = server;
  const marked = rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags[flag]);
  // A folder that was just made is not marked yet.
  const named = flag === "SentMail" && rootFolder.subFolders.find(({ name }) => name === "Sent");
  return [...((marked ?? named)?.messages ?? [])].map((one) => one.mime2DecodedSubject);
}

/** Presses the add-on's button in the newest window of a kind. */
export async function press({ windowType, kind, id }) {
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  for (let tries = 200; tries > 0; tries--) {
    const window = Services.wm.getMostRecentWindow(windowType);
    const documents = [window.document];
    const tabs = window.document.getElementById("tabmail");
    const about = tabs?.currentAboutMessage ?? window.messageBrowser?.contentWindow;
    if (about) documents.push(about.document);
    for (const document of documents) {
      const isMain = kind === "browserAction"; // in the unified toolbar these have no ID
      const selector = isMain
        ? `.unified-toolbar [extension="${id}"]`
        : `[id$="-${kind}-toolbarbutton"]`;
      const button = document.querySelector(selector);
      if (button && !button.disabled && !button.hidden) {
        button.click();
        return button.id;
      }
    }
    await new Promise((resolve) => main.setTimeout(resolve, 50));
  }
  throw new Error(`no button ${kind}`);
}

/** Waits for a window to write in, with this subject. */
export async function written({ subject }) {
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  for (let tries = 200; tries > 0; tries--) {
    const window = Services.wm.getMostRecentWindow("msgcompose");
    const field = window?.document.getElementById("msgSubject");
    const isReady = window?.composeEditorReady && window.gWindowLocked === false;
    if (isReady && field?.value === subject) return true;
    await new Promise((resolve) => main.setTimeout(resolve, 50));
  }
  throw new Error(`nothing is written with the subject ${subject}`);
}

/** Waits until the newest window to write in keeps such a header for its draft. */
export async function hasHeader({ name }) {
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  for (let tries = 200; tries > 0; tries--) {
    const window = Services.wm.getMostRecentWindow("msgcompose");
    if (window?.gMsgCompose?.compFields?.hasHeader(name)) return true;
    await new Promise((resolve) => main.setTimeout(resolve, 50));
  }
  throw new Error(`no header ${name}`);
}

/** Writes another subject, in the newest window to write in. */
export function retitle({ subject }) {
  const window = Services.wm.getMostRecentWindow("msgcompose");
  window.document.getElementById("msgSubject").value = subject;
}

/** Presses Thunderbird's own Send, in the newest window to write in. */
export async function sendPlainly() {
  const window = Services.wm.getMostRecentWindow("msgcompose");
  window.goDoCommand("cmd_sendNow");
  const main = Services.wm.getMostRecentWindow("mail:3pane"); // the other one may close
  await new Promise((resolve) => main.setTimeout(resolve, 1500));
}

/** What FileLink makes of files, for the newest window to write in, at once: the uploads, or what
 * it says instead. `abort`: the first is stopped while it is under way. */
export async function fileLink({ id, paths, abort = false }) {
  const { cloudFileAccounts } = ChromeUtils.importESModule(
    "resource:///modules/cloudFileAccounts.sys.mjs",
  );
  const type = `ext-${id}`;
  const [there] = cloudFileAccounts.getAccountsForType(type);
  const account = there ?? cloudFileAccounts.createAccount(type);
  const window = Services.wm.getMostRecentWindow("msgcompose");
  const files = paths.map((path) => {
    const local = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
    local.initWithPath(path);
    return local;
  });
  const uploads = files.map((file) =>
    account.uploadFile(window, file).catch((error) => String(error.message ?? error)),
  );
  if (abort) {
    await new Promise((resolve) => window.setTimeout(resolve, 500));
    await account.cancelFileUpload(window, files[0]);
  }
  return Promise.all(uploads);
}

/** Attaches a file to the newest window to write in as FileLink's link, which stands in the mail
 * then. */
export async function attachLinked({ id, path }) {
  const { cloudFileAccounts } = ChromeUtils.importESModule(
    "resource:///modules/cloudFileAccounts.sys.mjs",
  );
  const type = `ext-${id}`;
  const [there] = cloudFileAccounts.getAccountsForType(type);
  const cloudFileAccount = there ?? cloudFileAccounts.createAccount(type);
  const window = Services.wm.getMostRecentWindow("msgcompose");
  const local = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  local.initWithPath(path);
  const [item] = await window.AddAttachments([window.FileToAttachment(local)]);
  await window.UpdateAttachment(item, { cloudFileAccount });
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  for (let tries = 100; tries > 0; tries--) {
    const { innerHTML } = window.GetCurrentEditor().rootElement;
    const [link] = /https?:[^"<>\s]+\/r\/[^"<>\s]+/.exec(innerHTML) ?? [];
    if (link) return link;
    await new Promise((resolve) => main.setTimeout(resolve, 100));
  }
  throw new Error("no link in the mail");
}

/** Takes an upload of FileLink out of the newest window to write in. */
export function unlink({ id, upload }) {
  const { cloudFileAccounts } = ChromeUtils.importESModule(
    "resource:///modules/cloudFileAccounts.sys.mjs",
  );
  const [account] = cloudFileAccounts.getAccountsForType(`ext-${id}`);
  return account.deleteFile(Services.wm.getMostRecentWindow("msgcompose"), upload);
}

/** Writes to somebody else, in the newest window to write in. */
export function readdress({ to }) {
  const window = Services.wm.getMostRecentWindow("msgcompose");
  const row = window.document.getElementById("addressRowTo");
  window.addressRowClearPills(row);
  window.addressRowAddRecipientsArray(row, [to]);
}

/** Closes a window of the add-on. */
export function close({ page }) {
  for (const window of Services.wm.getEnumerator(null)) {
    const browsers = [...window.document.querySelectorAll("browser")];
    if (browsers.some(({ currentURI }) => currentURI?.spec.includes(`/${page}`))) window.close();
  }
}

/** Which page the newest pane of that kind shows. */
export async function newestPane({ page }) {
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  for (let tries = 200; tries > 0; tries--) {
    const compose = Services.wm.getMostRecentWindow("msgcompose");
    const all = [...Services.wm.getEnumerator(null)].flatMap(({ document }) => [
      ...document.querySelectorAll("browser"),
    ]);
    const found = all
      .map(({ currentURI }) => currentURI?.spec ?? "")
      .filter((spec) => spec.includes(`/${page}`));
    main.couvertSeen ??= new Set();
    const fresh = found.find((spec) => !main.couvertSeen.has(spec));
    if (compose && fresh) {
      main.couvertSeen.add(fresh);
      return fresh.slice(fresh.indexOf(`/${page}`) + 1);
    }
    await new Promise((resolve) => main.setTimeout(resolve, 50));
  }
  throw new Error(`no new pane ${page}`);
}

/** How many windows to write in there are, and what each has as its subject. */
export function drafts() {
  return [...Services.wm.getEnumerator("msgcompose")].map(
    (window) => window.document.getElementById("msgSubject").value,
  );
}

/** What stands before somebody's eyes. */
export function windows() {
  return [...Services.wm.getEnumerator(null)].map(
    ({ document, location }) => `${location}: ${document.title} ${document.body?.innerText ?? ""}`,
  );
}

/** Calls a function in a page of the add-on. */
export function inPage({ page, source, value }) {
  const browsers = [];
  for (const window of Services.wm.getEnumerator(null)) {
    const one = window.document.getElementById("requestFrame");
    if (one) browsers.push(one);
    for (const tab of window.gTabmail?.tabInfo ?? []) if (tab.browser) browsers.push(tab.browser);
    const tabmail = window.document.getElementById("tabmail");
    for (const tab of tabmail?.tabInfo ?? []) if (tab.browser) browsers.push(tab.browser);
    browsers.push(...window.document.querySelectorAll("browser"));
    const about = window.gTabmail?.currentAboutMessage;
    if (about) browsers.push(...about.document.querySelectorAll("browser"));
  }
  const browser = browsers.find(
    ({ currentURI }) =>
      currentURI?.schemeIs("moz-extension") && currentURI.spec.includes(`/${page}`),
  );
  if (!browser) throw new Error(`no page ${page}`);
  const name = `couvert:${Math.random()}`;
  return new Promise((resolve, reject) => {
    const { messageManager } = browser;
    const hear = ({ data }) => {
      messageManager.removeMessageListener(name, hear);
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.value);
    };
    messageManager.addMessageListener(name, hear);
    // As if a person had done it: permissions are given for nothing else.
    const script = `
      new Promise((resolve) => {
        const input = content.windowUtils.setHandlingUserInput(true);
        try {
          resolve((${source})(content, ${JSON.stringify(value ?? null)}));
        } finally {
          input.destruct();
        }
      }).then(
        (value) => sendAsyncMessage(${JSON.stringify(name)}, { value: value ?? null }),
        (error) => sendAsyncMessage(${JSON.stringify(name)}, { error: String(error) }),
      );`;
    messageManager.loadFrameScript(`data:,${encodeURIComponent(script)}`, false);
  });
}

/** A picture of a page of the add-on, as Base64. */
export async function picture({ page }) {
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  let found;
  for (const window of Services.wm.getEnumerator(null)) {
    const browsers = [...window.document.querySelectorAll("browser")];
    for (const tab of window.gTabmail?.tabInfo ?? []) if (tab.browser) browsers.push(tab.browser);
    found ??= browsers.find(
      ({ currentURI }) =>
        currentURI?.schemeIs("moz-extension") && currentURI.spec.includes(`/${page}`),
    );
  }
  if (!found) throw new Error(`no page ${page}`);
  const { width, height } = found.getBoundingClientRect();
  const rectangle = new main.DOMRect(0, 0, width, height);
  const drawn = await found.browsingContext.currentWindowGlobal.drawSnapshot(rectangle, 1, "white");
  const canvas = main.document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
  [canvas.width, canvas.height] = [drawn.width, drawn.height];
  canvas.getContext("2d").drawImage(drawn, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}
