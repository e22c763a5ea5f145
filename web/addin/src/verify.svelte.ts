// Proves a mailbox by itself where the mail program lets it: asks for a code, reads it from the
// mail that brings it. Whoever is faster may type it.
import type { CodePurpose, Failure } from "@couvert/core";

import type { MailProgram } from "./mail-program.ts";
import type { Server } from "./server.ts";

/** Seconds in which a code comes by itself, or else somebody has to look for it. */
const patience = 90;

export class Proof {
  code = $state("");
  busy = $state(false);
  /** Seconds left for the code to come by itself. */
  left = $state(0);
  failure = $state.raw<Failure | undefined>();
  accepted = $state(false);
  termsRequired = $state(false);

  private stopWatching: (() => void) | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly from: { readonly server: Server; readonly program: MailProgram },
    readonly address: string,
    private readonly proven: (verificationId: string) => void,
  ) {}

  /** Whether the code is read from its mail; else it has to be typed. */
  get readsMail(): boolean {
    return this.from.program.watchCodes !== undefined;
  }

  async begin(purpose: CodePurpose): Promise<void> {
    if (this.busy) return;
    this.end();
    this.busy = true;
    this.failure = undefined;
    const facts = await this.from.server.api.server();
    this.termsRequired = facts.ok && facts.value.terms_required;
    const since = Date.now();
    // Without the facts nobody could accept the terms that a code may need.
    const asked = facts.ok ? await this.from.server.requestCode(this.address, purpose) : facts;
    this.busy = false;
    if (!asked.ok) {
      this.failure = asked;
      return;
    }
    if (!this.readsMail) return;
    this.count(since);
    this.stopWatching = this.from.program.watchCodes?.(this.address, since, (code) => {
      this.code = code;
      void this.confirm();
    });
  }

  async confirm(): Promise<void> {
    if (this.busy || this.code.trim() === "" || (this.termsRequired && !this.accepted)) return;
    this.busy = true;
    const code = this.code.trim();
    const answer = await this.from.server.api.confirmCode(this.address, code, this.accepted);
    this.busy = false;
    if (answer.ok) {
      this.end();
      this.proven(answer.value.verification_id);
    } else {
      this.failure = answer;
    }
  }

  end(): void {
    this.stopWatching?.();
    this.stopWatching = undefined;
    clearInterval(this.timer);
    this.left = 0;
  }

  private count(since: number): void {
    const tick = () => {
      this.left = Math.max(0, Math.ceil(patience - (Date.now() - since) / 1000));
      if (this.left === 0) clearInterval(this.timer);
    };
    tick();
    this.timer = setInterval(tick, 500);
  }
}
