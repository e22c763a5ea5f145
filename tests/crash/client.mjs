// A sender and a recipient that go on whatever happens: each request is repeated as it was until
// it is answered, an upload goes on from the offset that HEAD gives. All they are told is kept.
import { randomUUID } from "node:crypto";
import { ApiClient, randomId, randomSecret } from "../e2e/harness/api-client.mjs";
import { codeInText } from "../e2e/harness/mailbox.mjs";
import { pause } from "../e2e/harness/processes.mjs";
import { sha256 } from "./world.mjs";

/** @typedef {import("./world.mjs").World} World */
/** @typedef {import("../e2e/harness/http.mjs").Answer} Answer */
/** @typedef {{ name: string, bytes: Buffer, no: number }} SentFile */
/** @typedef {{ address: string, id: string, secret: string, link: string }} Reader */

const patience = 60_000;
/** A transfer's life, in seconds. */
export const life = 6 * 3600;

/** A client's request that changes something comes again until it is answered by one of these.
 * @param {World} world @param {number[]} statuses @param {() => Promise<Answer>} call */
async function insist(world, statuses, call) {
  const end = Date.now() + patience;
  for (let strange = 0; ;) {
    const answer = await call().catch(() => undefined);
    if (answer && statuses.includes(answer.status)) return answer;
    if (answer && ![429, 503, 507].includes(answer.status)) strange++;
    if (strange > 2 || Date.now() > end) {
      throw new Error(answer ? `${answer.method} ${answer.path}: ${answer.status}` : "no answer");
    }
    await world.mend();
  }
}

/** One request, written down. @param {World} world
 * @param {{ op: string } & Record<string, unknown>} event
 * @param {() => Promise<Answer>} call @param {(answer: Answer) => object} [more]
 * @returns {Promise<Answer>} */
async function told(world, { op, ...fields }, call, more = () => ({})) {
  try {
    const answer = await call();
    world.history.add(op, { ...fields, status: answer.status, ...more(answer) });
    return answer;
  } catch (error) {
    world.history.add(op, { ...fields, status: 0 });
    throw error;
  }
}

export class Sender {
  /** @param {World} world @param {string} address */
  constructor(world, address) {
    this.world = world;
    this.address = address;
    this.client = new ApiClient(world.server.baseUrl);
  }

  /** @param {string} what @param {number[]} statuses @param {() => Promise<Answer>} call */
  #ask(what, statuses, call) {
    return insist(this.world, statuses, () => told(this.world, { op: "request", what }, call));
  }

  /** Any request for a code lets the outbox look at what waits. */
  ringOutbox() {
    const json = { address: `${randomUUID()}@example.com`, language: "en", client: "program" };
    const other = new ApiClient(this.world.server.baseUrl);
    return this.#ask("ring", [202, 429], () =>
      other.call("POST", "/api/v1/verifications", { json }),
    );
  }

  async verify() {
    for (let tries = 0; tries < 4; tries++) {
      const json = { address: this.address, language: "en", client: "program" };
      const answer = await this.#ask("code", [202, 401], () =>
        this.client.call("POST", "/api/v1/verifications", { json }),
      );
      this.client.token = answer.json.token ?? this.client.token;
      this.world.secrets.set("session", Buffer.from(this.client.token));
      if (await this.#confirm()) return;
    }
    throw new Error("no code was right");
  }

  // A code that was asked for before a crash may come first: each that comes is tried.
  async #confirm() {
    const { world, address } = this;
    const fits = (/** @type {import("./world.mjs").Mail} */ { to, id }) => to === address && !id;
    await world.mail(fits, () => this.ringOutbox());
    for (let mail = world.mails.find(fits); mail; mail = world.mails.find(fits)) {
      world.mails.splice(world.mails.indexOf(mail), 1);
      if (await this.#try(codeInText(mail.data))) return true;
      await pause(300);
    }
    return false;
  }

  /** @param {string} code @returns {Promise<boolean>} */
  async #try(code) {
    const { world, address } = this;
    world.secrets.set("code", Buffer.from(code));
    await this.#ask("confirm", [200, 403], () =>
      this.client.call("POST", "/api/v1/verifications/confirm", { json: { address, code } }),
    );
    // The answer to the first try may have been lost; the list tells.
    const answer = await this.#ask("proven", [200], () =>
      this.client.call("GET", "/api/v1/verifications"),
    );
    return answer.json.verifications.some((/** @type {any} */ one) => one.address === address);
  }

  async createDraft() {
    const draft = new SenderDraft(this, randomId(), randomSecret());
    this.world.secrets.set(`secret of ${draft.id}`, Buffer.from(draft.secret));
    await this.#ask("draft", [201], () =>
      this.client.call("POST", "/api/v1/drafts", {
        headers: { "Couvert-Secret": draft.secret },
        json: { from: this.address, slot_id: draft.id },
      }),
    );
    return draft;
  }
}

export class SenderDraft {
  /** @param {Sender} sender @param {string} id @param {string} secret */
  constructor(sender, id, secret) {
    this.sender = sender;
    this.world = sender.world;
    this.id = id;
    this.secret = secret;
    /** @type {SentFile[]} */
    this.files = [];
    /** @type {Reader[]} */
    this.readers = [];
    this.tracking = "";
    this.state = "draft";
  }

  /** @param {string} method @param {string} below @param {object} [more]
   * @param {string} [secret] */
  call(method, below, more = {}, secret = this.secret) {
    const { headers = {} } = /** @type {any} */ (more);
    const all = { "Couvert-Secret": secret, "Tus-Resumable": "1.0.0", ...headers };
    const path = `/api/v1/drafts/${this.id}${below}`;
    return this.sender.client.call(method, path, { ...more, headers: all });
  }

  /** @param {string} what @param {number[]} statuses @param {() => Promise<Answer>} call */
  ask(what, statuses, call) {
    return insist(this.world, statuses, () => told(this.world, { op: "request", what }, call));
  }

  /** Begins a file; one of which the answer was lost is found in the draft's list.
   * @param {string} name @param {Buffer} bytes */
  async createFile(name, bytes) {
    const metadata = `filename ${Buffer.from(name).toString("base64")}`;
    const headers = { "Upload-Length": String(bytes.length), "Upload-Metadata": metadata };
    /** @type {number | undefined} */
    let no;
    while (no === undefined) {
      const event = { op: "request", what: "file" };
      const answer = await told(this.world, event, () =>
        this.call("POST", "/files", { headers }),
      ).catch(() => undefined);
      if (answer?.status === 201) no = Number(String(answer.headers.location).split("/").at(-1));
      else await this.world.mend();
      no ??= await this.#findFile(name);
    }
    const file = { name, bytes, no };
    this.files.push(file);
    this.world.history.add("file", { draft: this.id, no, sha256: sha256(bytes) });
    if (bytes.length >= 64) this.world.secrets.set(`bytes of ${name}`, bytes.subarray(0, 64));
    return file;
  }

  /** @param {string} name @returns {Promise<number | undefined>} */
  async #findFile(name) {
    const answer = await this.ask("list", [200], () => this.call("GET", ""));
    const known = new Set(this.files.map(({ no }) => no));
    return answer.json.files.find(
      (/** @type {any} */ file) => file.name === name && !known.has(file.no),
    )?.no;
  }

  /** How much is safe, as HEAD says. @param {SentFile} file */
  async offset(file) {
    const head = { op: "head", draft: this.id, no: file.no };
    const answer = await insist(this.world, [200], () =>
      told(
        this.world,
        head,
        () => this.call("HEAD", `/files/${file.no}`),
        ({ headers }) => ({ offset: Number(headers["upload-offset"]) }),
      ),
    );
    return Number(answer.headers["upload-offset"]);
  }

  /** Sends a file to its end. @param {SentFile} file @param {number} piece bytes a PATCH */
  async send(file, piece) {
    for (let from = 0; from < file.bytes.length;) {
      const to = Math.min(from + piece, file.bytes.length);
      const append = { op: "append", draft: this.id, no: file.no, from, to };
      const type = "application/offset+octet-stream";
      const headers = { "Content-Type": type, "Upload-Offset": String(from) };
      const body = file.bytes.subarray(from, to);
      const answer = await told(
        this.world,
        append,
        () => this.call("PATCH", `/files/${file.no}`, { headers, body }),
        (said) => ({ offset: Number(said.headers["upload-offset"]) }),
      ).catch(() => undefined);
      if (answer?.status === 204) from = Number(answer.headers["upload-offset"]);
      else {
        await this.world.mend();
        from = await this.offset(file);
      }
    }
  }

  /** What Start is asked for, the same at each try. @param {string[]} addresses */
  prepareStart(addresses) {
    const readers = addresses.map((address) => ({
      address,
      slot_id: randomId(),
      secret: randomSecret(),
    }));
    for (const { address, secret } of readers) {
      this.world.secrets.set(`link secret of ${address}`, Buffer.from(secret));
      this.world.secrets.set(`key of ${address}`, Buffer.from(secret, "base64url"));
    }
    const text = `The findings of ${randomUUID()}`;
    this.world.secrets.set("text", Buffer.from(text));
    const seconds = Math.floor(this.world.history.now()) + life;
    return {
      name: "Anna Muster",
      recipients: readers.map((reader) => ({ kind: "to", ...reader })),
      subject: "Findings",
      text,
      files: this.files.map(({ no, bytes }) => ({ no, size: bytes.length })),
      expires: new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      language: "en",
      open_by: "link",
      slot_id: randomId(),
      notify_delivery: true,
      notify_download: true,
    };
  }

  /** @param {ReturnType<SenderDraft["prepareStart"]>} json */
  async start(json) {
    const request = sha256(Buffer.from(JSON.stringify(json)));
    let first = true;
    const answer = await insist(this.world, [200, 201], () => {
      const start = { op: "start", draft: this.id, request, first };
      first = false;
      return told(
        this.world,
        start,
        () => this.call("POST", "/start", { json }),
        (said) => (said.status < 300 ? startFields(said.json) : {}),
      );
    });
    this.state = "started";
    this.tracking = answer.json.tracking_id;
    this.readers = answer.json.recipients.map((/** @type {any} */ one) => ({
      address: one.address,
      id: one.transfer_id,
      link: one.link,
      secret: one.link.split("#")[1],
    }));
    for (const { link } of this.readers) {
      this.world.history.add("link", { link, base: this.world.server.baseUrl });
    }
  }

  /** Takes the transfer back. */
  async revoke() {
    const path = `/api/v1/sent/${this.tracking}/revoke`;
    const event = { op: "revoke", draft: this.id };
    await insist(this.world, [204], () =>
      told(this.world, event, () => this.sender.client.call("POST", path)),
    );
    this.state = "revoked";
  }

  /** Throws the draft away. */
  async drop() {
    const gone = this.call.bind(this, "DELETE", "");
    // Repeated after a lost answer it is no longer there.
    await this.ask("drop", [204, 404], gone);
    this.state = "dropped";
  }
}

/** @param {any} json */
function startFields(json) {
  return {
    tracking: json.tracking_id,
    recipients: json.recipients.map((/** @type {any} */ one) => ({
      address: one.address,
      id: one.transfer_id,
    })),
    end: Date.parse(json.expires) / 1000,
  };
}

/** Opens a transfer and reads all its files, as far as they come.
 * @param {World} world @param {SenderDraft} draft @param {Reader} reader */
export async function retrieve(world, draft, reader) {
  const client = new ApiClient(world.server.baseUrl);
  const open = { op: "open", id: reader.id, by: "right" };
  const isOver = draft.state !== "started";
  const answer = await insist(world, isOver ? [201, 404] : [201], () =>
    told(world, open, () => client.tryOpen(reader.id, { secret: reader.secret })),
  );
  if (answer.status !== 201) return;
  const path = `/api/v1/retrievals/${answer.json.retrieval_id}`;
  const headers = { "Couvert-Retrieval": String(answer.json.token) };
  for (const { no, bytes } of draft.files) {
    const get = { op: "get", id: reader.id, no };
    await insist(world, [200], () =>
      told(
        world,
        get,
        () => client.call("GET", `${path}/files/${no}`, { headers }),
        (said) => ({ whole: said.body.length === bytes.length, sha256: sha256(said.body) }),
      ),
    );
  }
  const finish = { op: "request", what: "finish" };
  await insist(world, [204, 404], () =>
    told(world, finish, () => client.call("DELETE", path, { headers })),
  );
}
