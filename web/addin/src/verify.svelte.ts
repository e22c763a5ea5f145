// Proves a mailbox by itself where the mail program lets it: asks for a code, reads it from the
// mail that brings it. Whoever is faster may type it.
import type { CodePurpose, Failure } from "@couvert/core";

import type { MailProgram } from "./mail-program.ts";
import type { Server } from "./server.ts";

/** Seconds in which a code comes by itself, or else somebody has to look for it. */
const patience = 90;
/** A code holds for half an hour; one that was mailed before that is not asked for again. */
const holds = 25 * 60 * 1000;

export class Proof {
  code = $state("");
  busy = $state(false);
  /** Seconds left for the code to come by itself. */
  left = $state(0);
  failure = $state.raw<Failure | undefined>();
  accepted = $state(false);
  termsRequired = $state(false);
  /** A code is on its way, or was before the pane was opened. */
  mailed = $state<"now" | "before" | undefined>();

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

  /** `anew`: whatever was mailed before. */
  async begin(purpose: CodePurpose, which?: "anew"): Promise<void> {
    if (this.busy) return;
    this.end();
    this.busy = true;
    this.failure = this.mailed = undefined;
    const { codes } = this.from.program;
    const facts = await this.from.server.api.server();
    this.termsRequired = facts.ok && facts.value.terms_required;
    const since = Date.now();
    const isMailed = which !== "anew" && since - (codes?.mailedAt(this.address) ?? 0) < holds;
    // Without the facts nobody could accept the terms that a code may need.
    const asked =
      facts.ok && !isMailed ? await this.from.server.requestCode(this.address, purpose) : facts;
    this.busy = false;
    if (!asked.ok) {
      this.failure = asked;
      return;
    }
    this.mailed = isMailed ? "before" : "now";
    if (!isMailed) codes?.noteMailed(this.address, since);
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
    const isOver = answer.ok || answer.reason === "no_code" || answer.code === "unproven";
    if (isOver) this.from.program.codes?.noteMailed(this.address, 0);
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
