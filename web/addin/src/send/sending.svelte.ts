// A mail that leaves by Couvert: what it is, what the rules allow, and the way to its recipients.
// On any doubt it does not leave.
import {
  dayAhead,
  endOfDay,
  generatePassword,
  pass,
  passwordModesOf,
  wayOf,
  type Failure,
  type Language,
  type PasswordFrom,
  type PolicyAnswer,
  type Result,
  type Start,
  type Started,
} from "@couvert/core";
import { currentLanguage } from "@couvert/ui";
import { QuickSwitch } from "@couvert/ui/quick/quick-switch.svelte.ts";
import { SvelteSet } from "svelte/reactivity";

import { thrown } from "../failures.ts";
import type { AttachmentId, Letter, MailProgram, Recovered } from "../mail-program.ts";
import type { Wish } from "../quick/connecting.svelte.ts";
import { createServer, type Server } from "../server.ts";
import { Proof } from "../verify.svelte.ts";
import type { Person, Written } from "../written.ts";
import { choicesOf, type Choices } from "./choices.ts";
import { Deliveries, type Delivery } from "./deliveries.svelte.ts";
import { MailFiles, type Item } from "./files.svelte.ts";
import {
  earlierOf,
  fateOf,
  isMore,
  Notes,
  takeBack,
  wholeItems,
  type Draft,
  type Gone,
  type WentOn,
} from "./going-on.ts";
import type { Lack } from "./lack.ts";
import { buildStart, mayPass, startUntilAnswered } from "./start.ts";

export type Stage = "loading" | "server" | "verify" | "form" | "sending" | "done";
export class Sending implements Choices {
  stage = $state<Stage>("loading");
  mail = $state.raw<Written | undefined>();
  policy = $state.raw<PolicyAnswer | undefined>();
  files = $state.raw<MailFiles | undefined>();
  proof = $state.raw<Proof | undefined>();
  failure = $state.raw<Failure | undefined>();
  lack = $state<Lack | undefined>();
  /** The server did not answer Start; it is asked again. */
  waiting = $state(false);

  day = $state("");
  language = $state<Language>(currentLanguage());
  mode = $state<PasswordFrom>("generated");
  generated = $state("");
  own = $state("");
  ownAgain = $state("");
  phone = $state("");
  notifyDelivery = $state(false);
  notifyDownload = $state(false);
  showFileNames = $state(false);

  recovered = $state<Recovered | WentOn | undefined>();
  deliveries = $state.raw<Deliveries | undefined>();

  private without = new SvelteSet<string>();
  private chosen = $state.raw<readonly Item[]>([]);
  /** A recovery code is shown. */
  private keepsCode = false;
  private server: Server | undefined;
  private request: Start | undefined;
  readonly notes: Notes;

  constructor(
    private readonly program: MailProgram,
    readonly letter: Letter,
  ) {
    this.notes = new Notes(letter);
  }

  get choosesFiles(): boolean {
    return this.letter.choosesFiles;
  }

  private ownMailsMax(): number {
    return this.letter.ownMailsMax;
  }

  /** By the server's clock: the device's may be wrong. */
  now(): number {
    return this.server!.api.now();
  }

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

  /** As the server writes them. */
  private readonly written = $derived(
    this.people.map(({ address, kind, said }) => ({ address: said?.address ?? address, kind })),
  );
  readonly refused = $derived(this.people.filter(({ said }) => said?.allowed === false));
  readonly quick = new QuickSwitch(
    () => this.server!.quick,
    () => ({ policy: this.policy, addresses: this.written.map(({ address }) => address) }),
  );
  readonly modes = $derived(
    this.policy ? passwordModesOf(this.policy, this.quick.groups, this.quick.on) : [],
  );
  readonly way = $derived(wayOf(this.quick.groups, this.quick.on, this.mode));
  readonly password = $derived(
    this.way !== "password" ? undefined : this.mode === "own" ? this.own : this.generated,
  );
  /** Whether the notifications leave from the person's own mailbox. */
  readonly fromOwnMailbox = $derived(
    this.policy?.client_mail === true && this.people.length <= this.ownMailsMax(),
  );
  async begin(): Promise<void> {
    this.failure = undefined;
    await this.heed(async () => {
      const settings = await this.program.loadSettings();
      const { server } = settings;
      if (server === "" || !(await this.program.isAllowed(server))) {
        this.stage = "server";
        return;
      }
      this.phone = settings.phone;
      this.server = createServer(settings, this.program.saveSettings);
      this.files?.stop({ discard: false });
      this.files = new MailFiles(this.server, this.letter, () => void this.note());
      this.recovered ??= await this.letter.recover?.();
      this.mail = await this.letter.read();
      const known = await this.server.verificationOf(this.mail.address);
      if (!known.ok) this.failure = known;
      else if (known.value === undefined) await this.prove();
      else await this.prepare();
    });
  }

  /** Whatever the mail program fails at is a failure of the step; nothing leaves then. */
  private async heed(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.failure = thrown(error);
      if (this.stage === "sending") this.stage = "form";
    }
  }

  private async prove(): Promise<void> {
    const from = { server: this.server!, program: this.program };
    const prepare = () => void this.heed(() => this.prepare());
    const proof = new Proof(from, this.mail!.address, prepare);
    this.proof = proof;
    this.stage = "verify";
    await proof.begin("provide");
  }

  /** The form, and the files on their way; or what an earlier pane had come to. */
  private async prepare(): Promise<void> {
    this.stage = "loading";
    const found = await earlierOf(this.server!, await this.notes.load(), this.mail!.address);
    if (!found.ok) {
      this.failure = found;
      return;
    }
    const { value: earlier } = found;
    if (earlier.kind === "started" && (await this.settle(earlier))) return;
    this.request = undefined;
    this.stage = "form";
    if (!(await this.askPolicy())) return;
    const begun = await this.files!.begin(
      this.mail!.address,
      earlier.kind === "draft" ? this.takeUp(earlier) : undefined,
    );
    if (!begun.ok) {
      this.failure = begun;
      return;
    }
    await this.note();
    await Promise.all([this.followFiles(), this.lookAtQuick()]);
  }

  private note(request?: Start): Promise<void> {
    const { place } = this.files!;
    if (!place || (this.request && !request)) return Promise.resolve(); // what is asked stays noted
    const asked = request && { request, written: this.mail!, sent: [] };
    return this.notes.keep({
      ...{ server: this.server!.host.base, address: this.mail!.address, place },
      files: this.files!.noted(),
      choices: choicesOf(this),
      ...(asked && { asked }),
    });
  }

  /** To be called whenever something else is chosen. */
  async noteChoices(): Promise<void> {
    if (this.stage === "form" && this.files) await this.note();
  }

  /** The draft of an earlier pane. */
  private takeUp(draft: Draft) {
    if (this.notes.isEarlier && isMore(draft)) this.recovered ??= "unfinished";
    this.chosen = [...this.chosen, ...wholeItems(draft, this.chosen)];
    Object.assign(this, draft.noted.choices);
    this.keepToRules(this.policy!, false);
    return { place: draft.noted.place, files: draft.files };
  }

  /** A transfer that an earlier pane had started. Whether nothing is left to be filled in. */
  private async settle(gone: Gone): Promise<boolean> {
    const { started, asked } = gone;
    const fate = fateOf(this.mail!, gone, this.recovered === "interrupted");
    if (fate === "changed") {
      const became = await takeBack(this.server!, this.letter, gone, this.mail!);
      if (!became.ok) {
        this.failure = became;
        return true;
      }
      this.recovered = became.value;
      this.mail = await this.letter.read();
      await this.notes.forget();
      return false;
    }
    const { password } = asked.request;
    this.mode = password === undefined ? "none" : "generated";
    this.generated = password ?? "";
    const isThere = fate === "notification";
    const stateOf = (address: string) => (asked.sent.includes(address) ? "sent" : "failed");
    this.deliveries = this.deliveriesOf(started, isThere ? () => "ready" : stateOf);
    this.stage = "done";
    if (isThere) await this.deliveries.keepAsNotification();
    else if (this.deliveries.areGone) await this.deliveries.keep();
    return true;
  }

  private deliveriesOf(started: Started, stateOf?: (address: string) => Delivery["state"]) {
    return new Deliveries(this, started, this.mail!, stateOf);
  }

  /** Asks how it stands with the recipients by QUICK. */
  async lookAtQuick(): Promise<void> {
    const address = this.files?.place?.address;
    if (address === undefined || this.policy?.quick === "never" || this.keepsCode) return;
    await this.quick.look(address);
    this.fitMode();
  }

  chooseQuick(isOn: boolean): void {
    this.quick.chosen = isOn;
    this.lack = undefined;
    this.fitMode();
  }

  /** What brings QUICK into this mail program. */
  quickWish(): Wish {
    const { program, files } = this;
    return {
      program,
      server: this.server!,
      address: files!.place!.address,
      done: () => this.lookAtQuick(),
      keeping: (isShown) => (this.keepsCode = isShown),
    };
  }

  /** The portal's page of it, for what is settled there. */
  openQuickPage(): void {
    const address = encodeURIComponent(this.files!.place!.address);
    this.program.openInBrowser(`${this.server!.host.base}/quick?for=${address}`);
  }

  private fitMode(): void {
    if (!this.modes.includes(this.mode)) this.mode = this.modes[0] ?? "none";
  }

  private followFiles(): Promise<void> {
    return this.files!.follow([...this.mail!.attachments, ...this.chosen]);
  }

  /** Files from disk, beside the attachments of the mail. */
  choose(files: readonly File[]): void {
    const items = files.map((content) => ({
      id: `chosen-${(this.chosenCount += 1)}`,
      name: content.name,
      size: content.size,
      content,
    }));
    this.chosen = [...this.chosen, ...items];
    void this.followFiles();
  }
  private chosenCount = 0;

  /** Takes an attachment out of the mail itself, or a chosen file back. */
  async drop(id: AttachmentId): Promise<void> {
    const rest = this.chosen.filter((one) => one.id !== id);
    const wasChosen = rest.length < this.chosen.length;
    this.chosen = rest;
    await this.heed(async () => {
      if (!wasChosen) await this.letter.removeAttachment(id);
      await this.isUnchanged();
      await this.followFiles();
    });
  }

  private async askPolicy(): Promise<boolean> {
    const people = this.mail!.people.filter(({ address }) => !this.without.has(address));
    const replyTo = await this.letter.replyTo();
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
    await this.lookAtQuick();
    if (this.generated === "") await this.generate();
    return true;
  }

  private keepToRules(policy: PolicyAnswer, first: boolean): void {
    const now = this.server!.api.now();
    if (!policy.days_editable || endOfDay(this.day, now, policy.days_max) === undefined) {
      this.day = dayAhead(now, Math.min(policy.days_default, policy.days_max));
    }
    this.fitMode();
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
    await this.heed(async () => void (await this.askPolicy()));
  }

  /** Takes the mail as it is written now. Whether it is still the one that was looked at. */
  private async isUnchanged(): Promise<boolean> {
    const now = await this.letter.read();
    if (now.fingerprint === this.mail!.fingerprint) return true;
    if (now.address !== this.mail!.address) {
      this.mail = now;
      this.files!.stop({ discard: true });
      this.stage = "loading";
      await this.begin();
      return false;
    }
    this.mail = now;
    if (await this.askPolicy()) await this.followFiles();
    return false;
  }

  /** Looks at the mail anew, which has been changed from here. */
  async look(): Promise<void> {
    this.failure = undefined;
    await this.heed(async () => {
      if (await this.isUnchanged()) await this.followFiles();
    });
  }

  private async lacking(): Promise<Lack | undefined> {
    if (this.refused.length > 0) return "refused";
    if (this.people.length === 0) return "nobody";
    if (this.files!.unread.length > 0) return "unread";
    if (this.files!.unchosen.length > 0) return "unchosen";
    if (!this.files!.complete) return "files";
    if (await this.hasOtherWays()) return "other_ways";
    if (this.quick.on && (this.quick.here !== "yes" || this.keepsCode)) return "quick";
    if (this.password === undefined || this.mode !== "own") return undefined;
    if (this.own === "") return "password";
    if (this.own !== this.ownAgain) return "differ";
    const verdict = await this.server!.api.checkPassword(this.own, this.policy?.password_rules);
    if (!verdict.ok) this.failure = verdict;
    return verdict.ok && verdict.value.acceptable ? undefined : "weak";
  }

  /** Whether somebody opens it in another way by now than was shown. */
  private async hasOtherWays(): Promise<boolean> {
    const ways = () => JSON.stringify([this.quick.on, this.quick.groups]);
    const shown = ways();
    if (this.quick.on) await this.lookAtQuick();
    return ways() !== shown;
  }

  async send(): Promise<void> {
    if (this.stage !== "form") return;
    this.failure = undefined;
    this.lack = undefined;
    if (this.request) return this.begin(); // asked before, without an answer: what came of it?
    this.stage = "sending";
    await this.heed(() => this.sendNow());
  }

  private async sendNow(): Promise<void> {
    const unchanged = await this.isUnchanged();
    this.lack = unchanged ? await this.lacking() : "changed";
    if (this.lack !== undefined || this.failure) {
      if (this.stage === "sending") this.stage = "form";
      return;
    }
    const built = await this.build();
    if (built.ok) await this.note((this.request = built.value));
    const answer = built.ok ? await this.start(built.value) : built;
    if (!answer.ok) {
      this.failure = answer;
      this.stage = "form";
      if (built.ok && mayPass(answer.code)) return;
      this.request = undefined;
      await this.note();
      await this.lookAtQuick();
      return;
    }
    this.files!.stop({ discard: false });
    this.deliveries = this.deliveriesOf(answer.value);
    this.stage = "done";
    await this.deliveries.handOver();
  }

  private async build(): Promise<Result<Start>> {
    const files = this.files!;
    const replyTo = await this.letter.replyTo();
    const part = await this.quick.prepare(files.place!.seal);
    if (!part.ok) return part;
    const start = buildStart(this.server!, {
      mail: this.mail!,
      people: this.written,
      files: files.list.map(({ upload: { no, size } }) => ({ no: no!, size })),
      replyTo,
      way: this.way,
      part: part.value,
      password: this.password,
      isOwnPassword: this.mode === "own",
      phone: this.phone,
      day: this.day,
      daysMax: this.policy!.days_max,
      language: this.language,
      notices: {
        notify_delivery: this.notifyDelivery,
        notify_download: this.notifyDownload,
        show_file_names: this.showFileNames,
      },
      fromOwnMailbox: this.fromOwnMailbox,
    });
    return pass(start);
  }

  private start(request: Start): Promise<Result<Started>> {
    return startUntilAnswered(this.server!, this.files!.place!, request, (is) => {
      this.waiting = is;
    });
  }

  /** The pane closes: what no other pane can go on with is thrown away; the mail stays as it is. */
  end(): void {
    this.proof?.end();
    if (!this.deliveries) this.files?.stop({ discard: !this.notes.isKept });
  }
}
