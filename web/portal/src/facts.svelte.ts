// What the server says about itself, for every page.
import type { Server } from "@couvert/core";

export const facts = $state<{ server: Server | undefined }>({ server: undefined });
