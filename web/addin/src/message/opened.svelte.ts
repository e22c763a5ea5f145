// One notification: the transfer behind it, opened here, saved, answered.
import { filePath, type Failure, type OpenBy, type Result, type Retrieval } from "@couvert/core";
import { findSecret } from "@couvert/ui/quick/quick.ts";

import { noAnswer } from "../failures.ts";
import type { Link } from "../links.ts";
import type { MailProgram, Shown } from "../mail-program.ts";
import { findInvitation, Invitation } from "../quick/invitation.svelte.ts";
import type { Wish } from "../quick/connecting.svelte.ts";
import { createServer, type Server } from "../server.ts";

/** What every system of files takes; the server has taken out what is dangerous. */
const fileName = (name: string) =>
  name
    .split("/")
    .map((part) => part.replace(/[\\:*?"<>|\p{Cc}]/gu, "_").replace(/^\.+/, "_"))
    .join("/");

export class Opened {
  link = $state.raw<Link | undefined>();
  loaded = $state(false);
  password = $state("");
  busy = $state(false);
  failure = $state.raw<Failure | undefined>();
  /** Why nobody knows how it opens. */
  unfound = $state.raw<Failure | undefined>();
  retrieval = $state.raw<Retrieval | undefined>();
  openBy = $state<OpenBy | undefined>();
  /** Opened by the keys of this mail program. */
  byQuick = $state(false);
  /** Why these did not open it. */
  shut = $state.raw<Failure | undefined>();
  /** To open without passwords from now on. */
  invitation = $state.raw<Invitation | undefined>();
  addresses = $state.raw<readonly string[]>([]);
  /** How many files are saved; undefined before. */
  saved = $state<number | undefined>();

  private server: Server | undefined;

  constructor(
    private readonly program: MailProgram,
    private readonly shown: Shown,
  ) {}

  async begin(): Promise<void> {
    this.failure = this.unfound = undefined;
    try {
      const settings = await this.program.loadSettings();
      this.server = createServer(settings, this.program.saveSettings);
      this.link = await this.shown.link(settings.server);
      this.loaded = true;
      this.addresses = await this.program.addresses();
      if (this.link?.secret === "") await this.find(this.link.transferId);
    } catch {
      this.failure = noAnswer;
    }
  }

  /** Where it opens by QUICK it is opened at once: nobody has to type or choose anything. */
  private async find(transferId: string): Promise<void> {
    const found = await this.server!.api.find(transferId);
    if (!found.ok) {
      this.unfound = found;
      return;
    }
    this.openBy = found.value.open_by;
    if (this.openBy === "quick") await this.openByQuick();
  }

  async openByQuick(): Promise<void> {
    if (this.busy || !this.link || !this.server) return;
    const { transferId } = this.link;
    this.busy = true;
    this.shut = undefined;
    const secret = await findSecret(this.server.quick, transferId);
    const answer = secret.ok
      ? await this.server.api.open({ transfer_id: transferId, secret: secret.value })
      : secret;
    this.busy = false;
    if (answer.ok) this.byQuick = true;
    else this.shut = answer;
    await this.take(answer);
  }

  private async take(answer: Result<Retrieval>): Promise<void> {
    if (!answer.ok || !this.server) return;
    const { server, program } = this;
    server.useRetrieval(answer.value.token ?? "");
    this.retrieval = answer.value;
    if (answer.value.invites)
      this.invitation = await findInvitation({ server, program }, answer.value);
  }

  /** What brings QUICK into this mail program, for one of the person's addresses. */
  connectWish(address: string): Wish {
    const { program } = this;
    return { program, server: this.server!, address, done: () => this.openByQuick() };
  }

  openQuickPage(): void {
    this.program.openInBrowser(`${this.server!.host.base}/quick`);
  }

  async open(): Promise<boolean> {
    if (this.retrieval) return true;
    if (this.busy || !this.link || !this.server) return false;
    const { transferId: transfer_id, secret } = this.link;
    this.busy = true;
    this.failure = undefined;
    const answer = await this.server.api.open({
      transfer_id,
      ...(secret !== "" ? { secret } : { password: this.password }),
    });
    this.busy = false;
    if (!answer.ok) this.failure = answer;
    await this.take(answer);
    return answer.ok;
  }

  /** Into the folder for downloads; each is there whole or counts as not saved. */
  async save(): Promise<void> {
    if (!this.retrieval || !this.server) return;
    this.busy = true;
    this.saved = undefined;
    let saved = 0;
    for (const { no, name, size } of this.retrieval.files) {
      if (await this.saveOne(no, fileName(name), size).catch(() => false)) saved += 1;
    }
    this.saved = saved;
    this.busy = false;
  }

  private saveOne(no: number, name: string, size: number): Promise<boolean> {
    const { retrieval_id, token } = this.retrieval!;
    return this.shown.save({
      url: this.server!.host.base + filePath(retrieval_id, no),
      headers: { "Couvert-Retrieval": token ?? "" },
      name,
      size,
    });
  }

  /** An answer to be written in the mail program, which then leaves by Couvert. */
  async reply(): Promise<void> {
    const { retrieval, link } = this;
    if (!link) return;
    this.failure = undefined;
    const subject = retrieval?.subject ?? "";
    await this.shown
      .reply({
        transferId: link.transferId,
        ...(retrieval && { to: retrieval.from }),
        ...(subject !== "" && { subject }),
      })
      .catch(() => (this.failure = noAnswer));
  }
}
