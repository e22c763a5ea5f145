// The vectors that the C++ reads as well (tests/vectors), read by what the browser runs.
import { describe, expect, it } from "vitest";

import { join, type Bytes } from "../bytes.ts";
import { fromBase32, toBase64url } from "../ids.ts";
import {
  decodeBook,
  emptyBook,
  encodeBook,
  invite,
  openBook,
  sealBook,
  takeAnswer,
} from "./book.ts";
import { openEnvelope, sealEnvelope } from "./envelope.ts";
import { openMessage, sealingKey, sealMessage } from "./message.ts";
import {
  codeKey,
  deviceToken,
  fingerprint,
  memberToken,
  openPerson,
  readPublicKey,
  type Person,
} from "./person.ts";
import { outcomeOf, vectorsOf, type Vector } from "./test-vectors.ts";

const curve = { name: "ECDH", namedCurve: "P-256" };

/** The pair of a private key: PKCS #8 without the public one, which WebCrypto computes. */
async function pairOf(secret: Bytes): Promise<CryptoKeyPair> {
  const head = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";
  const bytes = Uint8Array.from(head.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const key = await crypto.subtle.importKey("pkcs8", join(bytes, secret), curve, true, [
    "deriveBits",
  ]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  const open = { kty, crv, x, y } as JsonWebKey;
  const publicKey = await crypto.subtle.importKey("jwk", open, curve, true, []);
  return { privateKey: key, publicKey };
}

async function personOf(address: string, secret: Bytes): Promise<Person> {
  const pair = await pairOf(secret);
  const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { address, pair, key, bookKey: await sealingKey(new Uint8Array(32)) };
}

/** Every vector of a kind; `read` gives what it came to. */
const each = (kind: string, read: (vector: Vector) => Promise<void>) =>
  it(`${kind}: every vector comes to what it says`, async () => {
    const vectors = vectorsOf(kind);
    expect(vectors.length).toBeGreaterThan(2);
    for (const vector of vectors) await read(vector);
  });

describe("vectors", () => {
  each("message", async (vector) => {
    const key = await sealingKey(vector.bytes("key"));
    const [context, message] = [vector.bytes("context"), vector.bytes("message")];
    const opened = await openMessage(key, context, message);
    expect(outcomeOf(opened), vector.name).toBe(vector.expect);
    if (!opened.ok) return;
    expect(opened.value).toEqual(vector.bytes("plain"));
    expect(await sealMessage(key, context, opened.value, message.slice(0, 24))).toEqual(message);
  });

  each("envelope", async (vector) => {
    const place = {
      mode: vector.number("mode") === 2 ? (2 as const) : (1 as const),
      seal: vector.bytes("seal"),
      slot: vector.bytes("slot"),
    };
    const from = { address: vector.text("sender"), key: vector.bytes("sender_key") };
    const to = await personOf(vector.text("recipient"), vector.bytes("recipient_private"));
    const envelope = vector.bytes("envelope");
    const opened = await openEnvelope(place, { from, to }, envelope);
    expect(outcomeOf(opened), vector.name).toBe(vector.expect);
    if (!opened.ok) return;
    expect(opened.value).toEqual(vector.bytes("s"));
    const sender = await personOf(from.address, vector.bytes("sender_private"));
    const ephemeral = await pairOf(vector.bytes("ephemeral_private"));
    const again = await sealEnvelope(place, { from: sender, to }, opened.value, ephemeral);
    expect(again).toEqual({ ok: true, value: envelope });
  });

  each("answer", async (vector) => {
    const [seal, recipient] = [vector.bytes("seal"), vector.text("recipient")];
    const book = invite(emptyBook, { to: recipient, seal, secret: vector.bytes("secret") });
    const self = { address: vector.text("sender"), key: vector.bytes("sender_key") };
    const relayed = { seal, recipient, answer: vector.bytes("answer") };
    const taken = await takeAnswer(book, self, relayed);
    expect(outcomeOf(taken), vector.name).toBe(vector.expect);
    if (taken.ok) expect(taken.value.contacts).toHaveLength(1);
  });

  each("person", async (vector) => {
    const key = await sealingKey(vector.bytes("key"));
    const person = await openPerson(key, vector.text("address"), vector.bytes("message"));
    expect(outcomeOf(person), vector.name).toBe(vector.expect);
    if (!person.ok) return;
    expect(person.value.key).toEqual(vector.bytes("public"));
    expect(person.value.pair.privateKey.extractable).toBe(false);
    expect(person.value.bookKey.extractable).toBe(false);
  });

  each("book", async (vector) => {
    const plain = vector.bytes("plain");
    const book = decodeBook(plain);
    expect(outcomeOf(book), vector.name).toBe(vector.expect);
    if (book.ok) expect(encodeBook(book.value)).toEqual(plain);
  });

  each("sealed_book", async (vector) => {
    const bookKey = await sealingKey(vector.bytes("key"));
    const owner = { address: vector.text("address"), bookKey };
    const [version, message] = [vector.number("version"), vector.bytes("message")];
    const book = await openBook(owner, version, message);
    expect(outcomeOf(book), vector.name).toBe(vector.expect);
    if (!book.ok) return;
    expect(encodeBook(book.value)).toEqual(vector.bytes("plain"));
    const again = await sealBook(owner, version, book.value, message.slice(0, 24));
    expect(again).toEqual({ ok: true, value: message });
  });

  each("code", async (vector) => {
    const code = fromBase32(vector.text("text"));
    const isCode = code?.length === 16;
    expect(isCode ? "ok" : "invalid", vector.name).toBe(vector.expect);
    if (code === undefined || !isCode) return;
    expect(code).toEqual(vector.bytes("code"));
    const made = await codeKey(code, vector.text("address"));
    const right = await sealingKey(vector.bytes("key"));
    const sealed = await sealMessage(right, new Uint8Array(), new Uint8Array(1));
    expect((await openMessage(made, new Uint8Array(), sealed)).ok).toBe(true);
  });

  each("fingerprint", async (vector) => {
    const made = await fingerprint(vector.text("address"), vector.bytes("key"));
    expect(made, vector.name).toBe(vector.text("text"));
  });

  each("token", async (vector) => {
    const [key, address] = [await sealingKey(vector.bytes("key")), vector.text("address")];
    const token =
      vector.text("kind") === "device"
        ? await deviceToken(key, address, vector.bytes("device"))
        : await memberToken({ address, bookKey: key });
    expect(token, vector.name).toEqual(vector.bytes("token"));
  });
});

describe("readPublicKey", () => {
  it("takes no compressed point, though WebCrypto may", async () => {
    const { key } = await personOf("a@example.org", new Uint8Array(32).fill(1));
    expect(await readPublicKey(key)).toBeDefined();
    const compressed = join(new Uint8Array([2 + ((key[64] ?? 0) & 1)]), key.slice(1, 33));
    expect(await readPublicKey(compressed), toBase64url(compressed)).toBeUndefined();
  });
});
