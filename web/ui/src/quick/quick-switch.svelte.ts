// QUICK in the form: whether this browser has it for the sender, how it stands with the recipients,
// and what a start carries of it.

import {
  groupsOf,
  isOffered,
  isPure,
  isSwitchOn,
  noQuickPart,
  pass,
  type Failure,
  type PolicyAnswer,
  type QuickPart,
  type Result,
  type States,
} from "@couvert/core";
import type { QuickClient } from "@couvert/core/quick";

import type { Quick } from "./quick.ts";

/** What the form knows besides. */
export interface QuickFacts {
  readonly policy: PolicyAnswer | undefined;
  /** As the server writes them. */
  readonly addresses: readonly string[];
}

const nobody: States = new Map();

/** Failures after which this browser is as one without keys. */
const lost = ["no_device", "revoked", "no_storage"];

interface Seen {
  readonly client: QuickClient | undefined;
  readonly states: States;
}

/** Order: look() when the recipients are settled, and again whenever somebody may have become
 * another. */
export class QuickSwitch {
  /** As it was set by hand; undefined: as the rules preset it. */
  chosen = $state<boolean | undefined>();
  /** Whether this browser has keys of the sender's; `trouble`: not known, or they do not work. */
  here = $state<"unknown" | "no" | "yes" | "trouble">("unknown");
  /** Why there is trouble, or why keys that were here are no keys any more. */
  failure = $state.raw<Failure | undefined>();
  looking = $state(false);
  /** Resolves when the last look has its answer. */
  settled: Promise<unknown> = Promise.resolve();
  private states = $state.raw<States>(nobody);
  private client: QuickClient | undefined;
  private looks = 0;
  private sender = "";
  private readonly facts: () => QuickFacts;

  readonly groups = $derived.by(() => groupsOf(this.facts().addresses, this.states));
  readonly offered = $derived.by(() => {
    const { policy } = this.facts();
    return policy !== undefined && isOffered(policy, this.groups);
  });
  readonly on = $derived.by(() => {
    const { policy } = this.facts();
    return policy !== undefined && isSwitchOn(policy, this.groups, this.chosen);
  });
  /** All recipients open without a password. */
  readonly pure = $derived(this.on && isPure(this.groups));

  /** Who needs the password, where others do not. */
  readonly needing = $derived(
    this.on && this.groups.connected.length > 0
      ? [...this.groups.invited, ...this.groups.changed]
      : [],
  );

  constructor(
    private readonly quick: () => Quick,
    facts: () => QuickFacts,
  ) {
    this.facts = facts;
  }

  isConnected(address: string): boolean {
    return this.states.get(address) === "connected";
  }

  /** Asks how it stands with the recipients. Nothing is loaded for a sender without keys here. */
  look(sender: string): Promise<void> {
    const look = this.lookNow(sender);
    this.settled = look;
    return look;
  }

  private async lookNow(sender: string): Promise<void> {
    this.looks += 1;
    const mine = this.looks;
    if (sender !== this.sender) this.here = "unknown";
    this.sender = sender;
    this.looking = true;
    const seen = await this.see(sender);
    if (mine !== this.looks) return;
    this.looking = false;
    this.failure = seen.ok ? undefined : seen;
    this.client = seen.ok ? seen.value.client : undefined;
    this.states = seen.ok ? seen.value.states : nobody;
    if (seen.ok) this.here = this.client ? "yes" : "no";
    else this.here = lost.includes(seen.reason ?? "") ? "no" : "trouble";
  }

  private async see(sender: string): Promise<Result<Seen>> {
    if (!(await this.quick().kept()).includes(sender)) {
      return pass({ client: undefined, states: nobody });
    }
    const opened = await this.quick().open(sender);
    if (!opened.ok) return opened;
    const client = opened.value;
    // Who has answered an invitation meanwhile is connected.
    await client.takeAnswers();
    const states = await client.shownStates(this.facts().addresses);
    return states.ok ? pass({ client, states: states.value }) : states;
  }

  /**
   * Makes what Start carries. Invitations are in the sender's contact book when this is done.
   *
   * Errors: of QuickClient.envelopesFor() and invite().
   */
  async prepare(seal: string): Promise<Result<QuickPart>> {
    const { client } = this;
    if (!this.on || !client) return pass(noQuickPart);
    const { connected, invited } = this.groups;
    const envelopes = await client.envelopesFor(seal, connected);
    if (!envelopes.ok) return envelopes;
    if (invited.length === 0) return pass({ envelopes: envelopes.value, invitation: undefined });
    const invitation = await client.invite(seal, invited);
    if (!invitation.ok) return invitation;
    return pass({ envelopes: envelopes.value, invitation: invitation.value });
  }
}
