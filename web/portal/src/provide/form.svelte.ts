// What the sender has filled in so far, and what may come next.

import {
  addressKey,
  dayAhead,
  endOfDay,
  generatePassword,
  isAddress,
  newId,
  newSecret,
  parseRecipients,
  pass,
  recipientsOf,
  toApiTime,
  wayOf,
  type Language,
  type NotificationQuestion,
  type PolicyAnswer,
  type QuickPart,
  type Recipient,
  type Result,
  type Start,
  type Started,
} from "@couvert/core";
import { currentLanguage } from "@couvert/ui";
import { QuickSwitch } from "@couvert/ui/quick/quick-switch.svelte.ts";

import { api, host } from "../host.ts";
import { keptPeople, type Person } from "../kept.ts";
import { quick } from "../quick/quick.ts";
import { DraftFiles } from "./draft.svelte.ts";
import { createKeeper, type Keeper } from "./keeper.ts";
import { kinds, writeForm, type KeptForm, type Kind, type PasswordMode } from "./kept-form.ts";
import type { Preset } from "./preset.ts";
import type { Unfinished } from "./unfinished.ts";
import { passwordModesOf } from "./ways.ts";

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

export type { Kind, PasswordMode };
export type Refusal = NonNullable<PolicyAnswer["recipients"][number]["reason"]>;

export interface FormRecipient extends Recipient {
  readonly kind: Kind;
  /** Why the rules let this one not receive. */
  refusal?: Refusal;
  /** As the server writes the address, once it was asked. */
  written?: string;
}

const writtenOf = ({ written, address }: FormRecipient): string => written ?? address;

/** A mail names so many files; of the others it says how many they are. */
const namesInMail = 30;

type PresetName = "notify_delivery" | "notify_download" | "show_file_names";

/** The whole form; it lives as long as the visitor stays, so that a look at Help loses nothing. */
export class ProvideForm {
  person = $state.raw<Person | undefined>(keptPeople()[0]);
  /** Keys of the addresses that this browser has proven. */
  verified = $state.raw<readonly string[]>([]);

  /** For whom a code was requested last, and when: going back and forth asks for no other. */
  codeRequested: { readonly address: string; readonly at: number } | undefined;

  recipients = $state<FormRecipient[]>([]);
  replyTo = $state<string | undefined>();
  /** A link filled in recipients: the visitor should look at them. */
  fromLink = $state(false);
  /** How many that link named beyond what a transfer may have. */
  leftOut = $state(0);
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

  readonly quick = new QuickSwitch(
    () => quick,
    () => ({ policy: this.policy, addresses: this.recipients.map(writtenOf) }),
  );

  notification = $state.raw<{ subject?: string; text?: string }>({});

  /** Where the form goes on when its sender comes back from another page. */
  returnTo: Step | undefined;

  /** Set when Start transfer was pressed; the same request again gives the same transfer. */
  request = $state.raw<Start | undefined>();
  sending = $state(false);
  started = $state.raw<Started | undefined>();

  /** The rules have preset the check boxes; from now on they stand as the sender leaves them. */
  private presetDone = false;
  private keeping: { readonly id: string; readonly keeper: Keeper } | undefined;

  readonly isVerified = $derived(
    this.person !== undefined && this.verified.includes(addressKey(this.person.address)),
  );
  /** The rules for these recipients ask for the sender's phone. */
  readonly lacksPhone = $derived(
    this.policy?.phone_required === true && this.person?.phone.trim() === "",
  );
  readonly hasMessage = $derived(this.subject.trim() !== "" || this.text.trim() !== "");
  readonly lacksMessage = $derived(
    this.policy?.message_required === true && this.text.trim() === "",
  );
  readonly hasContent = $derived(
    !this.lacksMessage && (this.hasMessage || this.files.list.length > 0),
  );
  readonly passwordModes = $derived(
    this.policy ? passwordModesOf(this.policy, this.quick.groups, this.quick.on) : [],
  );
  readonly way = $derived(wayOf(this.quick.groups, this.quick.on, this.passwordMode));
  readonly tooLarge = $derived(
    this.policy !== undefined && this.files.bytes > this.policy.transfer_bytes_max,
  );
  readonly password = $derived(
    this.way !== "password"
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
    if (this.lacksPhone) return "contact";
    if (!this.hasContent || this.tooLarge) return "content";
    return this.optionsDone ? "notification" : "options";
  }

  /** Adds whom a text names. Whoever is there already is not added twice; says how many. */
  addRecipients(text: string, kind: Kind): number {
    return this.add(parseRecipients(text), kind);
  }

  private add(named: readonly Recipient[], kind: Kind): number {
    const there = this.recipients.map(({ address }) => addressKey(address));
    const added = named.filter(({ address }) => !there.includes(addressKey(address)));
    if (added.length === 0) return 0;
    this.recipients.push(...added.map((one) => ({ ...one, kind })));
    this.policy = undefined;
    return added.length;
  }

  removeRecipients(gone: (recipient: FormRecipient) => boolean): void {
    this.recipients = this.recipients.filter((one) => !gone(one));
    this.policy = undefined;
  }

  /** Takes over what a link presets. */
  preset(preset: Preset): void {
    for (const kind of kinds) this.add(preset[kind], kind);
    this.replyTo = preset.reply;
    this.subject = preset.subject ?? "";
    // A reply goes to whom the rules let it; any other link may name anybody.
    this.fromLink = this.recipients.length > 0 && preset.reply === undefined;
    this.leftOut = preset.leftOut;
  }

  /** What is kept of the form while it is no transfer yet. */
  kept(): string {
    return writeForm({
      recipients: this.recipients,
      replyTo: this.replyTo,
      subject: this.subject,
      text: this.text,
      day: this.day,
      recipientLanguage: this.recipientLanguage,
      notifyDelivery: this.notifyDelivery,
      notifyDownload: this.notifyDownload,
      showFileNames: this.showFileNames,
      passwordMode: this.passwordMode,
      quick: this.quick.chosen,
      notification: this.notification,
    });
  }

  /** Sees to it that what is filled in lies at the server, too; to be called when it changes. */
  keep(): void {
    const { place } = this.files;
    if (!place || this.sending || this.started) return;
    const text = this.kept();
    if (this.keeping?.id !== place.id) {
      void this.keeping?.keeper.stop();
      const save = (form: string) => api.saveForm(place.id, form, place.secret);
      this.keeping = { id: place.id, keeper: createKeeper({ save, wait: host.wait }) };
    }
    this.keeping.keeper.note(text);
  }

  /** Whether a page that goes now would lose something: what is not kept, or an upload's way. */
  wouldLose(): boolean {
    if (this.started) return false;
    const kept = this.keeping?.keeper.isKept() === true;
    return this.sending || this.files.active || (this.hasContent && !kept);
  }

  /** The page may be about to go. */
  keepNow(): void {
    if (!this.sending && !this.started) this.keeping?.keeper.flush();
  }

  /** The visitor begins another form; what was filled in and not started waits at the server. */
  leave(): void {
    if (this.started) return;
    this.keepNow();
    if (this.hasContent || this.files.begun.length > 0) this.files.leave();
    else this.close();
  }

  /** Start takes what was kept away: nothing may come behind it. */
  async stopKeeping(): Promise<void> {
    const stopped = this.keeping?.keeper.stop();
    this.keeping = undefined;
    await stopped;
  }

  /** Whether it is this mailbox's that is filled in. */
  isOf(address: string): boolean {
    const whose = [this.person?.address, this.files.place?.from];
    return whose.some((one) => one !== undefined && addressKey(one) === addressKey(address));
  }

  /** Throws away what was filled in, where no transfer has come of it. */
  discard(): void {
    if (!this.started) this.close();
  }

  private close(): void {
    void this.stopKeeping();
    this.files.discard();
    this.files.close();
  }

  /** Goes on with what an earlier visit left at the server. */
  resume(found: Unfinished): void {
    if (found.form) this.fill(found.form);
    this.files.resume(found);
  }

  private fill(kept: KeptForm): void {
    this.recipients = [];
    for (const { address, kind } of kept.recipients) {
      this.recipients.push({ address, kind, valid: isAddress(address) });
    }
    this.policy = undefined;
    this.replyTo = kept.replyTo;
    this.subject = kept.subject;
    this.text = kept.text;
    this.day = kept.day;
    this.recipientLanguage = kept.recipientLanguage;
    this.notifyDelivery = kept.notifyDelivery;
    this.notifyDownload = kept.notifyDownload;
    this.showFileNames = kept.showFileNames;
    this.passwordMode = kept.passwordMode;
    this.quick.chosen = kept.quick;
    this.presetDone = true;
    this.notification = kept.notification;
  }

  /** Asks the rules, and marks whom they refuse. Where they refuse nobody, what they allow becomes
   * the form's limits. */
  async askPolicy(): Promise<Result<"allowed" | "refused">> {
    const asked = this.recipients;
    const answer = await api.policy({
      from: this.person!.address,
      ...(this.replyTo !== undefined && { reply_to: this.replyTo }),
      recipients: asked.map(({ address }) => address),
    });
    if (!answer.ok) return answer;
    answer.value.recipients.forEach((said, index) => {
      const one = asked[index];
      if (!one) return;
      one.written = said.address;
      if (said.allowed) delete one.refusal;
      else one.refusal = said.reason ?? "no_rule";
    });
    if (this.recipients.some((one) => one.refusal)) return pass("refused");
    this.applyPolicy(answer.value);
    return pass("allowed");
  }

  /** What the policy allows becomes the form's limits; what was chosen before stays if it fits. */
  applyPolicy(policy: PolicyAnswer): void {
    this.policy = policy;
    const fixed = !policy.days_editable;
    if (fixed || endOfDay(this.day, api.now(), policy.days_max) === undefined) {
      this.day = dayAhead(api.now(), Math.min(policy.days_default, policy.days_max));
    }
    if (this.generated.length < policy.password_rules.length_min) this.generated = "";
    this.fitPassword();
    this.notifyDelivery = this.presetOf("notify_delivery", this.notifyDelivery);
    this.notifyDownload = this.presetOf("notify_download", this.notifyDownload);
    this.showFileNames = this.presetOf("show_file_names", this.showFileNames);
    this.presetDone = true;
    if (!policy.notification_editable) this.notification = {};
  }

  /** Whether this one opens without a password, where QUICK is on; as far as it is known. */
  isConnected(recipient: FormRecipient): boolean {
    return this.quick.isConnected(writtenOf(recipient));
  }

  /** A way to a password that there is no more gives way to the first that there is. */
  fitPassword(): void {
    const [first] = this.passwordModes;
    if (first && !this.passwordModes.includes(this.passwordMode)) this.passwordMode = first;
  }

  /** Asks how it stands with the recipients by QUICK. Order: once their draft is there. */
  async lookAtQuick(): Promise<void> {
    const { place } = this.files;
    if (!place || this.policy?.quick === "never") return;
    await this.quick.look(place.address);
    this.fitPassword();
  }

  /** How a check box stands: as the rules fix it, else as it was left, at first as preset. */
  private presetOf(name: PresetName, chosen: boolean): boolean {
    const preset = this.policy?.[name] ?? "off";
    if (preset === "always" || preset === "never") return preset === "always";
    return this.presetDone ? chosen : preset === "on";
  }

  /** Whether the rules leave the choice. */
  isFixed(name: PresetName): boolean {
    const preset = this.policy?.[name];
    return preset === "always" || preset === "never";
  }

  /** A new generated password that the server's rules accept; a word may slip in by chance. */
  async generate(): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      this.generated = generatePassword(host, this.policy?.password_rules.length_min);
      const verdict = await api.checkPassword(this.generated, this.policy?.password_rules);
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
      open_by: this.way,
      ...(this.showFileNames && {
        file_names: this.files.list.map(({ name }, at) => (at < namesInMail ? name : "-")),
      }),
      notification: this.notification,
    };
  }

  /**
   * Makes the request that starts the transfer, once all files are there. Undefined where something
   * is missing. Errors: of QuickSwitch.prepare().
   */
  async buildStart(): Promise<Result<Start> | undefined> {
    const { place } = this.files;
    if (!this.person || this.expires === undefined || !place) return undefined;
    const part = await this.quick.prepare(place.seal);
    if (!part.ok) return part;
    return pass(this.startWith(part.value, this.person, this.expires));
  }

  private startWith(part: QuickPart, person: Person, expires: number): Start {
    const { way, password } = this;
    const people = this.recipients.map((one) => ({ address: writtenOf(one), kind: one.kind }));
    const newLink = () => ({ slot_id: newId(host), secret: newSecret(host) });
    return {
      name: person.name,
      ...(person.phone !== "" && { phone: person.phone }),
      ...(this.replyTo !== undefined && { reply_to: this.replyTo }),
      recipients: recipientsOf(people, { way, part, newLink }),
      ...(part.invitation && { invitation: part.invitation }),
      ...(this.subject.trim() !== "" && { subject: this.subject }),
      ...(this.text.trim() !== "" && { text: this.text }),
      files: this.files.list.map(({ no, size }) => ({ no: no!, size })),
      expires: toApiTime(expires),
      language: this.recipientLanguage,
      sender_language: currentLanguage(),
      open_by: way,
      ...(password !== undefined && {
        password,
        password_mode: this.passwordMode === "manual" ? ("own" as const) : ("generated" as const),
      }),
      slot_id: newId(host),
      notify_delivery: this.notifyDelivery,
      notify_download: this.notifyDownload,
      show_file_names: this.showFileNames,
      ...(Object.keys(this.notification).length > 0 && { notification: this.notification }),
    };
  }
}
