// Somebody who has stolen all that a server keeps: database, objects, day keys, master key, log.
// Opens what opens with these, and then tries everything that lies there, byte by byte, as the
// secret of each keyslot, sealed person and contact book (spec/sealing.md, spec/quick.md).
import { createDecipheriv, createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { filesBelow } from "./files.mjs";
import { output } from "./processes.mjs";

/** @typedef {{ what: string, message: Buffer, context: Buffer }} Target */

const chunkBytes = 16 * 1024 + 16;

/** HMAC-SHA-512. @param {Buffer} key @param {...Buffer} parts */
function hmac(key, ...parts) {
  const mac = createHmac("sha512", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** label || 0x00 || x. @param {string} label @param {...Buffer} x */
function labelled(label, ...x) {
  return Buffer.concat([Buffer.from(`${label}\0`), ...x]);
}

/** @param {string} text */
function str(text) {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The beginning of HKDF-Expand for one message. @param {Buffer} message @param {Buffer} context */
function infoOf(message, context) {
  const name = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";
  return Buffer.concat([Buffer.from(name), message.subarray(0, 24), context]);
}

/** Whether this is the key of a message: by the first 20 bytes of its commitment.
 * @param {Buffer} key @param {Buffer} info @param {Buffer} message */
function isKey(key, info, message) {
  const first = hmac(key, info, Buffer.from([1]));
  return first.subarray(44).equals(message.subarray(24, 44));
}

/** @param {Buffer} key @param {Buffer} context @param {Buffer} message */
function openMessage(key, context, message) {
  const info = infoOf(message, context);
  if (!isKey(key, info, message)) return undefined;
  const first = hmac(key, info, Buffer.from([1]));
  const plain = [];
  for (let at = 56, k = 0; at < message.length; at += chunkBytes, k++) {
    const chunk = message.subarray(at, at + chunkBytes);
    const nonce = Buffer.from(first.subarray(32, 44));
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ k) >>> 0, 8);
    const cipher = createDecipheriv("aes-256-gcm", first.subarray(0, 32), nonce);
    cipher.setAuthTag(chunk.subarray(-16));
    plain.push(cipher.update(chunk.subarray(0, -16)), cipher.final());
  }
  return Buffer.concat(plain);
}

const letters = "abcdefghijklmnopqrstuvwxyz234567";

/** @param {string} text */
function fromBase32(text) {
  let bits = "";
  for (const one of text) bits += letters.indexOf(one).toString(2).padStart(5, "0");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2)));
}

/** What a text says as base64url, base32 or hexadecimal digits. @param {string} text */
function writtenIn(text) {
  const found = [];
  for (const [word] of text.matchAll(/[A-Za-z0-9_-]{22,}/g)) {
    found.push(Buffer.from(word, "base64url"));
    if (/^[a-z2-7]{26}$/.test(word)) found.push(fromBase32(word));
    if (/^[0-9a-f]+$/.test(word)) found.push(Buffer.from(word, "hex"));
  }
  return found;
}

export class Thief {
  constructor() {
    /** @type {Buffer[]} */
    this.loot = [];
    /** @type {Target[]} */
    this.targets = [];
  }

  /** @param {import("./couvertd.mjs").Couvertd} server */
  static async of(server) {
    const thief = new Thief();
    const copy = path.join(server.folder, `stolen-${Date.now()}.db`);
    await output(["sqlite3", path.join(server.data, "couvert.db"), `VACUUM INTO '${copy}'`]);
    thief.loot.push(...writtenIn(await output(["sqlite3", copy, ".dump"])));
    thief.loot.push(...writtenIn(await readFile(server.log, "utf8")));
    for (const name of await filesBelow(path.join(server.data, "objects"))) {
      thief.loot.push(await readFile(path.join(server.data, "objects", name)));
    }
    await thief.#openDays(server, copy);
    await thief.#findPeople(copy);
    return thief;
  }

  /** @param {string} file @param {string} table @returns {Promise<any[]>} */
  async #rows(file, table) {
    return JSON.parse((await output(["sqlite3", "-json", file, `SELECT * FROM ${table}`])) || "[]");
  }

  /** Opens what day keys open: notices, mails, the coats of keyslots.
   * @param {import("./couvertd.mjs").Couvertd} server @param {string} copy */
  async #openDays(server, copy) {
    const master = Buffer.from(
      (await readFile(path.join(server.folder, "master.key"), "utf8")).trim(),
      "hex",
    );
    const folder = path.join(server.data, "day-keys");
    /** @type {Buffer[]} */
    const days = [];
    for (const name of (await filesBelow(folder)).filter((one) => one.endsWith(".key"))) {
      const day = Buffer.alloc(4);
      day.writeUInt32BE(Date.parse(`${name.slice(0, 10)}T00:00:00Z`) / 86_400_000);
      const key = openMessage(
        master,
        labelled("couvert/1 day", day),
        await readFile(path.join(folder, name)),
      );
      if (!key) throw new Error(`the master key does not open ${name}`);
      days.push(key);
    }
    this.loot.push(master, ...days);
    /** @param {Buffer} context @param {string} stored */
    const open = (context, stored) => {
      const message = Buffer.from(stored, "base64url");
      for (const day of days) {
        const plain = message.length > 56 && openMessage(day, context, message);
        if (plain) return plain;
      }
      return undefined;
    };
    for (const row of await this.#rows(copy, "transfer")) {
      const notice = open(labelled("couvert/1 notice", fromBase32(row.seal_id)), row.notice);
      if (notice) this.loot.push(notice, ...writtenIn(notice.toString()));
    }
    for (const row of await this.#rows(copy, "outbox")) {
      const mail = open(labelled("couvert/1 mail", fromBase32(row.mail_id)), row.content);
      if (mail) this.loot.push(mail, ...writtenIn(mail.toString()));
    }
    for (const row of await this.#rows(copy, "keyslot")) {
      const [seal, slot] = [fromBase32(row.seal_id), fromBase32(row.slot_id)];
      const keyslot = open(labelled("couvert/1 coat", seal, slot), row.stored);
      if (!keyslot) throw new Error("a coat does not come off");
      const end = 3 + keyslot.readUInt16BE(1);
      const about = [
        Buffer.from([1]),
        seal,
        slot,
        keyslot.subarray(0, 1),
        keyslot.subarray(3, end),
      ];
      this.targets.push({
        what: `keyslot ${keyslot[0]} ${row.slot_id}`,
        message: keyslot.subarray(end),
        context: labelled("couvert/1 keyslot", ...about),
      });
      this.loot.push(keyslot);
    }
  }

  /** @param {string} copy */
  async #findPeople(copy) {
    /** @param {string} what @param {string} address @param {string} sealed */
    const person = (what, address, sealed) => {
      const context = labelled("couvert/1 person", str(address));
      const message = Buffer.from(sealed, "base64url");
      this.targets.push({ what: `${what} ${address}`, message, context });
    };
    for (const row of await this.#rows(copy, "quick_client"))
      person("client", row.address, row.sealed);
    for (const row of await this.#rows(copy, "quick_person")) {
      person("recovery", row.address, row.recovery);
    }
    for (const row of await this.#rows(copy, "quick_book")) {
      const version = Buffer.alloc(8);
      version.writeBigUInt64BE(BigInt(row.version));
      this.targets.push({
        what: `book ${row.address}`,
        message: Buffer.from(row.sealed, "base64url"),
        context: labelled("couvert/1 book", str(row.address), version),
      });
    }
  }

  /** Which of the targets open by anything that lies in the loot, or in `more`.
   * @param {Buffer[]} [more] @returns {string[]} */
  opens(more = []) {
    const keys = new Map();
    for (const bytes of [...this.loot, ...more]) {
      for (let at = 0; at + 32 <= bytes.length; at++) {
        const key = bytes.subarray(at, at + 32);
        keys.set(key.toString("latin1"), key);
      }
    }
    this.tried = keys.size;
    const opened = [];
    for (const { what, message, context } of this.targets) {
      const info = infoOf(message, context);
      for (const key of keys.values()) {
        if (isKey(key, info, message)) opened.push(what);
      }
    }
    return opened.sort();
  }
}
