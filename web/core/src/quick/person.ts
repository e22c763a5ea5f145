// The keys of a person, shared by all of the person's clients, and the key of this one client.
// Private keys are handles of WebCrypto that cannot be read; their bytes pass by only where they
// are made, opened or handed to one more client.

import { join, utf8, type Bytes } from "../bytes.ts";
import { fromBase64url, toBase32, toBase64url } from "../ids.ts";
import { fail, pass, type Result } from "../result.ts";
import { labelled, mac, openMessage, sealingKey, sealMessage, str } from "./message.ts";

const curve = { name: "ECDH", namedCurve: "P-256" } as const;
const secretBytes = 32 + 65 + 32;
const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/** What every client of a person has in common. */
export interface Person {
  readonly address: string;
  readonly pair: CryptoKeyPair;
  /** The uncompressed point, 65 bytes: what contacts pin. */
  readonly key: Bytes;
  /** Of the contact book. */
  readonly bookKey: CryptoKey;
}

/** This client's own key. It never leaves the browser that made it. */
export const newDeviceKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-512", length: 256 }, false, ["sign"]);

/** A public key in its one form, or undefined for what is no point of the curve. */
export async function readPublicKey(bytes: Bytes): Promise<CryptoKey | undefined> {
  // WebCrypto may take compressed points as well; we do not.
  if (bytes.length !== 65 || bytes[0] !== 4) return undefined;
  try {
    return await crypto.subtle.importKey("raw", bytes, curve, true, []);
  } catch {
    return undefined;
  }
}

const toHex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function jwkOf(secret: Bytes): JsonWebKey {
  return {
    kty: "EC",
    crv: "P-256",
    d: toBase64url(secret.subarray(0, 32)),
    x: toBase64url(secret.subarray(33, 65)),
    y: toBase64url(secret.subarray(65, 97)),
  };
}

/** The same without the private key. */
const publicJwk = ({ kty, crv, x, y }: JsonWebKey) => ({ kty, crv, x, y }) as JsonWebKey;

/** Whether the private key is that of the public one: what it signs, the other must verify. */
async function isPair(jwk: JsonWebKey): Promise<boolean> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const signer = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);
  const verifier = await crypto.subtle.importKey("jwk", publicJwk(jwk), algorithm, false, [
    "verify",
  ]);
  const signature = await crypto.subtle.sign(algorithm, signer, utf8("pair"));
  return await crypto.subtle.verify(algorithm, verifier, signature, utf8("pair"));
}

/** Makes keys of a person's secret: private key[32], public key[65], book key[32]. */
async function readSecret(address: string, secret: Bytes): Promise<Result<Person>> {
  if (secret.length !== secretBytes) return fail("damaged");
  const privateKey = toHex(secret.subarray(0, 32));
  if (/^0+$/.test(privateKey) || privateKey >= order) return fail("damaged");
  const key = secret.slice(32, 97);
  const publicKey = await readPublicKey(key);
  if (publicKey === undefined) return fail("damaged");
  try {
    const jwk = jwkOf(secret);
    if (!(await isPair(jwk))) return fail("damaged");
    const own = await crypto.subtle.importKey("jwk", jwk, curve, false, ["deriveBits"]);
    const bookKey = await sealingKey(secret.slice(97));
    return pass({ address, pair: { privateKey: own, publicKey }, key, bookKey });
  } catch {
    return fail("damaged");
  }
}

const personContext = (address: string) => labelled("couvert/1 person", str(address));

async function openSecret(key: CryptoKey, address: string, sealed: Bytes): Promise<Result<Bytes>> {
  const opened = await openMessage(key, personContext(address), sealed);
  return opened.ok ? opened : fail("damaged");
}

/** Draws a new person. `sealed` is the secret under this client's key, for the server to keep. */
export async function makePerson(
  address: string,
  deviceKey: CryptoKey,
): Promise<{ person: Person; sealed: Bytes }> {
  const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const { d = "" } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const secret = join(
    fromBase64url(d) ?? new Uint8Array(),
    key,
    crypto.getRandomValues(new Uint8Array(32)),
  );
  const person = await readSecret(address, secret);
  const sealed = await sealMessage(deviceKey, personContext(address), secret);
  secret.fill(0);
  if (!person.ok) throw new Error("a new key is not one");
  return { person: person.value, sealed };
}

/** Opens what the server keeps for this client, or what a code opens. `damaged` otherwise. */
export async function openPerson(
  key: CryptoKey,
  address: string,
  sealed: Bytes,
): Promise<Result<Person>> {
  const secret = await openSecret(key, address, sealed);
  return secret.ok ? await readSecret(address, secret.value) : secret;
}

/** The same secret under another key: for one more client, or for a code. */
export async function resealPerson(
  address: string,
  sealed: Bytes,
  keys: { readonly from: CryptoKey; readonly to: CryptoKey },
): Promise<Result<Bytes>> {
  const secret = await openSecret(keys.from, address, sealed);
  if (!secret.ok) return secret;
  const again = await sealMessage(keys.to, personContext(address), secret.value);
  secret.value.fill(0);
  return pass(again);
}

/** The key that a code of 16 bytes stands for. */
export async function codeKey(code: Bytes, address: string): Promise<CryptoKey> {
  return await sealingKey(await mac(await sealingKey(code), "couvert/1 code", str(address)));
}

/** How this client proves to the server which one it is. `device`: its ID[16]. */
export const deviceToken = (deviceKey: CryptoKey, address: string, device: Bytes): Promise<Bytes> =>
  mac(deviceKey, "couvert/1 device", join(str(address), device));

/** How a client proves to the server that it has the person's secret. */
export const memberToken = (person: Pick<Person, "address" | "bookKey">): Promise<Bytes> =>
  mac(person.bookKey, "couvert/1 member", str(person.address));

/** What two people compare by phone: 20 characters. */
export async function fingerprint(address: string, key: Bytes): Promise<string> {
  const about = labelled("couvert/1 fingerprint", join(str(address), key));
  return toBase32(new Uint8Array(await crypto.subtle.digest("SHA-256", about))).slice(0, 20);
}
