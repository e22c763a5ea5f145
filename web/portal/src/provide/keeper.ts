// Keeps what is filled in at the server while it changes: the latest text, one request at a time.

import type { Result } from "@couvert/core";

export interface KeeperOptions {
  save(text: string): Promise<Result<unknown>>;
  wait(milliseconds: number): Promise<void>;
}

/** So long nothing may change before it is kept; a pause between two words, not between keys. */
const quietFor = 1000;
const pauses = [5_000, 15_000, 60_000];

export interface Keeper {
  /** What is filled in now. */
  note(text: string): void;
  /** Keeps it without waiting: the page may be about to go. */
  flush(): void;
  /** Whether the latest is at the server. */
  isKept(): boolean;
  /** Nothing is kept any more; resolves when the last request has its answer. */
  stop(): Promise<void>;
}

/** Errors: none; what cannot be kept now is tried again, and the form is there meanwhile. */
export function createKeeper({ save, wait }: KeeperOptions): Keeper {
  let latest: string | undefined;
  let kept: string | undefined;
  let busy = false;
  let stopped = false;
  let noted = 0;
  let saving: Promise<unknown> = Promise.resolve();

  const isDone = () => stopped || busy || latest === undefined || latest === kept;

  async function keep(): Promise<void> {
    if (isDone()) return;
    busy = true;
    for (let failures = 0; !stopped && latest !== undefined && latest !== kept;) {
      const text: string = latest;
      const asked = save(text);
      saving = asked;
      const saved = await asked;
      if (saved.ok) {
        kept = text;
        failures = 0;
        continue;
      }
      const pause = pauses[failures];
      const passes = saved.code === "unavailable" || saved.code === "throttled";
      if (!passes || pause === undefined) break;
      failures += 1;
      await wait(pause);
    }
    busy = false;
  }

  return {
    note(text) {
      if (text === latest) return;
      latest = text;
      noted += 1;
      const mine = noted;
      void wait(quietFor).then(() => {
        if (mine === noted) return keep();
      });
    },
    flush: () => void keep(),
    isKept: () => latest === kept,
    async stop() {
      stopped = true;
      await saving;
    },
  };
}
