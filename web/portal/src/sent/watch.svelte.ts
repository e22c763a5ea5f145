// Asks for something again and again while somebody looks, and keeps the latest answer.

import type { Failure, Known, Result } from "@couvert/core";

import { host } from "../host.ts";

/** Often while things happen; after a while without news, or after a failure, seldom. */
const often = 5000;
const seldom = 30_000;
const quietAfter = 60;

export class Watch<T> {
  known = $state.raw<Known<T> | undefined>();
  failure = $state.raw<Failure | undefined>();
  private readonly ask: (known: Known<T> | undefined) => Promise<Result<Known<T>>>;
  private ended = false;
  private quiet = 0;
  private turn = 0;
  private wake: (() => void) | undefined;
  private readonly seen = () => {
    if (document.visibilityState === "visible") this.wake?.();
  };

  /** Order: not within an effect that is tracked; end() once. */
  constructor(ask: (known: Known<T> | undefined) => Promise<Result<Known<T>>>) {
    this.ask = ask;
    document.addEventListener("visibilitychange", this.seen);
    void this.run();
  }

  get value(): T | undefined {
    return this.known?.value;
  }

  /** Asks at once: something was changed here. */
  async look(): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    const answer = await this.ask(this.known);
    // An answer that was asked for before a change must not hide what that has changed.
    if (this.ended || turn !== this.turn) return;
    this.quiet = answer.ok && answer.value === this.known ? this.quiet + 1 : 0;
    this.failure = answer.ok ? undefined : answer;
    if (answer.ok) this.known = answer.value;
  }

  end(): void {
    this.ended = true;
    document.removeEventListener("visibilitychange", this.seen);
    this.wake?.();
  }

  /** Whoever may not look, or for whom there is nothing, is not asked for again. */
  private get over(): boolean {
    return this.failure?.code === "denied" || this.failure?.code === "unproven";
  }

  private async run(): Promise<void> {
    while (!this.ended && !this.over) {
      if (document.visibilityState === "visible") await this.look();
      const pause = this.failure || this.quiet > quietAfter ? seldom : often;
      const woken = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await Promise.race([host.wait(pause), woken]);
    }
  }
}
