// What the sender has filled in so far, and what may come next.

import {
  addressKey,
  dayAhead,
  endOfDay,
  generatePassword,
  newId,
  newSecret,
  parseRecipients,
  toApiTime,
  type Language,
  type NotificationQuestion,
  type PolicyAnswer,
  type Recipient,
  type Start,
  type Started,
} from "@couvert/core";
import { currentLanguage } from "@couvert/ui";

import { api, host } from "../host.ts";
import { keptPeople, type Person } from "../kept.ts";
import { DraftFiles } from "./draft.svelte.ts";
import type { Preset } from "./preset.ts";

export const steps = [
  "contact",
  "verify",
  "recipients",
  "content",
  "options",
  "notification",
  "sending",
  "summary",
] as const;
export type Step = (typeof steps)[number];

export type Kind = "to" | "cc" | "bcc";
export type PasswordMode = "generate" | "manual" | "none";
export type Refusal = NonNullable<PolicyAnswer["recipients"][number]["reason"]>;

export interface FormRecipient extends Recipient {
  readonly kind: Kind;
  /** Why the rules let this one not receive. */
  refusal?: Refusal;
}

/** The whole form; it lives as long as the visitor stays, so that a look at Help loses nothing. */
export class ProvideForm {
  person = $state.raw<Person | undefined>(keptPeople()[0]);
  /** Keys of the addresses that this browser has proven. */
  verified = $state.raw<readonly string[]>([]);

  /** For whom a code was requested last, and when: going back and forth asks for no other. */
  codeRequested: { readonly address: string; readonly at: number } | undefined;

  recipients = $state<FormRecipient[]>([]);
  replyTo = $state<string | undefined>();
  policy = $state.raw<PolicyAnswer | undefined>();

  subject = $state("");
  text = $state("");
  files = $state.raw(new DraftFiles());

  day = $state("");
  recipientLanguage = $state<Language>(currentLanguage());
  notifyDelivery = $state(false);
  notifyDownload = $state(false);
  showFileNames = $state(false);
  passwordMode = $state<PasswordMode>("generate");
  generated = $state("");
  manual = $state("");
  repeated = $state("");
  optionsDone = $state(false);

  notification = $state.raw<{ subject?: string; text?: string }>({});

  /** Set when Start transfer was pressed; the same request again gives the same transfer. */
  request = $state.raw<Start | undefined>();
  sending = $state(false);
  started = $state.raw<Started | undefined>();

  readonly isVerified = $derived(
    this.person !== undefined && this.verified.includes(addressKey(this.person.address)),
  );
  readonly hasMessage = $derived(this.subject.trim() !== "" || this.text.trim() !== "");
  readonly hasContent = $derived(this.hasMessage || this.files.list.length > 0);
  readonly tooLarge = $derived(
    this.policy !== undefined && this.files.bytes > this.policy.transfer_bytes_max,
  );
  readonly password = $derived(
    this.passwordMode === "none"
      ? undefined
      : this.passwordMode === "generate"
        ? this.generated
        : this.manual,
  );
  readonly expires = $derived(this.policy && endOfDay(this.day, api.now(), this.policy.days_max));

  /** The step to show when `wished` is asked for: never one that lacks what comes before it. */
  permitted(wished: string | undefined): Step {
    if (this.started) return "summary";
    if (this.sending) return "sending";
    const step = steps.find((one) => one === wished) ?? "contact";
    const reached = steps.indexOf(this.furthest());
    return steps.indexOf(step) <= reached ? step : steps[reached]!;
  }

  private furthest(): Step {
    if (!this.person) return "contact";
    if (!this.isVerified) return "verify";
    if (!this.policy || !this.files.place) return "recipients";
    if (!this.hasContent || this.tooLarge) return "content";
    return this.optionsDone ? "notification" : "options";
  }

  /** Adds whom a text names. Whoever is there already is not added twice. */
  addRecipients(text: string, kind: Kind): void {
    const there = this.recipients.map(({ address }) => addressKey(address));
    const added = parseRecipients(text).filter(
      ({ address }) => !there.includes(addressKey(address)),
    );
    if (added.length === 0) return;
    this.recipients.push(...added.map((one) => ({ ...one, kind })));
    this.policy = undefined;
  }

  removeRecipients(gone: (recipient: FormRecipient) => boolean): void {
    this.recipients = this.recipients.filter((one) => !gone(one));
    this.policy = undefined;
  }

  /** Takes over what a link presets. */
  preset(preset: Preset): void {
    for (const kind of ["to", "cc", "bcc"] as const) {
      for (const addresses of preset[kind]) this.addRecipients(addresses, kind);
    }
    this.replyTo = preset.reply;
    this.subject = preset.subject ?? "";
  }

  /** What the policy allows becomes the form's limits; what was chosen before stays if it fits. */
  applyPolicy(policy: PolicyAnswer): void {
    this.policy = policy;
    if (endOfDay(this.day, api.now(), policy.days_max) === undefined) {
      this.day = dayAhead(api.now(), Math.min(policy.days_default, policy.days_max));
    }
    const passwords = policy.open_by.includes("password");
    if (!passwords) this.passwordMode = "none";
    else if (this.passwordMode === "none" && !policy.open_by.includes("link")) {
      this.passwordMode = "generate";
    }
  }

  /** A new generated password that the server's rules accept; a word may slip in by chance. */
  async generate(): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      this.generated = generatePassword(host);
      const verdict = await api.checkPassword(this.generated);
      if (!verdict.ok || verdict.value.acceptable) return;
    }
  }

  previewQuestion(): NotificationQuestion | undefined {
    if (!this.person || this.expires === undefined) return undefined;
    return {
      from: this.person.address,
      name: this.person.name,
      ...(this.person.phone !== "" && { phone: this.person.phone }),
      language: this.recipientLanguage,
      expires: toApiTime(this.expires),
      open_by: this.passwordMode === "none" ? "link" : "password",
      ...(this.showFileNames && { file_names: this.files.list.map(({ name }) => name) }),
      notification: this.notification,
    };
  }

  /** The request that starts the transfer, made once all files are there. */
  buildStart(): Start | undefined {
    const { person, expires, password } = this;
    if (!person || expires === undefined) return undefined;
    const byLink = password === undefined;
    return {
      name: person.name,
      ...(person.phone !== "" && { phone: person.phone }),
      ...(this.replyTo !== undefined && { reply_to: this.replyTo }),
      recipients: this.recipients.map(({ address, kind }) => ({
        address,
        kind,
        ...(byLink && { slot_id: newId(host), secret: newSecret(host) }),
      })),
      ...(this.subject.trim() !== "" && { subject: this.subject }),
      ...(this.text.trim() !== "" && { text: this.text }),
      files: this.files.list.map(({ no, size }) => ({ no: no!, size })),
      expires: toApiTime(expires),
      language: this.recipientLanguage,
      sender_language: currentLanguage(),
      open_by: byLink ? "link" : "password",
      ...(!byLink && { password }),
      slot_id: newId(host),
      notify_delivery: this.notifyDelivery,
      notify_download: this.notifyDownload,
      show_file_names: this.showFileNames,
      ...(Object.keys(this.notification).length > 0 && { notification: this.notification }),
    };
  }
}
