// A host for tests: time stands still until it is moved, randomness repeats with its seed.

import type { Host } from "./host.ts";

export interface TestHost extends Host {
  /** Answers of the server, in their order. */
  readonly answers: Response[];
  readonly requests: Request[];
  time: number;
}

export function testHost(seed = 1): TestHost {
  let state = seed;
  const host: TestHost = {
    base: "https://transfer.example.org",
    answers: [],
    requests: [],
    time: Date.UTC(2026, 10, 22, 12),
    fetch: async (request) => {
      host.requests.push(request);
      const answer = host.answers.shift();
      if (!answer) throw new TypeError("no line");
      return answer;
    },
    wait: async (milliseconds) => {
      host.time += milliseconds;
    },
    now: () => host.time,
    random: (bytes) =>
      Uint8Array.from({ length: bytes }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 24;
      }),
  };
  return host;
}
