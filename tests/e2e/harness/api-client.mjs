// A program that speaks the HTTP API as spec/api.yaml describes it: the short way for tests that
// are about something else.
import { randomBytes } from "node:crypto";
import { mailbox } from "./run-context.mjs";
import { send } from "./http.mjs";

/** @typedef {import("./http.mjs").Answer} Answer */
/** @typedef {{ address: string, kind?: "to" | "cc" | "bcc" }} To */

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** A random ID as clients make them: 128 bits in base32. */
export function randomId() {
  const bits = [...randomBytes(16)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.padEnd(130, "0").match(/.{5}/g) ?? [];
  return groups.map((group) => alphabet[parseInt(group, 2)]).join("");
}

/** A random secret of 32 bytes, base64url. */
export function randomSecret() {
  return randomBytes(32).toString("base64url");
}

/** A time of the API. @param {number} seconds from now on */
export function inSeconds(seconds) {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Fails with the whole answer where the status is another. @param {Answer} answer
 * @param {number} status */
export function expectStatus(answer, status) {
  if (answer.status === status) return answer;
  const { method, path, body } = answer;
  const text = body.toString("utf8").slice(0, 2000);
  throw new Error(`${method} ${path}: ${answer.status} instead of ${status}: ${text}`);
}

/** A draft in the hands of its sender. */
export class DraftClient {
  /** @param {ApiClient} client @param {string} id @param {string} secret */
  constructor(client, id, secret) {
    this.client = client;
    this.id = id;
    this.secret = secret;
    this.path = `/api/v1/drafts/${id}`;
    this.slotId = randomId(); // of the password's keyslot
    this.sealId = ""; // what envelopes and invitations are bound to
    /** @type {{ no: number, size: number }[]} */
    this.files = [];
  }

  /** @param {string} method @param {string} [below] @param {Parameters<typeof send>[3]} [more] */
  call(method, below = "", more = {}) {
    const headers = { "Couvert-Secret": this.secret, "Tus-Resumable": "1.0.0", ...more.headers };
    return this.client.call(method, this.path + below, { ...more, headers });
  }

  /** Begins a file, sends nothing yet; its number. @param {string} name @param {number} size
   * @param {string} [type] */
  async createFile(name, size, type = "application/octet-stream") {
    const metadata = [`filename ${Buffer.from(name).toString("base64")}`];
    if (type) metadata.push(`filetype ${Buffer.from(type).toString("base64")}`);
    const answer = await this.call("POST", "/files", {
      headers: { "Upload-Length": String(size), "Upload-Metadata": metadata.join(",") },
    });
    const no = Number(String(expectStatus(answer, 201).headers.location).split("/").at(-1));
    this.files.push({ no, size });
    return no;
  }

  /** @param {number} no @param {number} offset @param {Buffer} bytes */
  append(no, offset, bytes) {
    return this.call("PATCH", `/files/${no}`, {
      headers: {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(offset),
      },
      body: bytes,
    });
  }

  /** Sends a whole file. @param {string} name @param {Buffer} bytes @param {string} [type] */
  async upload(name, bytes, type) {
    const no = await this.createFile(name, bytes.length, type);
    if (bytes.length > 0) expectStatus(await this.append(no, 0, bytes), 204);
    return no;
  }

  /** The body of Start; `more` replaces its fields. @param {To[]} to
   * @param {Record<string, unknown>} [more] */
  startBody(to, more = {}) {
    return {
      name: "Anna Muster",
      recipients: to.map(({ address, kind = "to" }) => ({ address, kind })),
      subject: "",
      text: "Guten Tag",
      files: this.files,
      expires: inSeconds(5 * 86_400),
      language: "en",
      open_by: "password",
      slot_id: this.slotId,
      ...more,
    };
  }

  /** @param {unknown} json */
  start(json) {
    return this.call("POST", "/start", { json });
  }
}

/** A retrieval in the hands of its recipient. */
export class RetrievalClient {
  /** @param {ApiClient} client @param {any} opened */
  constructor(client, opened) {
    this.client = client;
    this.opened = opened;
    this.path = `/api/v1/retrievals/${opened.retrieval_id}`;
  }

  /** @param {string} method @param {string} [below] @param {Record<string, string>} [headers]
   * @param {unknown} [json] */
  call(method, below = "", headers = {}, json) {
    const all = { "Couvert-Retrieval": String(this.opened.token), ...headers };
    return this.client.call(method, this.path + below, { headers: all, json });
  }
}

/** One program with one session. */
export class ApiClient {
  /** @param {string} baseUrl */
  constructor(baseUrl) {
    this.baseUrl = baseUrl;
    this.token = "";
  }

  /** @param {string} method @param {string} path @param {Parameters<typeof send>[3]} [more] */
  call(method, path, more = {}) {
    /** @type {Record<string, string>} */
    const bearer = this.token ? { Authorization: `Bearer ${this.token}` } : {};
    return send(this.baseUrl, method, path, { ...more, headers: { ...bearer, ...more.headers } });
  }

  /** @param {string} address @param {string} [language] */
  async requestCode(address, language = "en") {
    const answer = await this.call("POST", "/api/v1/verifications", {
      json: { address, language, client: "program" },
    });
    this.token = expectStatus(answer, 202).json.token ?? this.token;
    return answer;
  }

  /** Proves an address by the code in its mailbox. @param {string} address
   * @param {string} [language] */
  async verify(address, language = "en") {
    const box = await mailbox(address);
    await box.rest();
    await this.requestCode(address, language);
    const code = await box.nextCode();
    const answer = await this.call("POST", "/api/v1/verifications/confirm", {
      json: { address, code },
    });
    expectStatus(answer, 200);
    return answer.json;
  }

  /** @param {string} from */
  async createDraft(from) {
    const draft = new DraftClient(this, randomId(), randomSecret());
    const answer = await this.call("POST", "/api/v1/drafts", {
      headers: { "Couvert-Secret": draft.secret },
      json: { from, slot_id: draft.id },
    });
    const { draft_id, seal_id } = expectStatus(answer, 201).json;
    draft.id = draft_id;
    draft.sealId = seal_id;
    draft.path = `/api/v1/drafts/${draft_id}`;
    return draft;
  }

  /**
   * Provides a transfer; what Start answered.
   * @param {{ from: string, to: To[], files?: [string, Buffer][],
   *   more?: Record<string, unknown> }} transfer
   */
  async provide({ from, to, files = [], more = {} }) {
    const draft = await this.createDraft(from);
    for (const [name, bytes] of files) await draft.upload(name, bytes);
    const answer = await draft.start(draft.startBody(to, more));
    return { draft, ...expectStatus(answer, 201).json };
  }

  /** @param {string} transfer_id @param {{ password?: string, secret?: string }} by */
  tryOpen(transfer_id, by) {
    return this.call("POST", "/api/v1/retrievals", {
      json: { transfer_id, client: "program", ...by },
    });
  }

  /** @param {string} transferId @param {{ password?: string, secret?: string }} by */
  async open(transferId, by) {
    const answer = expectStatus(await this.tryOpen(transferId, by), 201);
    return new RetrievalClient(this, answer.json);
  }
}
