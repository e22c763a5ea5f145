// What QUICK costs the clients beside a password: the portal's own code, run by Node.
// The recipients have two devices each.
import { readFile } from "node:fs/promises";
import tls from "node:tls";
import { waitUntil } from "../tests/e2e/harness/processes.mjs";
import { codeInText } from "../tests/e2e/harness/mailbox.mjs";
import { inSeconds } from "../tests/e2e/harness/api-client.mjs";
import { createApi } from "../web/core/src/api.ts";
import { newId, newSecret } from "../web/core/src/ids.ts";
import { pass } from "../web/core/src/result.ts";
import { QuickClient } from "../web/core/src/quick/client.ts";
import { median, spread } from "./measure.mjs";

/** @typedef {import("./run.mjs").Bench} Bench */
/** @typedef {import("./couvert.mjs").Couvert} Couvert */
/** @typedef {import("../web/core/src/quick/device.ts").DeviceRecord} DeviceRecord */
/** @typedef {import("../web/core/src/api.ts").Start} Start */
/** @typedef {{ password_ms: number, quick_ms: number }} Sample */
/** @template T @typedef {import("../web/core/src/result.ts").Result<T>} Result */

const anna = "anna@example.org";
const password = "xK9#vQ2mLp";

/** @template T @param {Result<T>} result */
function must(result) {
  if (!result.ok) throw new Error(`${result.code} ${result.reason ?? ""}`);
  return result.value;
}

/** A browser with its cookies and device keys. */
class Browser {
  /** @param {string} base */
  constructor(base) {
    /** @type {Map<string, string>} */
    this.cookies = new Map();
    /** @type {Map<string, DeviceRecord>} */
    const records = new Map();
    /** @type {import("../web/core/src/quick/device.ts").QuickHost} */
    this.host = {
      base,
      fetch: (/** @type {Request} */ request) => this.#fetch(request),
      wait: async () => {},
      now: () => Date.now(),
      random: (/** @type {number} */ bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      devices: {
        read: async (/** @type {string} */ address) => pass(records.get(address)),
        write: async (/** @type {DeviceRecord} */ record) => {
          records.set(record.address, record);
          return pass(undefined);
        },
        remove: async (/** @type {string} */ address) => {
          records.delete(address);
          return pass(undefined);
        },
      },
      alone: (/** @type {string} */ _name, /** @type {() => Promise<any>} */ work) => work(),
    };
    this.api = createApi(this.host);
  }

  /** @param {Request} request */
  async #fetch(request) {
    request.headers.set("Origin", this.host.base);
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    request.headers.set("Cookie", cookies.join("; "));
    const response = await fetch(request);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return response;
  }

  /** As after a reload: only what is kept is there. @param {string} address */
  quick(address) {
    return new QuickClient(this.host, this.api.client, address);
  }

  /** Proves a mailbox. @param {Couvert} couvert @param {string} address */
  async prove(couvert, address) {
    const mails = couvert.smtp?.taken ?? [];
    const before = mails.length;
    must(await this.api.requestCode(address, "en", "any"));
    const codeMail = () => mails.slice(before).find(({ data }) => /verification code/i.test(data));
    await waitUntil("the code has come", () => codeMail() !== undefined);
    const code = codeInText(codeMail()?.data ?? "");
    return must(await this.api.confirmCode(address, code)).verification_id;
  }
}

/** An empty draft. @param {Browser} browser */
async function newDraft({ api, host }) {
  const secret = newSecret(host);
  return { draft: must(await api.createDraft(anna, newId(host), secret)), secret };
}

/** @param {Browser} browser @param {string[]} addresses @param {Partial<Start>} more
 * @returns {Start} */
function startBody({ host }, addresses, more) {
  return {
    name: "Anna Muster",
    recipients: addresses.map((address) => ({ address, kind: /** @type {const} */ ("to") })),
    subject: "",
    text: "Guten Tag",
    files: [],
    expires: inSeconds(5 * 86_400),
    language: "en",
    open_by: "password",
    slot_id: newId(host),
    ...more,
  };
}

/** Milliseconds. @param {() => Promise<unknown>} work */
async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

// Everybody connected with Anna, each on two devices.
class People {
  /** @param {Couvert} couvert @param {number} count */
  constructor(couvert, count) {
    this.couvert = couvert;
    this.anna = new Browser(couvert.baseUrl);
    this.addresses = Array.from({ length: count }, (_, at) => `quick-${at}@example.net`);
    /** @type {Browser[]} the second device of each */
    this.seconds = [];
  }

  async connect() {
    const { anna: browser, couvert } = this;
    const verification = await browser.prove(couvert, anna);
    const joining = { verification, deviceName: "bench", language: /** @type {const} */ ("en") };
    must(await browser.quick(anna).activate(joining));
    const { draft, secret } = await newDraft(browser);
    const invitation = must(await browser.quick(anna).invite(draft.seal_id, this.addresses));
    const body = startBody(browser, this.addresses, { password, invitation });
    const { recipients } = must(await browser.api.start(draft.draft_id, body, secret));
    for (const { address, transfer_id } of recipients) await this.#accept(address, transfer_id);
    must(await browser.quick(anna).takeAnswers());
  }

  /** @param {string} address @param {string} transfer_id */
  async #accept(address, transfer_id) {
    const [first, second] = [new Browser(this.couvert.baseUrl), new Browser(this.couvert.baseUrl)];
    const verification = await first.prove(this.couvert, address);
    second.cookies = first.cookies;
    const joining = { verification, deviceName: "bench", language: /** @type {const} */ ("en") };
    const code = must(await first.quick(address).activate(joining));
    must(await second.quick(address).joinByRecovery(joining, code));
    const { retrieval_id } = must(await first.api.open({ transfer_id, password }));
    must(await first.quick(address).answerInvitation(retrieval_id));
    this.seconds.push(second);
  }
}

/** The sender's clicks on Start, by a password and by QUICK. @param {People} people */
async function startBoth({ anna: browser, addresses }) {
  const byPassword = await newDraft(browser);
  const password_ms = await timed(async () => {
    const body = startBody(browser, addresses, { password });
    must(await browser.api.start(byPassword.draft.draft_id, body, byPassword.secret));
  });
  const { draft, secret } = await newDraft(browser);
  /** @type {any} */
  let started;
  const quick_ms = await timed(async () => {
    const client = browser.quick(anna);
    must(await client.takeAnswers());
    must(await client.shownStates(addresses));
    const envelopes = must(await client.envelopesFor(draft.seal_id, addresses));
    const recipients = envelopes.map((one) => ({ ...one, kind: /** @type {const} */ ("to") }));
    const body = startBody(browser, addresses, { open_by: "quick", recipients });
    started = must(await browser.api.start(draft.draft_id, body, secret));
  });
  return { password_ms, quick_ms, transfer_id: started.recipients[0].transfer_id };
}

/** A recipient who opens the last transfer by password, and one by QUICK on the second device.
 * @param {People} people @param {string} byPassword @param {string} byQuick */
async function openBoth({ seconds, addresses }, byPassword, byQuick) {
  const [browser, address] = [seconds[0], addresses[0]];
  const password_ms = await timed(async () => {
    must(await browser.api.open({ transfer_id: byPassword, password }));
  });
  const quick_ms = await timed(async () => {
    const client = browser.quick(address);
    must(await client.takeAnswers());
    const secret = must(await client.openTransfer(byQuick));
    must(await browser.api.open({ transfer_id: byQuick, secret }));
  });
  return { password_ms, quick_ms };
}

/** A transfer of one recipient that a password opens. @param {People} people */
async function passwordTransfer({ anna: browser, addresses }) {
  const { draft, secret } = await newDraft(browser);
  const body = startBody(browser, addresses.slice(0, 1), { password });
  const started = must(await browser.api.start(draft.draft_id, body, secret));
  return started.recipients[0].transfer_id;
}

/** @param {string} what @param {Sample[]} samples */
function row(what, samples) {
  const passwords = samples.map(({ password_ms }) => password_ms);
  const quicks = samples.map(({ quick_ms }) => quick_ms);
  const more = samples.map(({ password_ms, quick_ms }) => quick_ms - password_ms);
  return [what, spread(passwords, 0), spread(quicks, 0), median(more).toFixed(0)];
}

/** @param {Bench} bench */
export async function quick({ couvert, certificate, quickCount, runs }) {
  const own = await readFile(certificate, "utf8");
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), own]);
  const people = new People(couvert, quickCount);
  await people.connect();
  /** @type {Sample[][]} */
  const [starts, opens] = [[], []];
  for (let nth = 0; nth < runs; nth++) {
    const started = await startBoth(people);
    starts.push(started);
    opens.push(await openBoth(people, await passwordTransfer(people), started.transfer_id));
  }
  return [
    ["milliseconds, two devices a person", "password", "QUICK", "QUICK takes more"],
    row(`start for ${quickCount} connected recipients`, starts),
    row("open one", opens),
  ];
}
