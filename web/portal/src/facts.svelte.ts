// What the server says about itself, for every page.
import type { Server } from "@couvert/core";

import { api } from "./host.ts";

export const facts = $state<{ server: Server | undefined }>({ server: undefined });

export async function askFacts(): Promise<void> {
  const answer = await api.server();
  if (answer.ok) facts.server = answer.value;
}
