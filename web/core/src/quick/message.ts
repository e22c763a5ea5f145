// Sealed messages (spec/sealing.md, section 3) on WebCrypto. The key is an HMAC-SHA-512 key that
// WebCrypto need not give out: a device's key never leaves its browser.

import { join, numberBytes, sameBytes, utf8, type Bytes } from "../bytes.ts";
import { fail, pass, type Result } from "../result.ts";

const scheme = join(utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"), new Uint8Array(1));
const saltBytes = 24;
const headBytes = 56;
const chunkBytes = 16384;
const tagBytes = 16;

/** 32 bytes as a key to seal and to compute MACs with. */
export const sealingKey = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);

/** label || 0x00 || x */
export const labelled = (label: string, x: Uint8Array): Bytes =>
  join(utf8(label), new Uint8Array(1), x);

/** length[2] || text */
export function str(text: string): Bytes {
  const bytes = utf8(text);
  return join(numberBytes(bytes.length, 2), bytes);
}

async function hmac(key: CryptoKey, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, data));
}

/** MAC(key, label, x), 32 bytes. */
export const mac = async (key: CryptoKey, label: string, x: Uint8Array): Promise<Bytes> =>
  (await hmac(key, labelled(label, x))).slice(0, 32);

interface MessageKeys {
  readonly cipher: CryptoKey;
  readonly nonce: Bytes;
  readonly commitment: Bytes;
}

async function keysOf(key: CryptoKey, salt: Uint8Array, context: Bytes): Promise<MessageKeys> {
  const info = join(scheme, salt, context);
  const first = await hmac(key, join(info, numberBytes(1, 1)));
  const second = await hmac(key, join(first, info, numberBytes(2, 1)));
  const out = join(first, second);
  const cipher = await crypto.subtle.importKey("raw", out.slice(0, 32), "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
  return { cipher, nonce: out.slice(32, 44), commitment: out.slice(44, 76) };
}

function nonceOf(keys: MessageKeys, chunk: number): AesGcmParams {
  const counter = numberBytes(chunk, 12);
  return { name: "AES-GCM", iv: keys.nonce.map((byte, at) => byte ^ (counter[at] ?? 0)) };
}

/** Seals `plain`; `salt` is for tests, else a fresh one is drawn. */
export async function sealMessage(
  key: CryptoKey,
  context: Bytes,
  plain: Bytes,
  salt: Bytes = crypto.getRandomValues(new Uint8Array(saltBytes)),
): Promise<Bytes> {
  const keys = await keysOf(key, salt, context);
  const chunks = [];
  for (let at = 0; at <= plain.length; at += chunkBytes) {
    const nonce = nonceOf(keys, at / chunkBytes);
    const piece = plain.subarray(at, at + chunkBytes);
    chunks.push(new Uint8Array(await crypto.subtle.encrypt(nonce, keys.cipher, piece)));
  }
  return join(salt, keys.commitment, ...chunks);
}

/**
 * Opens a message. `damaged` for a length that no message has and for a spoiled chunk, `refused`
 * where the commitment is another: another key, another context or another message.
 */
export async function openMessage(
  key: CryptoKey,
  context: Bytes,
  message: Bytes,
): Promise<Result<Bytes>> {
  const last = (message.length - headBytes) % (chunkBytes + tagBytes);
  if (message.length < headBytes + tagBytes || last < tagBytes) return fail("damaged");
  const keys = await keysOf(key, message.subarray(0, saltBytes), context);
  if (!sameBytes(keys.commitment, message.subarray(saltBytes, headBytes))) return fail("refused");
  const opened = [];
  for (let at = headBytes; at < message.length; at += chunkBytes + tagBytes) {
    const nonce = nonceOf(keys, (at - headBytes) / (chunkBytes + tagBytes));
    const chunk = message.subarray(at, at + chunkBytes + tagBytes);
    try {
      opened.push(new Uint8Array(await crypto.subtle.decrypt(nonce, keys.cipher, chunk)));
    } catch {
      return fail("damaged");
    }
  }
  return pass(join(...opened));
}
