// A person's device of QUICK that is no browser: the portal's own core, called as a program. For
// what happens elsewhere while a test looks at a page.
import { randomBytes } from "node:crypto";
import { createApi } from "../../../web/core/src/api.ts";
import { QuickClient } from "../../../web/core/src/quick/client.ts";
import { ApiClient, expectStatus } from "./api-client.mjs";
import { send } from "./http.mjs";

/** @typedef {import("../../../web/core/src/quick/device.ts").DeviceRecord} DeviceRecord */
/** @typedef {import("../../../web/core/src/quick/device.ts").QuickHost} QuickHost */

/** @template T @typedef {import("../../../web/core/src/result.ts").Result<T>} Result */

/** What a call gave; fails where it failed. @template T @param {Promise<Result<T>>} call */
export async function must(call) {
  const result = await call;
  if (!result.ok) throw new Error(`${result.code} ${result.reason ?? ""} ${result.address ?? ""}`);
  return result.value;
}

export class QuickProgram {
  /** The retrieval that calls are about. */
  #retrievalToken = "";

  /** @param {ApiClient} api @param {{ verification_id: string, address: string }} proof */
  constructor(api, { verification_id, address }) {
    this.api = api;
    this.address = address;
    this.joining = { verification: verification_id, deviceName: "Couvert" };
    /** @type {DeviceRecord | undefined} */
    this.record = undefined;
    const host = this.#host();
    this.client = new QuickClient(host, createApi(host).client, address);
  }

  /** A program whose mailbox is proven. @param {string} baseUrl @param {string} address */
  static async of(baseUrl, address) {
    const api = new ApiClient(baseUrl);
    return new QuickProgram(api, await api.verify(address));
  }

  /** The same with QUICK active; `recovery` is its code. @param {string} baseUrl
   * @param {string} address */
  static async active(baseUrl, address) {
    const program = await QuickProgram.of(baseUrl, address);
    return Object.assign(program, { recovery: await program.activate() });
  }

  activate(startAnew = false) {
    return must(this.client.activate({ ...this.joining, language: "en", startAnew }));
  }

  /** Sends a transfer that invites; by its ID and password the recipient opens it.
   * @param {string} to */
  async invite(to) {
    const password = "Ein Pferd, 7 Hufe";
    const draft = await this.api.createDraft(this.address);
    const invitation = await must(this.client.invite(draft.sealId, [to]));
    const answer = await draft.start(draft.startBody([{ address: to }], { password, invitation }));
    const { recipients } = expectStatus(answer, 201).json;
    return { transferId: recipients[0].transfer_id, password };
  }

  /** Sends a message by QUICK to somebody connected, who is mailed. @param {string} to
   * @param {{ name?: string, text?: string }} [more] */
  async sendByQuick(to, more = {}) {
    const draft = await this.api.createDraft(this.address);
    const [envelope] = await must(this.client.envelopesFor(draft.sealId, [to]));
    const body = draft.startBody([], { open_by: "quick", ...more });
    const recipients = [{ kind: "to", ...envelope }];
    return expectStatus(await draft.start({ ...body, recipients }), 201).json;
  }

  /** Opens what came by QUICK: what it says. @param {string} transferId */
  async openByQuick(transferId) {
    const secret = await must(this.client.openTransfer(transferId));
    return (await this.api.open(transferId, { secret })).opened;
  }

  /** Opens a transfer that invites, and accepts. @param {{ transferId: string, password: string }}
   * invitation */
  async accept({ transferId, password }) {
    const { opened } = await this.api.open(transferId, { password });
    this.#retrievalToken = opened.token;
    await must(this.client.answerInvitation(opened.retrieval_id));
  }

  /** @returns {QuickHost} */
  #host() {
    const { api } = this;
    /** @type {Promise<unknown>} */
    let turn = Promise.resolve();
    return {
      base: api.baseUrl,
      fetch: async (request) => {
        /** @type {Record<string, string>} */
        const headers = { Authorization: `Bearer ${api.token}` };
        request.headers.forEach((value, name) => (headers[name] = value));
        if (this.#retrievalToken) headers["Couvert-Retrieval"] = this.#retrievalToken;
        const body = await request.text();
        const { pathname } = new URL(request.url);
        const answer = await send(api.baseUrl, request.method, pathname, { headers, body });
        const type = answer.headers["content-type"] ?? "";
        return new Response(answer.body.length > 0 ? new Uint8Array(answer.body) : null, {
          status: answer.status,
          headers: { "Content-Type": type },
        });
      },
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      now: () => Date.now(),
      random: (bytes) => new Uint8Array(randomBytes(bytes)),
      devices: {
        read: async () => ({ ok: true, value: this.record }),
        write: async (record) => {
          this.record = record;
          return { ok: true, value: undefined };
        },
        remove: async () => {
          this.record = undefined;
          return { ok: true, value: undefined };
        },
      },
      alone: (_name, work) => {
        const mine = turn.then(work, work);
        turn = mine;
        return mine;
      },
    };
  }
}

/** Connects both by an invitation of the first. @param {QuickProgram} one
 * @param {QuickProgram} other */
export async function connectPrograms(one, other) {
  await other.accept(await one.invite(other.address));
  await must(one.client.takeAnswers());
}
