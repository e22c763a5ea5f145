// To whose invitations to QUICK somebody said "not now", on this device.
import { addressKey } from "@couvert/core";

import { read, write } from "../browser-storage.ts";

/** An invitation to QUICK: to whom, and from whom. */
export interface Invited {
  readonly to: string;
  readonly from: string;
}

/** Of more than these only the latest are remembered. */
const declinedMax = 500;

const isInvited = (value: unknown): value is Invited => {
  const one = value as Partial<Invited> | null;
  return typeof one?.to === "string" && typeof one.from === "string";
};

function keptDeclined(): Invited[] {
  const declined = read("localStorage", "declined");
  return Array.isArray(declined) ? declined.filter(isInvited) : [];
}

function writeDeclined(declined: readonly Invited[]): void {
  write("localStorage", "declined", declined.length > 0 ? declined.slice(0, declinedMax) : null);
}

const isSame = (one: Invited) => (other: Invited) => one.to === other.to && one.from === other.from;

/** Whether somebody said "not now" to this sender in this browser. */
export const isDeclined = (one: Invited): boolean => keptDeclined().some(isSame(one));

/** Whose invitations somebody did not want here, the latest first. */
export function declinedBy(address: string): readonly string[] {
  const key = addressKey(address);
  return keptDeclined()
    .filter(({ to }) => addressKey(to) === key)
    .map(({ from }) => from);
}

export function declineInvitation({ to, from }: Invited, declined: boolean): void {
  const others = keptDeclined().filter((one) => !isSame({ to, from })(one));
  writeDeclined(declined ? [{ to, from }, ...others] : others);
}

export function forgetDeclined(address: string): void {
  const key = addressKey(address);
  writeDeclined(keptDeclined().filter(({ to }) => addressKey(to) !== key));
}
