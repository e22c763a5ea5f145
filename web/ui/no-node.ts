import type { Plugin } from "vite";

/** For builds of pages: @hpke/common asks Node for what browsers have, and is never asked here. */
export function noNode(): Plugin {
  const none = "\0no-node";
  return {
    name: "couvert-no-node",
    enforce: "pre",
    resolveId: (id) => (id === "crypto" ? none : undefined),
    load: (id) => (id === none ? "export const webcrypto = undefined;" : undefined),
  };
}
