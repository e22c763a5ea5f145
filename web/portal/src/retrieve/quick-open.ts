// Opens a transfer with the keys of this browser.
import type { Result, Retrieval } from "@couvert/core";
import { findSecret } from "@couvert/ui/quick/quick.ts";

import { api } from "../host.ts";
import { quick } from "../quick/quick.ts";

/** Errors: of findSecret() and of the server. */
export async function openByQuick(transferId: string): Promise<Result<Retrieval>> {
  const secret = await findSecret(quick, transferId);
  return secret.ok ? await api.open({ transfer_id: transferId, secret: secret.value }) : secret;
}
