// Ends what this browser holds of a mailbox: "forget this device".

import { addressKey, pass, type Result } from "@couvert/core";
import { forgetDeclined } from "@couvert/ui/quick/declined.ts";

import { api } from "./host.ts";
import {
  forgetDraft,
  forgetRetrievals,
  forgetSentFrom,
  keepPeople,
  keptDrafts,
  keptPeople,
} from "./kept.ts";
import { keptDevices, openQuick } from "./quick/quick.ts";

/**
 * Throws away what was begun and what was kept, and ends the verification. Where the server cannot
 * be asked nothing is forgotten: half of it would look like all of it.
 */
export async function forgetHere(address: string): Promise<Result> {
  const key = addressKey(address);
  const isOther = (one: string) => addressKey(one) !== key;
  const held = await api.verifications();
  if (!held.ok) return held;
  // While still verified.
  for (const { id, from, secret } of keptDrafts()) {
    if (isOther(from)) continue;
    await api.deleteDraft(id, secret);
    forgetDraft(id);
  }
  for (const device of await keptDevices()) {
    if (isOther(device)) continue;
    const quick = await openQuick(device);
    const gone = quick.ok ? await quick.value.forget() : quick;
    if (!gone.ok) return gone;
  }
  for (const one of held.value.verifications) {
    if (isOther(one.address)) continue;
    const ended = await api.forgetVerification(one.verification_id);
    if (!ended.ok && ended.code !== "denied") return ended;
  }
  keepPeople(keptPeople().filter((one) => isOther(one.address)));
  forgetSentFrom(address);
  forgetDeclined(address);
  forgetRetrievals();
  return pass(undefined);
}
