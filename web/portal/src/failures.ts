// What a person reads about a failure: what happened and what to do next, in one text.

import { roughDuration, type Failure } from "@couvert/core";
import { isText, t } from "@couvert/ui";

/** Where it happened; some codes mean something more precise there. */
export type Area =
  | "verify"
  | "recipients"
  | "upload"
  | "start"
  | "open"
  | "view"
  | "sent"
  | "quick"
  | "device"
  | "general";

/** The most precise text there is for this failure. */
export function textOf(failure: Failure, area: Area = "general"): string {
  const wait = roughDuration(failure.retryAfter ?? 60, Math.ceil);
  const values = { ...wait, address: failure.address ?? "" };
  const reason = failure.reason ?? failure.code;
  const keys = [
    `page.error.${area}.${reason}`,
    `page.error.${reason}`,
    `page.error.${area}.${failure.code}`,
    `page.error.${failure.code}`,
  ];
  return t(keys.find(isText) ?? "page.error.unavailable", values);
}
