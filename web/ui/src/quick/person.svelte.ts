// QUICK of one address on its page: what state it is in, and what came of what was done.

import { pass, stateOfFailure, type Failure, type Result, type Verification } from "@couvert/core";
import type {
  Contact,
  OwnDevice,
  QuickClient,
  QuickStatus,
  TakenAnswers,
} from "@couvert/core/quick";

import { currentLanguage, t } from "../texts.svelte.ts";
import type { Quick } from "./quick.ts";

/** Where a person uses QUICK. */
export interface QuickPlace {
  readonly quick: Quick;
  /** How this client is called in the list of devices. */
  deviceName(): string;
}

/** Browsers throw away first what nobody asked them to keep. */
function askToKeep(): void {
  void navigator.storage?.persist?.().catch(() => false);
}

export class QuickPerson {
  readonly address: string;
  readonly verification: string;
  status = $state.raw<QuickStatus | undefined>();
  devices = $state.raw<readonly OwnDevice[]>([]);
  contacts = $state.raw<readonly Contact[]>([]);
  checkCode = $state("");
  answers = $state.raw<TakenAnswers | undefined>();
  failure = $state.raw<Failure | undefined>();
  /** A recovery code that is to be kept: nothing else is shown before. */
  recovery = $state("");
  /** What was done last, in a sentence. */
  news = $state("");
  private client: QuickClient | undefined;

  constructor(
    private readonly place: QuickPlace,
    { address, verification_id }: Pick<Verification, "address" | "verification_id">,
  ) {
    this.address = address;
    this.verification = verification_id;
  }

  get joining() {
    return { verification: this.verification, deviceName: this.place.deviceName() };
  }

  /** Finds out how it stands, and everything that is shown of it. */
  async load(): Promise<void> {
    const loaded = await this.look();
    if (loaded.ok) this.failure = undefined;
    else this.settle(loaded);
  }

  /** Does something, and shows what became of it. What it gave, unless it failed. */
  async do<T>(work: (client: QuickClient) => Promise<Result<T>>): Promise<Result<T>> {
    const opened = await this.open();
    if (!opened.ok) return opened;
    this.news = "";
    const done = await work(opened.value);
    if (done.ok) await this.load();
    else this.settle(done);
    return done;
  }

  /** The same where the failure is shown beside what was tried. */
  async attempt<T>(work: (client: QuickClient) => Promise<Result<T>>): Promise<Result<T>> {
    const opened = await this.open();
    return opened.ok ? await work(opened.value) : opened;
  }

  /** Makes the person, or another one in its place; then its recovery code is shown. */
  async begin(startAnew: boolean): Promise<boolean> {
    const { joining } = this;
    const language = currentLanguage();
    const done = await this.do((client) =>
      client[startAnew ? "startAnew" : "activate"]({ ...joining, language }),
    );
    if (done.ok) this.showRecovery(done.value);
    // Another device was faster: then this one has something to join.
    else if (done.reason === "active") await this.load();
    return done.ok;
  }

  showRecovery(code: string): void {
    this.recovery = code;
    askToKeep();
  }

  /** This browser has come to the person's keys by a code. */
  async joined(): Promise<void> {
    askToKeep();
    await this.load();
    this.news = t("page.quick.joined");
  }

  async keptRecovery(): Promise<void> {
    const noted = await this.do((client) => client.codeKept());
    if (noted.ok) this.recovery = "";
  }

  private async open(): Promise<Result<QuickClient>> {
    if (this.client) return pass(this.client);
    const opened = await this.place.quick.open(this.address);
    if (opened.ok) this.client = opened.value;
    return opened;
  }

  private async look(): Promise<Result> {
    const opened = await this.open();
    if (!opened.ok) return opened;
    const client = opened.value;
    const status = await client.status(this.verification);
    if (!status.ok) return status;
    if (status.value.state === "here") {
      const answers = await client.takeAnswers();
      if (!answers.ok) return answers;
      const [devices, contacts, own] = await Promise.all([
        client.devices(),
        client.contacts(),
        client.checkCode(),
      ]);
      if (!devices.ok) return devices;
      if (!contacts.ok) return contacts;
      if (!own.ok) return own;
      this.answers = answers.value;
      this.devices = devices.value;
      this.contacts = contacts.value;
      this.checkCode = own.value;
    }
    this.status = status.value;
    return pass(undefined);
  }

  /** A failure is a state of its own, or is shown. */
  private settle(failure: Failure): void {
    const state = stateOfFailure(failure);
    this.failure = state ? undefined : failure;
    if (state === undefined) return;
    // Whether there is something to come back to is not known yet.
    if (state === "revoked" && this.status?.state !== "revoked") void this.load();
    else this.status = { state };
  }
}
