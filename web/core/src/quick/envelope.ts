// Envelopes: the secret S of a transfer, sealed by the sender's person key for the recipient's.

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

import { join, numberBytes, type Bytes } from "../bytes.ts";
import { fail, pass, type Result } from "../result.ts";
import { labelled, str } from "./message.ts";
import { readPublicKey, type Person } from "./person.ts";

const encBytes = 65;
const envelopeBytes = 113;

const suite = () =>
  new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });

/** The keyslot that an envelope belongs to. IDs are their 16 bytes. */
export interface EnvelopePlace {
  readonly mode: 1 | 2;
  readonly seal: Bytes;
  readonly slot: Bytes;
}

/** The other side, with its pinned key. */
export interface Peer {
  readonly address: string;
  readonly key: Bytes;
}

const infoOf = ({ mode, seal, slot }: EnvelopePlace, sender: string, recipient: string) =>
  labelled("couvert/1 quick", join(numberBytes(mode, 1), seal, slot, str(sender), str(recipient)));

/** Seals `secret` for `to`. `invalid` where its key is none. `ephemeral` is for tests. */
export async function sealEnvelope(
  place: EnvelopePlace,
  people: { readonly from: Person; readonly to: Peer },
  secret: Bytes,
  ephemeral?: CryptoKeyPair,
): Promise<Result<Bytes>> {
  const { from, to } = people;
  const recipientPublicKey = await readPublicKey(to.key);
  if (recipientPublicKey === undefined) return fail("invalid");
  const context = await suite().createSenderContext({
    recipientPublicKey,
    senderKey: from.pair,
    info: infoOf(place, from.address, to.address),
    ...(ephemeral !== undefined && { ekm: ephemeral }),
  });
  const sealed = await context.seal(secret);
  return pass(join(new Uint8Array(context.enc), new Uint8Array(sealed)));
}

/** `damaged` where it was not sealed by this sender, for this recipient and this place. */
export async function openEnvelope(
  place: EnvelopePlace,
  people: { readonly from: Peer; readonly to: Person },
  envelope: Bytes,
): Promise<Result<Bytes>> {
  const { from, to } = people;
  const enc = envelope.slice(0, encBytes);
  const senderPublicKey = await readPublicKey(from.key);
  const isReadable = envelope.length === envelopeBytes && (await readPublicKey(enc)) !== undefined;
  if (!isReadable || senderPublicKey === undefined) return fail("damaged");
  try {
    const context = await suite().createRecipientContext({
      recipientKey: to.pair,
      senderPublicKey,
      enc,
      info: infoOf(place, from.address, to.address),
    });
    return pass(new Uint8Array(await context.open(envelope.slice(encBytes))));
  } catch {
    return fail("damaged");
  }
}
