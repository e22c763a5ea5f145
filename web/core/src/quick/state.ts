// How it stands with QUICK for one address in one browser. Apart from the client, for it is small:
// pages know the states before they load the rest.

import type { Failure } from "../result.ts";

/**
 * - `unavailable`: this browser can keep no keys, or not beyond this window
 * - `unproven`: no keys here, and the mailbox is not proven: nothing is told
 * - `none`: nobody has activated QUICK for this address
 * - `elsewhere`: it is active, but this browser has no keys: a new one, or its storage was cleared
 * - `revoked`: this browser had keys, and was taken off the list, or all was begun anew elsewhere
 * - `changed`: the server gives out another person than this browser knows
 * - `rolled_back`: the server gives out an older contact book than this browser knows
 * - `here`: it works
 */
export type QuickState =
  | "unavailable"
  | "unproven"
  | "none"
  | "elsewhere"
  | "revoked"
  | "changed"
  | "rolled_back"
  | "here";

const stateOf: Readonly<Record<string, QuickState>> = {
  no_storage: "unavailable",
  revoked: "revoked",
  changed: "changed",
  rolled_back: "rolled_back",
};

/** The state that a failure of any call of QuickClient tells of, if it does. */
export const stateOfFailure = ({ reason }: Failure): QuickState | undefined =>
  reason === undefined ? undefined : stateOf[reason];
