// Why a start is refused, and where in the form that can be changed.

import type { Failure } from "@couvert/core";

import type { Step } from "./form.svelte.ts";

/** By the server's reasons. */
export const stepOf: Readonly<Record<string, Step>> = {
  invalid_address: "recipients",
  no_rule: "recipients",
  deny_rule: "recipients",
  reply_only: "recipients",
  phone_required: "contact",
  message_required: "content",
  size: "content",
  files_differ: "content",
  life: "options",
  generated_password: "options",
  own_password: "options",
  password_weak: "options",
  link_not_allowed: "options",
  quick_not_allowed: "options",
  invitation_password: "options",
  notification_fixed: "notification",
  client_mail_not_allowed: "notification",
};

/** What keeps this browser from sending by QUICK; told in the words of QUICK itself. */
const lostReasons = [
  "no_device",
  "revoked",
  "changed",
  "rolled_back",
  "no_storage",
  "book_version",
];
export const isQuickLost = ({ reason = "" }: Failure): boolean => lostReasons.includes(reason);

/** What this browser finds out itself before it asks the server. */
const peopleReasons = ["not_connected", "identity_changed"];

/** Whether the same, sent again, would be refused again: something is to be changed. */
export function isSettled(failure: Failure): boolean {
  const { code, reason = "" } = failure;
  const isKnown = reason in stepOf || peopleReasons.includes(reason);
  return code === "unproven" || isKnown || isQuickLost(failure);
}

export function stepFor(failure: Failure): Step {
  const { code, reason = "" } = failure;
  if (isQuickLost(failure) || peopleReasons.includes(reason)) return "options";
  return code === "unproven" ? "verify" : (stepOf[reason] ?? "content");
}
