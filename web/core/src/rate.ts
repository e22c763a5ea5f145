// How fast bytes go, over the last seconds.

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

const windowMilliseconds = 8000;

export interface Rate {
  /** So many bytes in all have gone by now. */
  note(bytes: number, now: number): void;
  /** Bytes a second; undefined while too little is known. */
  perSecond(): number | undefined;
}

export function createRate(): Rate {
  let samples: Sample[] = [];
  return {
    note(bytes, now) {
      const last = samples[samples.length - 1];
      // A removed file, or one that begins anew: what was measured means nothing now.
      if (last && bytes < last.bytes) samples = [];
      samples = [...samples, { at: now, bytes }].filter(({ at }) => now - at <= windowMilliseconds);
    },
    perSecond() {
      const [first, last] = [samples[0], samples[samples.length - 1]];
      if (!first || !last || last.at - first.at < 1500) return undefined;
      return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
    },
  };
}
