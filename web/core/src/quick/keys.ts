// This client's keys at work: its device record opened to the person, and the contact book read
// and changed under the rules of spec/quick.md, section 6.
//
// A failure's reason says what to tell: `no_device` (no keys here), `revoked`, `changed` (the
// server gives out another person), `rolled_back` (an older or foreign contact book), `no_storage`.

import { sameBytes, type Bytes } from "../bytes.ts";
import { toBase32 } from "../ids.ts";
import { fail, pass, type Result } from "../result.ts";
import { openBook, sealBook, seeBook, type ContactBook, type SeenBook } from "./book.ts";
import { deviceProof, type Proof, type QuickCalls } from "./calls.ts";
import type { DeviceRecord, QuickHost } from "./device.ts";
import { deviceToken, openPerson, type Person } from "./person.ts";

const bookTriesMax = 5;

export interface Opened {
  record: DeviceRecord;
  readonly person: Person;
  /** The person's secret under this device's key. */
  readonly sealed: Bytes;
  readonly proof: Proof;
}

interface HeldBook {
  readonly version: number;
  readonly book: ContactBook;
}

/** A change of the book. It may be asked for several times, each time on a newer book. The very
 * book that it got: nothing is to change. */
export type BookChange = (book: ContactBook) => Result<ContactBook> | Promise<Result<ContactBook>>;

export const proofOf = async ({ address, id, key }: DeviceRecord): Promise<Proof> => ({
  device: deviceProof(id, await deviceToken(key, address, id)),
});

/** What the server says to a device that it does not know. */
const asRevoked = <T>(answer: Result<T>): Result<T> =>
  !answer.ok && answer.code === "unproven" ? { ...answer, reason: "revoked" } : answer;

/** Threads: everything but `alone` is called within `alone`. */
export class Keys {
  readonly address: string;
  readonly host: QuickHost;
  readonly calls: QuickCalls;
  private opened: Opened | undefined;

  constructor(host: QuickHost, calls: QuickCalls, address: string) {
    this.host = host;
    this.calls = calls;
    this.address = address;
  }

  /** While no other tab works with this address. */
  alone<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    return this.host.alone(`couvert.quick.${this.address}`, work);
  }

  /** The same with this client's keys. */
  with<T>(work: (opened: Opened) => Promise<Result<T>>): Promise<Result<T>> {
    return this.alone(async () => {
      const opened = await this.open();
      return opened.ok ? this.noting(await work(opened.value)) : opened;
    });
  }

  async open(): Promise<Result<Opened>> {
    const kept = await this.host.devices.read(this.address);
    if (!kept.ok) return kept;
    const record = kept.value;
    if (record === undefined) {
      this.opened = undefined;
      return fail("unproven", { reason: "no_device" });
    }
    if (this.opened && !record.pending && sameBytes(this.opened.record.id, record.id)) {
      // Another tab may have seen a newer book.
      this.opened.record = record;
      return pass(this.opened);
    }
    return await this.openAnew(record);
  }

  /** The newest book, never one older than this client has seen. */
  async book(opened: Opened): Promise<Result<HeldBook>> {
    const newest = await this.calls.book(opened.proof);
    if (!newest.ok) return newest;
    const { version, sealed } = newest.value;
    const seen = await seeBook(opened.record.seen, version, sealed);
    if (!seen.ok) return fail("conflict", { reason: "rolled_back" });
    const book = await openBook(opened.person, version, sealed);
    if (!book.ok) return fail("damaged", { reason: "rolled_back" });
    const noted = await this.see(opened, seen.value);
    return noted.ok ? pass({ version, book: book.value }) : noted;
  }

  /** Changes the book; done when the server has taken it. */
  async change(opened: Opened, change: BookChange): Promise<Result<ContactBook>> {
    for (let tries = 0; tries < bookTriesMax; tries++) {
      const held = await this.book(opened);
      if (!held.ok) return held;
      const next = await change(held.value.book);
      if (!next.ok || next.value === held.value.book) return next;
      const version = held.value.version + 1;
      const sealed = await sealBook(opened.person, version, next.value);
      if (!sealed.ok) return sealed;
      const put = await this.calls.putBook(opened.proof, version, sealed.value);
      if (put.ok) {
        const seen = await seeBook(undefined, version, sealed.value);
        const noted = seen.ok ? await this.see(opened, seen.value) : seen;
        return noted.ok ? next : noted;
      }
      if (put.code !== "conflict") return put;
    }
    return fail("conflict", { reason: "book_version" });
  }

  /** Keeps another record of this device. */
  async keep(opened: Opened, record: DeviceRecord): Promise<Result> {
    opened.record = record;
    return await this.host.devices.write(record);
  }

  /** Takes this device off the person's list. Nothing to do where it is not on it. */
  async endDevice(): Promise<Result> {
    const kept = await this.host.devices.read(this.address);
    if (!kept.ok || kept.value === undefined) return kept.ok ? pass(undefined) : kept;
    const ended = await this.calls.revoke(await proofOf(kept.value), toBase32(kept.value.id));
    const isGone = ended.ok || ended.code === "unproven" || ended.code === "denied";
    if (isGone) this.close();
    return isGone ? pass(undefined) : ended;
  }

  /** Nothing is open any more. */
  close(): void {
    this.opened = undefined;
  }

  private async openAnew(record: DeviceRecord): Promise<Result<Opened>> {
    this.opened = undefined;
    const proof = await proofOf(record);
    const self = await this.calls.self(proof);
    if (!self.ok && self.code === "unproven" && record.pending) {
      const gone = await this.host.devices.remove(this.address);
      return gone.ok ? fail("unproven", { reason: "no_device" }) : gone;
    }
    if (!self.ok) return asRevoked(self);
    const { address, publicKey, sealed } = self.value;
    const person = await openPerson(record.key, this.address, sealed);
    const isSame = address === this.address && sameBytes(publicKey, record.personKey);
    if (!isSame || !person.ok || !sameBytes(person.value.key, record.personKey)) {
      return fail("damaged", { reason: "changed" });
    }
    const opened = { record, person: person.value, sealed, proof };
    if (record.pending) {
      const kept = await this.keep(opened, { ...record, pending: false });
      if (!kept.ok) return kept;
    }
    this.opened = opened;
    return pass(opened);
  }

  private async see(opened: Opened, seen: SeenBook): Promise<Result> {
    if (seen === opened.record.seen) return pass(undefined);
    return await this.keep(opened, { ...opened.record, seen });
  }

  /** A device that was revoked meanwhile opens nothing any more. */
  private noting<T>(answer: Result<T>): Result<T> {
    const noted = asRevoked(answer);
    if (!noted.ok && noted.reason === "revoked") this.close();
    return noted;
  }
}
