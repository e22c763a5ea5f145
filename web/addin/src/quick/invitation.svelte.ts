// The sender of an opened transfer invites to QUICK: yes or not now, and what came of it.
import type { Failure, Retrieval } from "@couvert/core";
import { declineInvitation, isDeclined } from "@couvert/ui/quick/declined.ts";

import type { MailProgram } from "../mail-program.ts";
import type { Server } from "../server.ts";
import type { Wish } from "./connecting.svelte.ts";

export type Stage = "offer" | "connect" | "connected" | "changed" | "declined";

interface Place {
  readonly server: Server;
  readonly program: MailProgram;
}

/** What two people compare by phone. */
export interface CheckCodes {
  readonly own: string;
  readonly other: string;
}

export class Invitation {
  stage = $state<Stage>("offer");
  busy = $state(false);
  failure = $state.raw<Failure | undefined>();
  codes = $state.raw<CheckCodes | undefined>();

  constructor(
    private readonly place: Place,
    private readonly retrieval: Retrieval,
    /** The recipient, as the server writes the address. */
    readonly self: string,
  ) {}

  get name(): string {
    return this.retrieval.name;
  }

  get from(): string {
    return this.retrieval.from;
  }

  /** Without keys here these come first. */
  async accept(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const { quick } = this.place.server;
    if ((await quick.kept()).includes(this.self)) await this.answer();
    else this.stage = "connect";
    this.busy = false;
  }

  decline(): void {
    declineInvitation({ to: this.self, from: this.from }, true);
    this.stage = "declined";
  }

  undo(): void {
    declineInvitation({ to: this.self, from: this.from }, false);
    this.stage = "offer";
  }

  wish(): Wish {
    return { ...this.place, address: this.self, agreed: true, done: () => this.answer() };
  }

  private async answer(): Promise<void> {
    const opened = await this.place.server.quick.open(this.self);
    const answered = opened.ok
      ? await opened.value.answerInvitation(this.retrieval.retrieval_id)
      : opened;
    this.failure = answered.ok ? undefined : answered;
    if (answered.ok) {
      this.stage = "connected";
      if (opened.ok) await this.loadCodes(opened.value);
    } else if (answered.reason === "identity_changed") {
      this.stage = "changed";
    } else if (answered.reason === "revoked" || answered.reason === "no_device") {
      this.stage = "connect";
    } else {
      this.stage = "offer";
    }
  }

  private async loadCodes(client: Opened): Promise<void> {
    const [own, contacts] = await Promise.all([client.checkCode(), client.contacts()]);
    if (!own.ok || !contacts.ok) return;
    const other = contacts.value.find(({ address }) => address === this.from)?.checkCode;
    if (other !== undefined) this.codes = { own: own.value, other };
  }
}

type Opened = Extract<Awaited<ReturnType<Server["quick"]["open"]>>, { ok: true }>["value"];

/** Undefined where there is none, or both are connected already. */
export async function findInvitation(
  place: Place,
  retrieval: Retrieval,
): Promise<Invitation | undefined> {
  const { api, quick } = place.server;
  const found = await api.invitation(retrieval.retrieval_id);
  if (!found.ok) return undefined;
  const { to, from } = found.value;
  const invitation = new Invitation(place, retrieval, to);
  if (isDeclined({ to, from })) invitation.stage = "declined";
  if (!(await quick.kept()).includes(to)) return invitation;
  const opened = await quick.open(to);
  const states = opened.ok ? await opened.value.shownStates([from]) : opened;
  const state = states.ok ? states.value.get(from) : undefined;
  if (state === "connected") return undefined;
  if (state === "changed") invitation.stage = "changed";
  return invitation;
}
