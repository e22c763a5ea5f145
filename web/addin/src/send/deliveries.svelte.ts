// The notifications of a started transfer on their way, and the writer's own copy of the mail.
import type { Started } from "@couvert/core";

import type { Delivered, Kept, Letter, Mail } from "../mail-program.ts";
import type { Written } from "../written.ts";
import type { Notes } from "./going-on.ts";
import { noteFor } from "./note.ts";

export interface Delivery {
  readonly address: string;
  readonly mail: Mail;
  state: "waiting" | Delivered | "failed";
}

export class Deliveries {
  /** Empty where the server mails. */
  list = $state<Delivery[]>([]);
  /** Where the writer's copy is; undefined while that is open. */
  kept = $state<Kept | "failed" | undefined>();
  readonly areGone = $derived(
    this.list.every(({ state }) => state === "sent" || state === "ready"),
  );

  constructor(
    private readonly from: { readonly letter: Letter; readonly notes: Notes },
    private readonly started: Started,
    private readonly written: Written,
    stateOf: (address: string) => Delivery["state"] = () => "waiting",
  ) {
    this.list = started.recipients.flatMap(({ address, mail }) =>
      mail ? [{ address, mail, state: stateOf(address) }] : [],
    );
  }

  get notKept() {
    return this.from.letter.notKept;
  }

  get expires(): string {
    return this.started.expires;
  }

  /** Mails what has not left, then keeps the copy. To be called again after a failure. */
  async handOver(): Promise<void> {
    for (const delivery of this.list) {
      if (delivery.state === "sent" || delivery.state === "ready") continue;
      delivery.state = "waiting";
      delivery.state = await this.from.letter
        .deliver(this.written, delivery.address, delivery.mail)
        .catch(() => "failed" as const);
      if (delivery.state === "sent") await this.from.notes.noteSent(delivery.address);
    }
    if (this.areGone) await this.keep();
  }

  /** To be called again after a failure. */
  async keep(): Promise<void> {
    if (this.kept !== undefined && this.kept !== "failed") return;
    const note = noteFor(this.written.attachments, this.expires);
    this.kept = await this.from.letter.keep(this.written, note).catch(() => "failed" as const);
    if (this.kept !== "failed") await this.from.notes.forget();
  }

  /** The mail is the notification already: it is the copy itself. */
  async keepAsNotification(): Promise<void> {
    this.kept = "notification";
    await this.from.notes.forget();
  }
}
