// What one of the person's addresses has sent and may open.
import type { Failure, ReceivedTransfer, SentSummary } from "@couvert/core";

import { noAnswer } from "../failures.ts";
import type { MailProgram } from "../mail-program.ts";
import { createServer, type Server } from "../server.ts";
import { Proof } from "../verify.svelte.ts";

export class Transfers {
  addresses = $state.raw<readonly string[]>([]);
  address = $state("");
  needsServer = $state(false);
  proof = $state.raw<Proof | undefined>();
  failure = $state.raw<Failure | undefined>();
  sent = $state.raw<readonly SentSummary[] | undefined>();
  moreSent = $state(false);
  received = $state.raw<readonly ReceivedTransfer[] | undefined>();
  /** Which one is asked about before it is revoked. */
  asked = $state("");
  base = "";

  private server: Server | undefined;
  private verification = "";

  constructor(private readonly program: MailProgram) {}

  async begin(): Promise<void> {
    this.failure = undefined;
    try {
      const settings = await this.program.loadSettings();
      const { server } = settings;
      this.needsServer = server === "" || !(await this.program.isAllowed(server));
      if (this.needsServer) return;
      this.base = server;
      this.server = createServer(settings, this.program.saveSettings);
      this.addresses = await this.program.addresses();
    } catch {
      this.failure = noAnswer;
      return;
    }
    await this.choose(this.addresses[0] ?? "");
  }

  async choose(address: string): Promise<void> {
    this.address = address;
    this.verification = "";
    this.proof?.end();
    this.proof = undefined;
    this.sent = this.received = undefined;
    this.failure = undefined;
    if (address === "" || !this.server) return;
    const known = await this.server.verificationOf(address);
    if (this.address !== address) return; // another one was chosen meanwhile
    if (!known.ok) this.failure = known;
    else if (known.value !== undefined) await this.load(known.value);
    else {
      const from = { server: this.server, program: this.program };
      this.proof = new Proof(from, address, (verification) => {
        this.proof = undefined;
        void this.load(verification);
      });
      await this.proof.begin("sent");
    }
  }

  /** Once more, of the address that is shown. */
  async again(): Promise<void> {
    if (this.address === "") await this.begin();
    else await this.choose(this.address);
  }

  private async load(verification: string): Promise<void> {
    this.verification = verification;
    const [sent, received] = await Promise.all([
      this.server!.api.sentPage(verification),
      this.server!.api.received(verification),
    ]);
    if (this.verification !== verification) return;
    if (sent.ok) {
      this.sent = sent.value.value.transfers;
      this.moreSent = sent.value.value.more;
    } else this.failure = sent;
    if (received.ok) this.received = received.value.transfers;
    else this.failure = received;
  }

  async more(): Promise<void> {
    this.failure = undefined;
    const { verification } = this;
    const last = this.sent?.at(-1)?.tracking_id;
    const page = await this.server!.api.sentPage(verification, last);
    if (this.verification !== verification) return;
    if (!page.ok) {
      this.failure = page;
      return;
    }
    this.sent = [...(this.sent ?? []), ...page.value.value.transfers];
    this.moreSent = page.value.value.more;
  }

  async revoke(trackingId: string): Promise<void> {
    if (this.asked !== trackingId) {
      this.asked = trackingId;
      return;
    }
    this.asked = "";
    this.failure = undefined;
    const revoked = await this.server!.api.revoke(trackingId);
    if (revoked.ok) await this.load(this.verification);
    else this.failure = revoked;
  }
}
