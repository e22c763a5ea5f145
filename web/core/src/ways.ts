// How each recipient gets in: by QUICK, by the password, by the link. And what Start therefore
// carries. Decisions of values alone; who is connected is asked elsewhere
// (QuickSwitch of web/ui).

import type { PolicyAnswer, Start } from "./api.ts";
import type { ContactState } from "./quick/book.ts";
import type { RecipientEnvelope, StartInvitation } from "./quick/exchange.ts";

export type States = ReadonlyMap<string, ContactState>;
export type Way = NonNullable<Start["open_by"]>;

/** Recipients by what they need where QUICK is on. */
export interface Groups {
  /** Open it without a password. */
  readonly connected: readonly string[];
  /** Need the password, and are invited by the transfer. */
  readonly invited: readonly string[];
  /** Need the password and are not invited: another key than the trusted one is shown for them, and
   * that is for a human to settle. */
  readonly changed: readonly string[];
}

export function groupsOf(addresses: readonly string[], states: States): Groups {
  const groups = { connected: [] as string[], invited: [] as string[], changed: [] as string[] };
  for (const address of addresses) {
    const state = states.get(address);
    const isPlain = state !== "connected" && state !== "changed";
    groups[isPlain ? "invited" : state].push(address);
  }
  return groups;
}

export const isPure = ({ connected, invited, changed }: Groups): boolean =>
  connected.length > 0 && invited.length + changed.length === 0;

type Rules = Pick<PolicyAnswer, "quick" | "invitation_passwords" | "open_by" | "password_modes">;

/** Whether there is a switch: not where the rules never want it, nor where they let nobody be
 * invited who would have to be. */
export const isOffered = (rules: Rules, groups: Groups): boolean =>
  rules.quick !== "never" && (isPure(groups) || rules.invitation_passwords.length > 0);

/** How the switch stands: as it was set by hand, else as the rules preset it. */
export function isSwitchOn(rules: Rules, groups: Groups, chosen: boolean | undefined): boolean {
  if (!isOffered(rules, groups)) return false;
  return chosen ?? (rules.quick === "on" || (rules.quick === "if_connected" && isPure(groups)));
}

/** Where a password comes from, or that there is none. */
export type PasswordFrom = "generated" | "own" | "none";

/** The ways to a password that there are, `none` among them. Whoever is written to by QUICK and
 * with a password at once cannot be written to by link. */
export function passwordModesOf(rules: Rules, groups: Groups, isOn: boolean): PasswordFrom[] {
  const isLimited = isOn && groups.invited.length > 0;
  const modes: PasswordFrom[] = (["generated", "own"] as const).filter(
    (mode) =>
      rules.password_modes.includes(mode) &&
      (!isLimited || rules.invitation_passwords.includes(mode)),
  );
  if (!isOn && rules.open_by.includes("link")) modes.push("none");
  return modes;
}

/** The way of those who are not connected, or of all where all are. `mode`: `none` by link. */
export function wayOf(groups: Groups, isOn: boolean, mode: string): Way {
  if (isOn && isPure(groups)) return "quick";
  return mode === "none" ? "link" : "password";
}

/** What a start carries of QUICK; once made it stays with the request, which may have to be sent
 * again and must then be the same. */
export interface QuickPart {
  readonly envelopes: readonly RecipientEnvelope[];
  readonly invitation: StartInvitation | undefined;
}

export const noQuickPart: QuickPart = { envelopes: [], invitation: undefined };

type StartRecipient = Start["recipients"][number];

interface Keyslots {
  readonly way: Way;
  readonly part: QuickPart;
  /** Makes what a link ends in, with a keyslot of its own. */
  newLink(): { slot_id: string; secret: string };
}

/** Recipients as Start takes them: with an envelope, with what their link ends in, or neither. */
export function recipientsOf(
  people: readonly Pick<StartRecipient, "address" | "kind">[],
  { way, part, newLink }: Keyslots,
): StartRecipient[] {
  const own = new Map(part.envelopes.map(({ address, ...keyslot }) => [address, keyslot]));
  return people.map(({ address, kind }) => ({
    address,
    kind,
    ...(own.get(address) ?? (way === "link" ? newLink() : {})),
  }));
}
