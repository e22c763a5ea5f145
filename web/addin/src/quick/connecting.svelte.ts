// Brings QUICK into this mail program: activates it, or joins the person's other devices.
import { fail, stateOfFailure, type Failure } from "@couvert/core";
import { QuickPerson } from "@couvert/ui/quick/person.svelte.ts";

import type { MailProgram } from "../mail-program.ts";
import type { Server } from "../server.ts";
import { Proof } from "../verify.svelte.ts";
import { quickPlace } from "./place.ts";

export type Step =
  | "loading"
  | "verify"
  | "activate" // nobody has it yet, or this was the last device
  | "join" // there are other devices
  | "code" // for one of these
  | "recovery"
  | "keep" // the recovery code
  | "stuck"; // something is to be settled elsewhere

export interface Wish {
  readonly program: MailProgram;
  readonly server: Server;
  /** As the server writes it. */
  readonly address: string;
  /** It works here, and nothing is left to be kept. */
  readonly done: () => unknown;
  /** A recovery code is shown, which must not go before it is kept. */
  readonly keeping?: (isShown: boolean) => void;
  /** Somebody has said yes already. */
  readonly agreed?: boolean;
}

export class Connecting {
  step = $state<Step>("loading");
  person = $state.raw<QuickPerson | undefined>();
  proof = $state.raw<Proof | undefined>();
  failure = $state.raw<Failure | undefined>();
  busy = $state(false);
  /** Shown, for a device that is connected. */
  code = $state("");
  wasAnother = $state(false);
  /** The recovery code that somebody types. */
  typed = $state("");

  private waiting = new AbortController();

  constructor(private readonly wish: Wish) {}

  async begin(): Promise<void> {
    this.failure = undefined;
    this.step = "loading";
    const { server, address } = this.wish;
    const known = await server.verificationOf(address);
    if (!known.ok) this.failure = known;
    else if (known.value === undefined) await this.prove();
    else await this.look(known.value);
  }

  private async prove(): Promise<void> {
    const { server, program, address } = this.wish;
    this.step = "verify";
    this.proof = new Proof({ server, program }, address, (verification) => {
      this.proof = undefined;
      void this.look(verification);
    });
    await this.proof.begin("any");
  }

  private async look(verification_id: string): Promise<void> {
    const { server, program, address } = this.wish;
    this.person = new QuickPerson(quickPlace(server, program), { address, verification_id });
    await this.person.load();
    this.settle();
    if (this.step === "activate" && this.wish.agreed) await this.activate();
  }

  /** What there is to do. */
  private settle(): void {
    const { status, failure } = this.person!;
    this.failure = failure;
    if (status?.state === "here") {
      this.step = "loading";
      void this.wish.done();
    } else if (status?.state === "none" || (status?.state === "revoked" && !status.active)) {
      this.step = "activate";
    } else {
      const isKnown = status?.state === "elsewhere" || status?.state === "revoked";
      this.step = isKnown ? "join" : "stuck";
      if (status?.state === "unavailable")
        this.failure = fail("unavailable", { reason: "no_storage" });
    }
  }

  async activate(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const begun = await this.person!.begin(false);
    this.busy = false;
    if (!begun) return this.settle();
    this.step = "keep";
    this.wish.keeping?.(true);
  }

  async kept(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await this.person!.keptRecovery();
    this.busy = false;
    this.failure = this.person!.failure;
    if (this.person!.recovery !== "") return;
    this.wish.keeping?.(false);
    void this.wish.done();
  }

  /** Shows a code and waits for it; after another one was entered, once more. */
  async showCode(): Promise<void> {
    this.waiting.abort();
    const mine = (this.waiting = new AbortController());
    this.failure = undefined;
    this.wasAnother = false;
    this.step = "code";
    for (;;) {
      const joined = await this.person!.attempt((client) => {
        this.code = client.drawCode();
        return client.joinByCode(this.person!.joining, this.code, mine.signal);
      });
      if (mine.signal.aborted) return;
      if (joined.ok) return await this.joined();
      this.wasAnother = joined.reason === "wrong_code";
      if (this.wasAnother) continue;
      this.code = "";
      this.failure = joined;
      return;
    }
  }

  async recover(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const joined = await this.person!.attempt((client) =>
      client.joinByRecovery(this.person!.joining, this.typed),
    );
    this.busy = false;
    this.failure = joined.ok ? undefined : joined;
    if (joined.ok) await this.joined();
  }

  typeRecovery(): void {
    this.failure = undefined;
    this.typed = "";
    this.step = "recovery";
  }

  back(): void {
    this.waiting.abort();
    this.failure = undefined;
    this.step = "join";
  }

  end(): void {
    this.waiting.abort();
    this.proof?.end();
  }

  private async joined(): Promise<void> {
    await this.person!.joined();
    this.settle();
  }
}

/** Told in the words of QUICK. */
export const isOfQuick = (failure: Failure): boolean =>
  stateOfFailure(failure) !== undefined ||
  ["no_device", "book_version"].includes(failure.reason ?? "");
