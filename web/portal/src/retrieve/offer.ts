// Whether the sender's invitation to QUICK is to be offered, and how: found out before the content
// is shown, so that nothing moves when it comes. All of it is loaded only where somebody invites.

import type { Retrieval } from "@couvert/core";
import { isDeclined } from "@couvert/ui/quick/declined.ts";

import { api, host } from "../host.ts";
import { keptDevices, openQuick } from "../quick/quick.ts";
import type InvitationOffer from "./InvitationOffer.svelte";

export interface Offer {
  readonly page: typeof InvitationOffer;
  /** The recipient, as the server writes the address. */
  readonly self: string;
  /** This browser has the recipient's keys: one click accepts. */
  readonly isHere: boolean;
  readonly stage: "offer" | "declined" | "changed";
}

/** How it stands between two people, as far as this browser knows. */
async function stateHere(self: string, other: string): Promise<"connected" | "changed" | "open"> {
  const opened = await openQuick(self);
  const states = opened.ok ? await opened.value.shownStates([other]) : opened;
  const state = states.ok ? states.value.get(other) : undefined;
  return state === "connected" || state === "changed" ? state : "open";
}

async function load(retrieval: Retrieval): Promise<Offer | undefined> {
  const [part, invitation] = await Promise.all([
    import("./InvitationOffer.svelte"),
    api.invitation(retrieval.retrieval_id),
  ]);
  if (!invitation.ok) return undefined;
  const { to: self, from } = invitation.value;
  const isHere = (await keptDevices()).includes(self);
  const state = isHere ? await stateHere(self, from) : "open";
  if (state === "connected") return undefined;
  const asked = isDeclined({ to: self, from }) ? "declined" : "offer";
  return { page: part.default, self, isHere, stage: state === "changed" ? state : asked };
}

/** So long the content waits for it; what comes later is shown then. */
const waitMax = 1000;

/** Errors: none; without it the content is there all the same. */
export async function findOffer(
  retrieval: Retrieval,
  found: (offer: Offer) => void,
): Promise<void> {
  const coming = load(retrieval).then(
    (offer) => offer && found(offer),
    () => undefined,
  );
  await Promise.race([coming, host.wait(waitMax)]);
}
