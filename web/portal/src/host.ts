// What the core needs, as a browser gives it.

import { createApi, type Host } from "@couvert/core";

export const host: Host = {
  base: location.origin,
  fetch: (request) => fetch(request),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  now: () => Date.now(),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
};

export const api = createApi(host);
