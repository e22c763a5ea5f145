// Our HPKE in C++ (build/debug/hpke_peer) and @hpke/core seal for each other, in both directions,
// with random keys, infos and plaintexts; and neither opens what was changed on its way.
//
// node tests/hpke_cross.mjs [ROUNDS] [SEED]
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

const rounds = Number(process.argv[2] ?? 100);
const seed = Number(process.argv[3] ?? randomInt(2 ** 31));
const program = fileURLToPath(new URL("../build/debug/hpke_peer", import.meta.url));

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

const peer = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();

async function ask(...words) {
  peer.stdin.write(`${words.map((word) => hex(word)).join(" ")}\n`);
  const { value, done } = await answers.next();
  assert(!done, "hpke_peer has ended");
  return value;
}

const hex = (word) => (typeof word === "string" ? word : Buffer.from(word).toString("hex") || "-");
const bytes = (text) => new Uint8Array(Buffer.from(text === "-" ? "" : text, "hex"));

let drawn = 0;
/** Bytes that the seed decides, so that a failure can be seen again. */
function random(count) {
  const out = [];
  while (out.length < count) {
    out.push(...createHash("sha256").update(`${seed} ${drawn++}`).digest());
  }
  return Uint8Array.from(out.slice(0, count));
}
const below = (bound) => Buffer.from(random(4)).readUInt32BE() % bound;

async function person() {
  const pair = await suite.kem.deriveKeyPair(random(32));
  const read = async (key) => new Uint8Array(await suite.kem.serializePublicKey(key));
  const secret = new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey));
  return { pair, key: await read(pair.publicKey), secret };
}

/** The same with one bit of one byte changed. */
function spoiled(content) {
  const other = content.slice();
  other[below(other.length)] ^= 1 << below(8);
  return other;
}

async function openHere(to, from, info, sealed) {
  try {
    const context = await suite.createRecipientContext({
      recipientKey: to.pair,
      senderPublicKey: from.pair.publicKey,
      enc: sealed.slice(0, 65),
      info,
    });
    return hex(new Uint8Array(await context.open(sealed.slice(65))));
  } catch {
    return "no";
  }
}

async function round() {
  const [from, to] = [await person(), await person()];
  const [info, plain] = [random(below(200)), random(below(300))];

  const theirs = bytes(await ask("seal", from.secret, to.key, info, plain));
  assert.equal(await openHere(to, from, info, theirs), hex(plain));
  assert.equal(await openHere(to, from, info, spoiled(theirs)), "no");

  const context = await suite.createSenderContext({
    recipientPublicKey: to.pair.publicKey,
    senderKey: from.pair,
    info,
  });
  const cipher = new Uint8Array(await context.seal(plain));
  const ours = Uint8Array.from([...new Uint8Array(context.enc), ...cipher]);
  assert.equal(await ask("open", to.secret, from.key, info, ours), hex(plain));
  assert.equal(await ask("open", to.secret, from.key, info, spoiled(ours)), "no");
  assert.equal(await ask("open", to.secret, to.key, info, ours), "no");
  assert.equal(await ask("open", to.secret, from.key, Uint8Array.from([...info, 0]), ours), "no");
}

try {
  for (let at = 0; at < rounds; at++) await round();
  console.log(`  hpke: ${rounds} rounds in both directions, seed ${seed}`);
} catch (error) {
  console.error(`  hpke: seed ${seed}`);
  throw error;
} finally {
  peer.stdin.end();
}
