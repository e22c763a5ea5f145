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
};

/** By what keeps this browser from sending by QUICK: the keys, or whose they are. */
const ofQuick = [
  "not_connected",
  "identity_changed",
  "no_device",
  "revoked",
  "changed",
  "rolled_back",
  "no_storage",
  "book_version",
];

export function stepFor({ code, reason = "" }: Failure): Step {
  if (ofQuick.includes(reason)) return "options";
  return code === "unproven" ? "verify" : (stepOf[reason] ?? "content");
}
