// A device of QUICK as the server knows one: tokens, a public key, sealed bytes that nobody opens.
// What is in those bytes is for the clients' own tests.
import { createECDH, randomBytes } from "node:crypto";
import { expectStatus, randomId, randomSecret } from "./api-client.mjs";

/** @typedef {import("./api-client.mjs").ApiClient} ApiClient */

/** Bytes of one length as they stand in JSON. @param {number} length */
export function anyBytes(length) {
  return randomBytes(length).toString("base64url");
}

/** A sealed person's secret, as far as the server looks. */
export function sealedPerson() {
  return anyBytes(201);
}

/** A public key as the API writes it. */
export function newPublicKey() {
  return createECDH("prime256v1").generateKeys("base64url");
}

/** An answer to an invitation, with the key of whoever answers. @param {string} publicKey */
export function answerOf(publicKey) {
  return Buffer.concat([Buffer.from(publicKey, "base64url"), randomBytes(32)]).toString(
    "base64url",
  );
}

export class QuickDevice {
  /** @param {ApiClient} client @param {{ verification_id: string, address: string }} proof
   * @param {QuickDevice} [of] another device of the same person */
  constructor(client, proof, of) {
    this.client = client;
    this.proof = proof;
    this.address = proof.address;
    this.path = `/api/v1/verifications/${proof.verification_id}/quick`;
    this.id = randomId();
    this.token = randomSecret();
    this.member = of?.member ?? randomSecret();
    this.publicKey = of?.publicKey ?? newPublicKey();
    this.sealed = sealedPerson();
    this.recovery = of?.recovery ?? sealedPerson();
    this.book = anyBytes(200);
  }

  get header() {
    return { "Couvert-Device": `${this.id}.${this.token}` };
  }

  /** As the device alone. @param {string} method @param {string} [below] @param {unknown} [json] */
  call(method, below = "", json) {
    const headers = this.header;
    return this.client.call(method, `/api/v1/quick${below}`, { headers, json });
  }

  /** As the session, below the proof. @param {string} method @param {string} [below]
   * @param {unknown} [json] */
  callProven(method, below = "", json) {
    const headers = { ...this.header, "Couvert-Member": this.member };
    return this.client.call(method, this.path + below, { headers, json });
  }

  activation() {
    return {
      public_key: this.publicKey,
      recovery: this.recovery,
      book: this.book,
      language: "en",
      device: { name: "Firefox on Windows", sealed: this.sealed },
    };
  }

  /** @param {Record<string, unknown>} [more] */
  tryActivate(more = {}) {
    return this.callProven("POST", "", { ...this.activation(), ...more });
  }

  /** @param {Record<string, unknown>} [more] */
  async activate(more) {
    expectStatus(await this.tryActivate(more), 204);
    return this;
  }

  /** To go with Start. */
  invitation() {
    return { public_key: this.publicKey, secret: randomSecret() };
  }

  tryJoin() {
    return this.callProven("POST", "/devices", { name: "Outlook", sealed: this.sealed });
  }

  /** @param {string} transferId */
  findEnvelope(transferId) {
    return this.call("POST", "/envelope", { transfer_id: transferId });
  }
}

/** What only one recipient's device opens. */
export function newEnvelope() {
  return { slot_id: randomId(), secret: randomSecret(), envelope: anyBytes(113) };
}

/** A recipient of Start who is connected. @param {string} address */
export function connected(address) {
  return { address, kind: "to", ...newEnvelope() };
}

/** Connects both by an invitation of the first. @param {QuickDevice} from @param {QuickDevice} to
 * @param {string} password */
export async function connect(from, to, password) {
  const invitation = from.invitation();
  const sent = await from.client.provide({
    from: from.address,
    to: [{ address: to.address }],
    more: { password, invitation },
  });
  const opened = await to.client.open(sent.recipients[0].transfer_id, { password });
  const answered = await opened.call("POST", "/answer", to.header, {
    answer: answerOf(to.publicKey),
  });
  expectStatus(answered, 204);
  return { sent, opened, invitation };
}
