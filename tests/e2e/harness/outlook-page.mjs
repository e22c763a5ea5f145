// What stands in for office.js in a pane: Office's objects, whose calls go to the model of the
// mailbox (outlook.mjs) and answer as Office does, by callbacks. It is sent there as text and
// stands for itself.

/**
 * What the pane is told at once; everything else is asked for.
 * @typedef {object} Told
 * @property {string} address
 * @property {string} name
 * @property {string} language
 * @property {string} mailbox the newest requirement set of Mailbox, such as "1.15"
 * @property {string} theme the background's colour
 * @property {"compose" | "read"} mode
 * @property {string} conversationId
 * @property {Record<string, unknown>} roaming
 */

/** @param {Told} told */
export function beOffice(told) {
  /** @type {(call: string, args: unknown[]) => Promise<any>} */
  const tell = /** @type {any} */ (globalThis).outlookModel;

  /**
   * The last argument is the callback, as everywhere in Office.js; options before it are dropped.
   * @param {string} call
   * @returns {(...args: any[]) => void}
   */
  const method =
    (call) =>
    (...args) => {
      const done = args.at(-1);
      const plain = args.filter((one) => typeof one !== "function");
      void tell(call, plain).then((answer) => {
        if (answer === undefined || typeof done !== "function") return; // it never answers
        done({
          status: answer.error ? "failed" : "succeeded",
          value: answer.value,
          error: answer.error ?? undefined,
          asyncContext: undefined,
          diagnostics: undefined,
        });
      });
    };
  /** Values that are asked for at once, changed here, and kept by `saveAsync`. */
  const kept = (/** @type {string} */ call, /** @type {Record<string, unknown>} */ values) => ({
    get: (/** @type {string} */ name) => values[name],
    set: (/** @type {string} */ name, /** @type {unknown} */ value) => {
      values[name] = value;
    },
    saveAsync: (/** @type {Function} */ done) => method(call)(values, done),
  });
  const recipients = (/** @type {string} */ field) => ({
    getAsync: method(`${field}.getAsync`),
    setAsync: method(`${field}.setAsync`),
    addAsync: method(`${field}.addAsync`),
  });
  /** @type {Pick<Office.MessageCompose, "getAttachmentsAsync" | "getAttachmentContentAsync"
   *   | "removeAttachmentAsync" | "addFileAttachmentFromBase64Async" | "conversationId">} */
  const attached = {
    conversationId: told.conversationId,
    getAttachmentsAsync: method("getAttachmentsAsync"),
    getAttachmentContentAsync: method("getAttachmentContentAsync"),
    removeAttachmentAsync: method("removeAttachmentAsync"),
    addFileAttachmentFromBase64Async: method("addFileAttachmentFromBase64Async"),
  };
  const item = {
    ...attached,
    itemType: "message",
    to: recipients("to"),
    cc: recipients("cc"),
    bcc: recipients("bcc"),
    from: { getAsync: method("from.getAsync") },
    subject: { getAsync: method("subject.getAsync"), setAsync: method("subject.setAsync") },
    body: {
      getTypeAsync: method("body.getTypeAsync"),
      getAsync: method("body.getAsync"),
      setAsync: method("body.setAsync"),
    },
    sessionData: {
      setAsync: method("sessionData.setAsync"),
      removeAsync: method("sessionData.removeAsync"),
      getAllAsync: method("sessionData.getAllAsync"),
    },
    internetHeaders: { getAsync: method("internetHeaders.getAsync") },
    sensitivityLabel: { getAsync: method("sensitivityLabel.getAsync") },
    loadCustomPropertiesAsync: (/** @type {Function} */ done) =>
      method("loadCustomPropertiesAsync")((/** @type {any} */ result) =>
        done({ ...result, value: kept("customProperties.saveAsync", result.value) }),
      ),
    displayReplyFormAsync: method("displayReplyFormAsync"),
  };
  const isAtMost = (/** @type {string} */ version) =>
    version.localeCompare(told.mailbox, "en", { numeric: true }) <= 0;
  /** @type {Record<string, unknown>} */
  const roaming = { ...told.roaming };
  /** @type {Record<string, Function>} */
  const handlers = {};
  const office = {
    onReady: async () => {
      const answer = await tell("onReady", []);
      if (answer === undefined) return new Promise(() => undefined); // it never answers
      if (answer.error) throw new Error(answer.error.name);
      return { host: "Outlook", platform: "OfficeOnline" };
    },
    actions: {
      associate: (/** @type {string} */ name, /** @type {Function} */ handler) => {
        handlers[name] = handler;
      },
    },
    context: {
      displayLanguage: told.language,
      officeTheme: { bodyBackgroundColor: told.theme },
      partitionKey: "outlook.office.com",
      requirements: {
        isSetSupported: (/** @type {string} */ set, /** @type {string} */ version) =>
          set === "Mailbox" && isAtMost(version),
      },
      roamingSettings: kept("roamingSettings.saveAsync", roaming),
      mailbox: {
        userProfile: { emailAddress: told.address, displayName: told.name },
        item: told.mode === "compose" ? item : { ...item, conversationId: told.conversationId },
      },
    },
  };
  Object.assign(globalThis, {
    Office: office,
    /** Outlook wakes the handler before a mail leaves. */
    outlookWakes: (/** @type {string} */ name) =>
      new Promise((resolve) => handlers[name]({ completed: resolve })),
  });
}
