// A code that is asked for by mail and pasted into the page: the same for every mailbox.

import type { Failure, Result } from "@couvert/core";

import { Countdown } from "./countdown.svelte.ts";
import { facts } from "./facts.svelte.ts";

/** Seconds until a new one may be asked for. */
export const resendPause = 60;

export interface CodeWays<T> {
  request(): Promise<Result<unknown>>;
  confirm(code: string, accepted: boolean): Promise<Result<T>>;
  /** Whether the terms are to be accepted where the organisation asks for it. */
  readonly terms: boolean;
}

/** Order: end() once. */
export class CodeWish<T> {
  code = $state("");
  accepted = $state(false);
  /** Somebody went on without what was missing. */
  checked = $state(false);
  busy = $state(false);
  /** How often a code was mailed. */
  mailed = $state(0);
  failure = $state.raw<Failure | undefined>();
  readonly pause = new Countdown();
  readonly ways: CodeWays<T>;

  constructor(ways: CodeWays<T>) {
    this.ways = ways;
  }

  /** Whether a code is on its way. */
  async request(): Promise<boolean> {
    if (this.busy || this.pause.left > 0) return false;
    this.busy = true;
    this.failure = undefined;
    const asked = await this.ways.request();
    this.busy = false;
    this.checked = false;
    if (asked.ok) this.expect(resendPause);
    else this.fail(asked);
    return asked.ok;
  }

  /** A code was mailed; the next may be asked for in so many seconds. */
  expect(seconds: number): void {
    this.mailed += 1;
    this.pause.start(seconds);
  }

  /** What was proven; undefined where it was not, and the page says why. */
  async confirm(): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.checked = true;
    if (this.lacks) {
      focusOn("[aria-invalid=true]");
      return undefined;
    }
    this.busy = true;
    const answer = await this.ways.confirm(this.code.trim(), this.accepted);
    this.busy = false;
    this.failure = answer.ok ? undefined : answer;
    if (answer.ok) return answer.value;
    this.fail(answer);
    focusOn("#code");
    return undefined;
  }

  end(): void {
    this.pause.stop();
  }

  private get lacks(): boolean {
    const terms = this.ways.terms && facts.server?.terms_required === true;
    return this.code.trim() === "" || (terms && !this.accepted);
  }

  private fail(failure: Failure): void {
    this.failure = failure;
    if (failure.retryAfter !== undefined) this.pause.start(failure.retryAfter);
  }
}

/** Once the page is drawn anew. */
function focusOn(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}
