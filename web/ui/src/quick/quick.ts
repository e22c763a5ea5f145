// QUICK as pages reach it. Its code, with all that seals and opens, is loaded only where somebody
// uses it: call open() where kept() names the address, or somebody wants it.
import { fail, pass, type Api, type Failure, type Host, type Result } from "@couvert/core";
import type { QuickClient, QuickHost } from "@couvert/core/quick";

import { Devices } from "./device-store.ts";

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

export interface Quick {
  /**
   * @param address as the server writes it (of a verification, a draft, a policy's answer).
   * Errors: `unavailable` where the code does not come, or (`no_storage`) cannot work here.
   */
  open(address: string): Promise<Result<QuickClient>>;
  /** The addresses that have a key here; nobody where none can be kept. */
  kept(): Promise<readonly string[]>;
}

/** @param name of the database with the keys. */
export function createQuick(host: Host, client: Api["client"], name: string): Quick {
  const devices = new Devices(name);
  const quickHost: QuickHost = { ...host, devices, alone };
  /** One for each address, so that its keys are opened once a visit. */
  const clients = new Map<string, QuickClient>();

  async function open(address: string): Promise<Result<QuickClient>> {
    const known = clients.get(address);
    if (known) return pass(known);
    // Over plain HTTP browsers have neither.
    const isAble = "subtle" in crypto && typeof indexedDB === "object";
    if (!isAble) return fail("unavailable", { reason: "no_storage" });
    try {
      const { QuickClient } = await import("@couvert/core/quick");
      const opened = new QuickClient(quickHost, client, address);
      clients.set(address, opened);
      return pass(opened);
    } catch {
      return fail("unavailable", { reason: "offline" });
    }
  }

  return { open, kept: () => devices.kept() };
}

/** What opens the transfer, if it is for this address. */
async function secretFor(
  quick: Quick,
  address: string,
  transferId: string,
): Promise<Result<string>> {
  const opened = await quick.open(address);
  if (!opened.ok) return opened;
  const client = opened.value;
  const first = await client.openTransfer(transferId);
  if (first.ok || first.reason !== "not_connected") return first;
  // Perhaps the sender has accepted an invitation just now.
  await client.takeAnswers();
  return await client.openTransfer(transferId);
}

/** No address has the like; another one may be whom the transfer is for. */
const isForAnother = ({ reason }: Failure) => reason === "no_envelope" || reason === "no_device";
/** So it is for this address, and does not open. */
const isDecided = ({ reason, code }: Failure) =>
  reason === "envelope" || reason === "not_connected" || code === "denied";

/**
 * The secret that opens a transfer with the keys of this browser: nobody types anything. Without a
 * key here nothing is asked for, so that a program that looks at links in mails finds nothing.
 *
 * Errors: by their reason: `no_device` where no key here is for it; `envelope` and `not_connected`
 *         where it does not open with the one that is; those of QuickClient and of the server.
 */
export async function findSecret(quick: Quick, transferId: string): Promise<Result<string>> {
  let failure: Failure | undefined;
  for (const address of await quick.kept()) {
    const secret = await secretFor(quick, address, transferId);
    if (secret.ok || isDecided(secret)) return secret;
    if (!isForAnother(secret)) failure = secret;
  }
  return failure ?? fail("unproven", { reason: "no_device" });
}
