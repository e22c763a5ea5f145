// QUICK for one address in this browser: its state, its devices, its contacts, and what the pages
// of a transfer need. Everything stands on the keys that this browser has, or has not.

import type { Client } from "../api.ts";
import type { Bytes } from "../bytes.ts";
import { toBase32 } from "../ids.ts";
import { fail, pass, type Result } from "../result.ts";
import type { ContactState } from "./book.ts";
import { quickCalls, type Device } from "./calls.ts";
import type { QuickHost } from "./device.ts";
import * as exchange from "./exchange.ts";
import * as joining from "./joining.ts";
import { Keys } from "./keys.ts";
import { codeKey, fingerprint, resealPerson } from "./person.ts";
import { stateOfFailure, type QuickState } from "./state.ts";

export interface QuickStatus {
  readonly state: QuickState;
  /** With `revoked`, for a proven mailbox: whether QUICK is active on other devices. */
  readonly active?: boolean;
  /** With `here`: a recovery code was shown that nobody has said to have kept. */
  readonly codeUnkept?: boolean;
}

export interface OwnDevice extends Device {
  /** It is this one. */
  readonly isHere: boolean;
}

/**
 * Errors: each call may fail with every code; stateOfFailure() says which failures are states.
 * Threads: as many as you like; what changes something waits for its turn, over tabs too.
 */
export class QuickClient {
  readonly address: string;
  private readonly keys: Keys;

  /** @param address as the server writes it. */
  constructor(host: QuickHost, client: Client, address: string) {
    this.address = address;
    this.keys = new Keys(host, quickCalls(client), address);
  }

  /** @param verification its ID, where the mailbox is proven in this browser. */
  async status(verification?: string): Promise<Result<QuickStatus>> {
    const { keys } = this;
    const opened = await keys.with(async (own) => {
      const book = await keys.book(own);
      return book.ok ? pass(own.record.codeUnkept) : book;
    });
    if (opened.ok) return pass({ state: "here", codeUnkept: opened.value });
    const state = stateOfFailure(opened);
    if (state !== undefined && state !== "revoked") return pass({ state });
    if (state === undefined && opened.reason !== "no_device") return opened;
    if (verification === undefined) return pass({ state: state ?? "unproven" });
    const person = await keys.calls.person(verification);
    if (!person.ok) return person;
    const { active } = person.value;
    return pass(state ? { state, active } : { state: active ? "elsewhere" : "none" });
  }

  // How this browser gets keys.

  /** Makes the person. Gives the recovery code, to be shown until it is kept. */
  activate(activating: joining.Activating): Promise<Result<string>> {
    return joining.activate(this.keys, activating);
  }

  /** The same in place of a person whose keys are lost; contacts are told of another identity. */
  startAnew(activating: joining.Activating): Promise<Result<string>> {
    return joining.activate(this.keys, { ...activating, startAnew: true });
  }

  /** A fresh code to show. */
  drawCode(): string {
    return joining.drawCode(this.keys);
  }

  /** Errors: of joining.joinByCode(). */
  joinByCode(wish: joining.Joining, code: string, signal: AbortSignal): Promise<Result> {
    return joining.joinByCode(this.keys, wish, code, signal);
  }

  /** Errors: of joining.joinByRecovery(). */
  joinByRecovery(wish: joining.Joining, typed: string): Promise<Result> {
    return joining.joinByRecovery(this.keys, wish, typed);
  }

  // Devices and codes.

  /** Gives the keys to the device that shows this code. `invalid` for what is no code. */
  async letIn(typed: string): Promise<Result> {
    const code = joining.readCode(typed);
    if (code === undefined) return fail("invalid", { reason: "code" });
    return await this.leave(code, "leaveCode");
  }

  /** A new recovery code; the one before opens nothing any more. */
  async renewRecovery(): Promise<Result<string>> {
    const code = this.drawCode();
    const left = await this.leave(joining.readCode(code)!, "renewRecovery");
    if (!left.ok) return left;
    const noted = await this.noteCode(true);
    return noted.ok ? pass(code) : noted;
  }

  /** Somebody has printed, saved or written down the recovery code. */
  codeKept(): Promise<Result> {
    return this.noteCode(false);
  }

  devices(): Promise<Result<readonly OwnDevice[]>> {
    return this.keys.with(async ({ proof, record }) => {
      const found = await this.keys.calls.devices(proof);
      if (!found.ok) return found;
      const here = toBase32(record.id);
      return pass(found.value.map((one) => ({ ...one, isHere: one.device_id === here })));
    });
  }

  /** Ends another device. For this one: forget(). */
  revoke(deviceId: string): Promise<Result> {
    return this.keys.with(async ({ proof }) => {
      const revoked = await this.keys.calls.revoke(proof, deviceId);
      return revoked.ok || revoked.code === "denied" ? pass(undefined) : revoked;
    });
  }

  /** Ends this device, and keeps nothing of it. Also where the server knows it no more. */
  forget(): Promise<Result> {
    return this.keys.alone(async () => {
      const ended = await this.keys.endDevice();
      return ended.ok ? await this.keys.host.devices.remove(this.address) : ended;
    });
  }

  // Contacts.

  /** What others see as this person's check code. */
  checkCode(): Promise<Result<string>> {
    return this.keys.with(async ({ person }) =>
      pass(await fingerprint(person.address, person.key)),
    );
  }

  contacts(): Promise<Result<readonly exchange.Contact[]>> {
    return exchange.contacts(this.keys);
  }

  endContact(address: string): Promise<Result> {
    return exchange.endContact(this.keys, address);
  }

  /** Errors: as a change of the book. */
  connectAnew(address: string): Promise<Result> {
    return exchange.connectAnew(this.keys, address);
  }

  /** Order: when a page starts, before composing and before opening. */
  takeAnswers(): Promise<Result<exchange.TakenAnswers>> {
    return exchange.takeAnswers(this.keys);
  }

  // A transfer.

  shownStates(addresses: readonly string[]): Promise<Result<ReadonlyMap<string, ContactState>>> {
    return exchange.shownStates(this.keys, addresses);
  }

  /** Errors: of exchange.inviteAll(). Order: before Start; what it gives goes into it. */
  invite(sealId: string, addresses: readonly string[]): Promise<Result<exchange.StartInvitation>> {
    return exchange.inviteAll(this.keys, sealId, addresses);
  }

  /** Errors: of exchange.envelopesFor(). */
  envelopesFor(
    sealId: string,
    addresses: readonly string[],
  ): Promise<Result<readonly exchange.RecipientEnvelope[]>> {
    return exchange.envelopesFor(this.keys, sealId, addresses);
  }

  /** The secret that opens a transfer. Errors: of exchange.openTransfer(). */
  openTransfer(transferId: string): Promise<Result<string>> {
    return exchange.openTransfer(this.keys, transferId);
  }

  /** Connects with who invited. Errors: of exchange.answerInvitation(). */
  answerInvitation(retrievalId: string): Promise<Result<string>> {
    return exchange.answerInvitation(this.keys, retrievalId);
  }

  private leave(code: Bytes, how: "leaveCode" | "renewRecovery"): Promise<Result> {
    return this.keys.with(async ({ record, sealed, proof }) => {
      const to = await codeKey(code, this.address);
      const under = await resealPerson(this.address, sealed, { from: record.key, to });
      if (!under.ok) return under;
      const left = await this.keys.calls[how](proof, under.value);
      return left.ok ? pass(undefined) : left;
    });
  }

  private noteCode(codeUnkept: boolean): Promise<Result> {
    return this.keys.with((opened) => this.keys.keep(opened, { ...opened.record, codeUnkept }));
  }
}
