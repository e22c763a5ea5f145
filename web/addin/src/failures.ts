// What a person reads about a failure: what happened and what to do next, in one text.
import { fail, roughDuration, type Failure } from "@couvert/core";
import { isText, t } from "@couvert/ui";

export type Area = "verify" | "upload" | "start" | "open" | "sent" | "quick" | "general";

/** The mail program failed, whatever it was asked. */
export const noAnswer = fail("unavailable", { reason: "mail_program" });

/** Why a call of the mail program threw, where its error is named so that a person understands. */
export const thrown = (error: unknown): Failure =>
  error instanceof Error && error.name === "recipients_cut"
    ? fail("unavailable", { reason: error.name })
    : noAnswer;

/** The most precise text there is for this failure. */
export function textOf(failure: Failure, area: Area = "general"): string {
  const wait = roughDuration(failure.retryAfter ?? 60, Math.ceil);
  const values = { ...wait, address: failure.address ?? "" };
  const reason = failure.reason ?? failure.code;
  const keys = [
    `addin.error.${area}.${reason}`,
    `addin.error.${reason}`,
    `page.error.${area}.${reason}`,
    `page.error.${reason}`,
    `addin.error.${failure.code}`,
    `page.error.${area}.${failure.code}`,
    `page.error.${failure.code}`,
  ];
  return t(keys.find(isText) ?? "page.error.unavailable", values);
}
