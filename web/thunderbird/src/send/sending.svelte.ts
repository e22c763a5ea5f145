// A mail that leaves by Couvert: what it is, what the rules allow, and the way to its recipients.
// On any doubt it does not leave.
import {
  dayAhead,
  endOfDay,
  generatePassword,
  newId,
  newSecret,
  toApiTime,
  type Failure,
  type Language,
  type PolicyAnswer,
  type Result,
  type Start,
  type Started,
} from "@couvert/core";
import { currentLanguage } from "@couvert/ui";
import { SvelteSet } from "svelte/reactivity";

import { createServer, type Server } from "../server.ts";
import { isAllowed, loadSettings, type Known } from "../settings.ts";
import { Proof } from "../verify.svelte.ts";
import { deliver, keepInSent, readWritten, type Person, type Written } from "../written.ts";
import { replyOf } from "../replies.ts";
import { MailFiles } from "./files.svelte.ts";
import { noteFor } from "./note.ts";

export type Stage = "loading" | "server" | "verify" | "form" | "sending" | "done";
export type Mode = "generated" | "own" | "none";
/** What keeps the mail from leaving. */
export type Lack = "changed" | "refused" | "nobody" | "files" | "password" | "differ" | "weak";

/** More windows than this would open and close before the person's eyes: then the server mails. */
const ownMailsMax = 20;
const pauses = [1000, 2000, 4000, 8000, 15_000, 30_000];

type Mail = NonNullable<Started["recipients"][number]["mail"]>;

export interface Delivery {
  readonly address: string;
  readonly mail: Mail;
  state: "waiting" | "sent" | "failed";
}

export class Sending {
  stage = $state<Stage>("loading");
  mail = $state.raw<Written | undefined>();
  policy = $state.raw<PolicyAnswer | undefined>();
  files = $state.raw<MailFiles | undefined>();
  proof = $state.raw<Proof | undefined>();
  failure = $state.raw<Failure | undefined>();
  lack = $state<Lack | undefined>();

  day = $state("");
  language = $state<Language>(currentLanguage());
  mode = $state<Mode>("generated");
  generated = $state("");
  own = $state("");
  ownAgain = $state("");
  phone = $state("");
  notifyDelivery = $state(false);
  notifyDownload = $state(false);
  showFileNames = $state(false);

  started = $state.raw<Started | undefined>();
  deliveries = $state<Delivery[]>([]);
  /** Whether the copy is under Sent; undefined while that is open. */
  kept = $state<boolean | undefined>();

  private without = new SvelteSet<string>();
  private settings: Known | undefined;
  private server: Server | undefined;
  private request: Start | undefined;

  constructor(private readonly tabId: number) {}

  readonly people = $derived(this.peopleOf(this.mail, this.policy));

  /** Everybody with what the rules say of them. */
  private peopleOf(mail: Written | undefined, policy: PolicyAnswer | undefined) {
    const saidOf = (address: string) =>
      policy?.recipients[this.asked.findIndex((one) => one.address === address)];
    return (mail?.people ?? [])
      .filter(({ address }) => !this.without.has(address))
      .map((person) => ({ ...person, said: saidOf(person.address) }));
  }
  private asked: readonly Person[] = [];

  readonly refused = $derived(this.people.filter(({ said }) => said?.allowed === false));
  readonly modes = $derived.by((): Mode[] => {
    const modes: Mode[] = [...(this.policy?.password_modes ?? [])];
    return this.policy?.open_by.includes("link") ? [...modes, "none"] : modes;
  });
  readonly password = $derived(
    this.mode === "none" ? undefined : this.mode === "own" ? this.own : this.generated,
  );
  /** Whether the notifications leave from the person's own mailbox. */
  readonly fromOwnMailbox = $derived(
    this.policy?.client_mail === true && this.people.length <= ownMailsMax,
  );
  readonly delivered = $derived(this.deliveries.every(({ state }) => state === "sent"));

  async begin(): Promise<void> {
    this.failure = undefined;
    this.settings = await loadSettings();
    const { server } = this.settings;
    if (server === "" || !(await isAllowed(server))) {
      this.stage = "server";
      return;
    }
    this.phone = this.settings.phone;
    this.server = createServer(this.settings);
    this.files = new MailFiles(this.server);
    this.mail = await readWritten(this.tabId);
    const known = await this.server.verificationOf(this.mail.address);
    if (!known.ok) this.failure = known;
    else if (known.value === undefined) await this.prove();
    else await this.prepare();
  }

  private async prove(): Promise<void> {
    const proof = new Proof(this.server!, this.mail!.address, () => void this.prepare());
    this.proof = proof;
    this.stage = "verify";
    await proof.begin("provide");
  }

  /** The form, and the files on their way. */
  async prepare(): Promise<void> {
    this.stage = "form";
    if (!(await this.askPolicy())) return;
    const begun = await this.files!.begin(this.mail!.address);
    if (begun.ok) await this.files!.follow(this.mail!.attachments);
    else this.failure = begun;
  }

  private async askPolicy(): Promise<boolean> {
    const people = this.mail!.people.filter(({ address }) => !this.without.has(address));
    const replyTo = await replyOf(this.tabId);
    const answer = await this.server!.api.policy({
      from: this.mail!.address,
      ...(replyTo !== undefined && { reply_to: replyTo }),
      recipients: people.map(({ address }) => address),
    });
    if (!answer.ok) {
      this.failure = answer;
      return false;
    }
    const first = this.policy === undefined;
    this.asked = people;
    this.policy = answer.value;
    this.keepToRules(answer.value, first);
    if (this.generated === "") await this.generate();
    return true;
  }

  private keepToRules(policy: PolicyAnswer, first: boolean): void {
    const now = this.server!.api.now();
    if (!policy.days_editable || endOfDay(this.day, now, policy.days_max) === undefined) {
      this.day = dayAhead(now, Math.min(policy.days_default, policy.days_max));
    }
    if (!this.modes.includes(this.mode)) this.mode = this.modes[0] ?? "none";
    for (const [name, key] of [
      ["notify_delivery", "notifyDelivery"],
      ["notify_download", "notifyDownload"],
      ["show_file_names", "showFileNames"],
    ] as const) {
      const preset = policy[name];
      if (preset === "always" || preset === "never") this[key] = preset === "always";
      else if (first) this[key] = preset === "on";
    }
  }

  async generate(): Promise<void> {
    const rules = this.policy?.password_rules;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      this.generated = generatePassword(this.server!.host, rules?.length_min);
      const verdict = await this.server!.api.checkPassword(this.generated, rules);
      if (!verdict.ok || verdict.value.acceptable) return;
    }
  }

  /** Leaves out whom the rules refuse. */
  async continueWithout(): Promise<void> {
    for (const { address } of this.refused) this.without.add(address);
    this.lack = undefined;
    await this.askPolicy();
  }

  /** Takes the mail as it is written now. Whether it is still the one that was looked at. */
  private async isUnchanged(): Promise<boolean> {
    const now = await readWritten(this.tabId);
    if (now.fingerprint === this.mail!.fingerprint) return true;
    if (now.address !== this.mail!.address) {
      this.mail = now;
      this.files!.stop({ discard: true });
      this.stage = "loading";
      await this.begin();
      return false;
    }
    this.mail = now;
    if (await this.askPolicy()) await this.files!.follow(now.attachments);
    return false;
  }

  /** Looks at the mail anew, which has been changed from here. */
  async look(): Promise<void> {
    await this.isUnchanged();
  }

  private async lacking(): Promise<Lack | undefined> {
    if (this.refused.length > 0) return "refused";
    if (this.people.length === 0) return "nobody";
    if (!this.files!.complete) return "files";
    if (this.mode !== "own") return undefined;
    if (this.own === "") return "password";
    if (this.own !== this.ownAgain) return "differ";
    const verdict = await this.server!.api.checkPassword(this.own, this.policy?.password_rules);
    if (!verdict.ok) this.failure = verdict;
    return verdict.ok && verdict.value.acceptable ? undefined : "weak";
  }

  async send(): Promise<void> {
    if (this.stage !== "form") return;
    this.failure = undefined;
    this.lack = undefined;
    this.stage = "sending";
    const unchanged = await this.isUnchanged();
    this.lack = unchanged ? await this.lacking() : "changed";
    if (this.lack !== undefined || this.failure) {
      if (this.stage === "sending") this.stage = "form";
      return;
    }
    this.request = this.buildStart(await replyOf(this.tabId));
    const answer = await this.start(this.request);
    if (!answer.ok) {
      this.failure = answer;
      this.stage = "form";
      return;
    }
    this.started = answer.value;
    this.files!.stop({ discard: false });
    this.deliveries = this.started.recipients.flatMap(({ address, mail }) =>
      mail ? [{ address, mail, state: "waiting" as const }] : [],
    );
    this.stage = "done";
    await this.handOver();
  }

  /** Mails what has not left, then keeps the copy. To be called again after a failure. */
  async handOver(): Promise<void> {
    for (const delivery of this.deliveries) {
      if (delivery.state === "sent") continue;
      delivery.state = "waiting";
      delivery.state = await deliver(this.mail!, delivery.address, delivery.mail).then(
        () => "sent" as const,
        () => "failed" as const,
      );
    }
    if (!this.delivered || this.kept) return;
    const note = noteFor(this.mail!, this.started!.expires);
    this.kept = await keepInSent(this.mail!, this.settings!.keepBytesMax, note).then(
      () => true,
      () => false,
    );
  }

  private buildStart(replyTo: string | undefined): Start {
    const { host, api } = this.server!;
    const newLink = () => ({ slot_id: newId(host), secret: newSecret(host) });
    const { subject, text, name } = this.mail!;
    const expires = endOfDay(this.day, api.now(), this.policy!.days_max)!;
    const isLink = this.mode === "none";
    return {
      name,
      ...(this.phone !== "" && { phone: this.phone }),
      ...(replyTo !== undefined && { reply_to: replyTo }),
      recipients: this.people.map(({ address, kind, said }) => ({
        address: said?.address ?? address,
        kind,
        ...(isLink && newLink()),
      })),
      ...(subject !== "" && { subject }),
      ...(text !== "" && { text }),
      files: this.files!.list.map(({ upload: { no, size } }) => ({ no: no!, size })),
      expires: toApiTime(expires),
      language: this.language,
      sender_language: currentLanguage(),
      open_by: isLink ? "link" : "password",
      ...(this.password !== undefined && {
        password: this.password,
        password_mode: this.mode === "own" ? ("own" as const) : ("generated" as const),
      }),
      slot_id: newId(host),
      notify_delivery: this.notifyDelivery,
      notify_download: this.notifyDownload,
      show_file_names: this.showFileNames,
      ...(this.fromOwnMailbox && { notify: "none" as const }),
    };
  }

  /** The same request again and again while the server is away: it makes one transfer only. */
  private async start(request: Start): Promise<Result<Started>> {
    const { id, secret } = this.files!.place!;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.server!.api.start(id, request, secret);
      const passes = !answer.ok && ["unavailable", "throttled"].includes(answer.code);
      const pause = pauses[attempt];
      if (answer.ok || !passes || pause === undefined) return answer;
      await this.server!.host.wait(pause);
    }
  }

  /** The pane closes: what was not started is thrown away, the mail stays as it is. */
  end(): void {
    this.proof?.end();
    if (!this.started) this.files?.stop({ discard: true });
  }
}
