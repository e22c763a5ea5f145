// QUICK as the pages reach it. Its code, with all that seals and opens, is loaded only where it is
// used: call this where keptDevices() names the address, or a visitor wants it.

import { fail, pass, type Result } from "@couvert/core";
import type { QuickClient, QuickHost } from "@couvert/core/quick";

import { api, host } from "../host.ts";
import { deviceStore } from "./device-store.ts";

export { keptDevices } from "./device-store.ts";

/** Who waits for what, where the browser itself knows no locks: then two tabs may meet, and the
 * server tells the slower one. */
const turns = new Map<string, Promise<unknown>>();

function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (locks) return locks.request(name, work) as Promise<T>;
  const turn = (turns.get(name) ?? Promise.resolve()).then(work, work);
  turns.set(name, turn);
  return turn;
}

const quickHost: QuickHost = { ...host, devices: deviceStore, alone };

/** One for each address, so that its keys are opened once a visit. */
const clients = new Map<string, QuickClient>();

/**
 * @param address as the server writes it (of a verification, a draft, a policy's answer).
 * Errors: `unavailable` where the code does not come, or (`no_storage`) cannot work here.
 */
export async function openQuick(address: string): Promise<Result<QuickClient>> {
  const known = clients.get(address);
  if (known) return pass(known);
  // Over plain HTTP browsers have neither.
  const isAble = "subtle" in crypto && typeof indexedDB === "object";
  if (!isAble) return fail("unavailable", { reason: "no_storage" });
  try {
    const { QuickClient } = await import("@couvert/core/quick");
    const client = new QuickClient(quickHost, api.client, address);
    clients.set(address, client);
    return pass(client);
  } catch {
    return fail("unavailable", { reason: "offline" });
  }
}
