// Opens a transfer with the keys of this browser: nobody types anything. Without a key here nothing
// is asked for, so that a program that looks at links in mails finds nothing to do.

import { fail, type Failure, type Result, type Retrieval } from "@couvert/core";

import { api } from "../host.ts";
import { keptDevices, openQuick } from "../quick/quick.ts";

/** What opens the transfer, if it is for this address. */
async function secretFor(address: string, transferId: string): Promise<Result<string>> {
  const opened = await openQuick(address);
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
 * Errors: by their reason: `no_device` where no key here is for it; `envelope` and `not_connected`
 *         where it does not open with the one that is; those of QuickClient and of the server.
 */
export async function openByQuick(transferId: string): Promise<Result<Retrieval>> {
  let failure: Failure | undefined;
  for (const address of await keptDevices()) {
    const secret = await secretFor(address, transferId);
    if (secret.ok) return await api.open({ transfer_id: transferId, secret: secret.value });
    if (isDecided(secret)) return secret;
    if (!isForAnother(secret)) failure = secret;
  }
  return failure ?? fail("unproven", { reason: "no_device" });
}
