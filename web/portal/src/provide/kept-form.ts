// The form as it lies sealed at the server while the transfer has not been started, so that it
// survives a closed browser. The text is this page's own; spec/sealing.md, section 7, says where.
//
// Passwords are not in it: they are chosen anew. Whatever this page did not write so is no form.

import { languages, type Language } from "@couvert/core";

export const kinds = ["to", "cc", "bcc"] as const;
export type Kind = (typeof kinds)[number];
export const passwordModes = ["generate", "manual", "none"] as const;
export type PasswordMode = (typeof passwordModes)[number];

export interface KeptForm {
  readonly recipients: readonly { readonly address: string; readonly kind: Kind }[];
  readonly replyTo: string | undefined;
  readonly subject: string;
  readonly text: string;
  readonly day: string;
  readonly recipientLanguage: Language;
  readonly notifyDelivery: boolean;
  readonly notifyDownload: boolean;
  readonly showFileNames: boolean;
  readonly passwordMode: PasswordMode;
  /** How the switch for QUICK was set by hand, if it was. */
  readonly quick: boolean | undefined;
  readonly notification: { readonly subject?: string; readonly text?: string };
}

const version = 1;

/** Field by field, so that nothing else comes in that the caller's object may hold. */
export function writeForm(form: KeptForm): string {
  return JSON.stringify({
    version,
    // The largest part of it: two texts each.
    recipients: form.recipients.map(({ kind, address }) => [kind, address]),
    replyTo: form.replyTo,
    subject: form.subject,
    text: form.text,
    day: form.day,
    recipientLanguage: form.recipientLanguage,
    notifyDelivery: form.notifyDelivery,
    notifyDownload: form.notifyDownload,
    showFileNames: form.showFileNames,
    passwordMode: form.passwordMode,
    quick: form.quick,
    notification: { subject: form.notification.subject, text: form.notification.text },
  });
}

type Fields = Record<string, unknown>;
const isText = (value: unknown): value is string => typeof value === "string";
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isOf = <T extends string>(value: unknown, all: readonly T[]): value is T =>
  all.includes(value as T);
const isTextOrNone = (value: unknown): value is string | undefined =>
  value === undefined || isText(value);

function readRecipients(value: unknown): KeptForm["recipients"] | undefined {
  if (!Array.isArray(value)) return undefined;
  const pairs = value as unknown[];
  const read = pairs.flatMap((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) return [];
    const [kind, address] = pair as unknown[];
    return isOf(kind, kinds) && isText(address) ? [{ kind, address }] : [];
  });
  return read.length === pairs.length ? read : undefined;
}

function readNotification(value: unknown): KeptForm["notification"] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { subject, text } = value as Fields;
  if (!isTextOrNone(subject) || !isTextOrNone(text)) return undefined;
  return { ...(subject !== undefined && { subject }), ...(text !== undefined && { text }) };
}

function parse(written: string): Fields {
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === "object" && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

/** The form, or undefined where this is none, or one of a later version of the page. */
export function readForm(written: string): KeptForm | undefined {
  const fields = parse(written);
  const recipients = readRecipients(fields["recipients"]);
  const notification = readNotification(fields["notification"]);
  const { replyTo, subject, text, day, recipientLanguage, passwordMode } = fields;
  const { notifyDelivery, notifyDownload, showFileNames, quick } = fields;
  const texts = isText(subject) && isText(text) && isText(day) && isTextOrNone(replyTo);
  const flags = isFlag(notifyDelivery) && isFlag(notifyDownload) && isFlag(showFileNames);
  const isChosen = quick === undefined || isFlag(quick);
  const names = isOf(recipientLanguage, languages) && isOf(passwordMode, passwordModes);
  if (fields["version"] !== version || !recipients || !notification) return undefined;
  if (!texts || !flags || !isChosen || !names) return undefined;
  return {
    recipients,
    replyTo,
    subject,
    text,
    day,
    recipientLanguage,
    notifyDelivery,
    notifyDownload,
    showFileNames,
    passwordMode,
    quick,
    notification,
  };
}
