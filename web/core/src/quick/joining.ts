// How a browser comes to a person's keys: it makes them (activating, starting anew), or gets them
// by a code (spec/quick.md, section 7).

import { sameBytes, type Bytes } from "../bytes.ts";
import type { Language } from "../format.ts";
import { fromBase32, toBase32, toBase64url } from "../ids.ts";
import { fail, pass, type Result } from "../result.ts";
import { emptyBook, sealBook } from "./book.ts";
import type { Proof, QuickCalls } from "./calls.ts";
import type { DeviceRecord } from "./device.ts";
import { proofOf, type Keys } from "./keys.ts";
import {
  codeKey,
  makePerson,
  memberToken,
  newDeviceKey,
  openPerson,
  resealPerson,
  type Person,
} from "./person.ts";

const codeBytes = 16;
/** How long a shown code is waited for: reading it out and typing it takes its time. */
const codeWaitMax = 15 * 60_000;
const codePause = 3_000;

/** A proven mailbox, and how this client is called in the person's list of devices. */
export interface Joining {
  /** Of the address. */
  readonly verification: string;
  readonly deviceName: string;
}

export interface Activating extends Joining {
  /** Of the mails about QUICK. */
  readonly language: Language;
  /** In place of a person that is there. */
  readonly startAnew?: boolean;
}

/** A code as somebody typed it. */
export function readCode(typed: string): Bytes | undefined {
  const code = fromBase32(typed.replace(/\s/g, ""));
  return code?.length === codeBytes ? code : undefined;
}

/** A fresh code, 26 characters. */
export const drawCode = (keys: Keys): string => toBase32(keys.host.random(codeBytes));

async function newRecord(keys: Keys, personKey: Bytes, key: CryptoKey): Promise<DeviceRecord> {
  const id = new Uint8Array(keys.host.random(16));
  const { address } = keys;
  return { address, id, key, personKey, seen: undefined, pending: true, codeUnkept: false };
}

const proofWithMember = async (record: DeviceRecord, person: Person): Promise<Proof> => ({
  ...(await proofOf(record)),
  member: toBase64url(await memberToken(person)),
});

/**
 * Announces a device. Its record is written before: whatever breaks then, the key to what the
 * server has taken is here. Of what the server refused nothing stays.
 */
async function announce(
  keys: Keys,
  record: DeviceRecord,
  ask: () => Promise<Result<unknown>>,
): Promise<Result> {
  const before = await keys.host.devices.read(keys.address);
  if (!before.ok) return before;
  const written = await keys.host.devices.write(record);
  if (!written.ok) return written;
  keys.close();
  const asked = await ask();
  if (!asked.ok && asked.code !== "unavailable") {
    if (before.value) await keys.host.devices.write(before.value);
    else await keys.host.devices.remove(keys.address);
  }
  if (!asked.ok) return asked;
  return await keys.host.devices.write({ ...record, pending: false });
}

/** Makes a person. Its recovery code, which is not kept anywhere. */
export function activate(keys: Keys, activating: Activating): Promise<Result<string>> {
  return keys.alone(async () => {
    const { address } = keys;
    const key = await newDeviceKey();
    const { person, sealed } = await makePerson(address, key);
    const code = drawCode(keys);
    const under = await codeKey(fromBase32(code)!, address);
    const recovery = await resealPerson(address, sealed, { from: key, to: under });
    const book = await sealBook(person, 1, emptyBook);
    if (!recovery.ok || !book.ok) throw new Error("what was just made does not open");
    const record = { ...(await newRecord(keys, person.key, key)), codeUnkept: true };
    const proof = await proofWithMember(record, person);
    const done = await announce(keys, record, () =>
      keys.calls.activate(activating.verification, proof, {
        publicKey: person.key,
        recovery: recovery.value,
        book: book.value,
        device: { name: activating.deviceName, sealed },
        language: activating.language,
        startAnew: activating.startAnew ?? false,
      }),
    );
    return done.ok ? pass(code) : done;
  });
}

/** Registers this client with what a code opens. `refused`, `wrong_code`: another code's;
 * `conflict`, `other_identity`: this browser knows the address with other keys. */
function joinWith(
  keys: Keys,
  { verification, deviceName }: Joining,
  { code, sealed }: { readonly code: Bytes; readonly sealed: Bytes },
): Promise<Result> {
  return keys.alone(async () => {
    const { address } = keys;
    const under = await codeKey(code, address);
    const person = await openPerson(under, address, sealed);
    const key = await newDeviceKey();
    const own = await resealPerson(address, sealed, { from: under, to: key });
    if (!person.ok || !own.ok) return fail("refused", { reason: "wrong_code" });
    const before = await keys.host.devices.read(address);
    if (!before.ok) return before;
    // What this browser has seen it does not give up by itself: a human removes it first.
    if (before.value && !sameBytes(before.value.personKey, person.value.key)) {
      return fail("conflict", { reason: "other_identity" });
    }
    // Who comes back still knows which book is too old.
    const { seen } = before.value ?? {};
    const record = { ...(await newRecord(keys, person.value.key, key)), seen };
    const proof = await proofWithMember(record, person.value);
    const device = { name: deviceName, sealed: own.value };
    return await announce(keys, record, () => keys.calls.addDevice(verification, proof, device));
  });
}

/**
 * Waits until a connected device was given `code`, which the person reads from here, and joins.
 *
 * Errors: `expired` when nobody did, or `signal` said to stop (`cancelled`); `refused` with
 *         `wrong_code` where another code was given: draw a new one; those of the server.
 */
export async function joinByCode(
  keys: Keys,
  joining: Joining,
  code: string,
  signal: AbortSignal,
): Promise<Result> {
  const { host, calls } = keys;
  const end = host.now() + codeWaitMax;
  while (host.now() < end && !signal.aborted) {
    const left = await takeLeft(calls, joining.verification);
    if (signal.aborted) break;
    if (left.ok && left.value) {
      return await joinWith(keys, joining, { code: fromBase32(code)!, sealed: left.value });
    }
    if (!left.ok && left.code !== "unavailable" && left.code !== "throttled") return left;
    await host.wait(Math.max(codePause, (left.ok ? 0 : (left.retryAfter ?? 0)) * 1000));
  }
  return fail("expired", { reason: signal.aborted ? "cancelled" : "code_expired" });
}

/** What a device has left, if anything. */
async function takeLeft(
  calls: QuickCalls,
  verification: string,
): Promise<Result<Bytes | undefined>> {
  const person = await calls.person(verification);
  if (!person.ok) return person;
  if (!person.value.code_waiting) return pass(undefined);
  const taken = await calls.takeCode(verification);
  // Somebody was faster, or it was too old.
  return !taken.ok && taken.code === "denied" ? pass(undefined) : taken;
}

/** `invalid` for what is no code; `refused` for another one; those of the server. */
export async function joinByRecovery(keys: Keys, joining: Joining, typed: string): Promise<Result> {
  const code = readCode(typed);
  if (code === undefined) return fail("invalid", { reason: "code" });
  const left = await keys.calls.recovery(joining.verification);
  return left.ok ? await joinWith(keys, joining, { code, sealed: left.value }) : left;
}
