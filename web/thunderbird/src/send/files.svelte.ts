// The attachments of a mail on their way into a draft.
import { pass, type Result, type Upload, type Uploads } from "@couvert/core";

import { beginDraft, uploadsInto, type Place } from "../drafts.ts";
import type { Server } from "../server.ts";
import { fileOf, type Attachment } from "../written.ts";
import { uniqueNames } from "./names.ts";

function watch<T extends object>(record: T): T {
  const watched = $state(record);
  return watched;
}

export class MailFiles {
  list = $state.raw<readonly { readonly attachment: Attachment; readonly upload: Upload }[]>([]);
  place = $state.raw<Place | undefined>();
  readonly bytes = $derived(this.list.reduce((sum, { upload }) => sum + upload.size, 0));
  readonly sent = $derived(this.list.reduce((sum, { upload }) => sum + upload.sent, 0));
  readonly complete = $derived(this.list.every(({ upload }) => upload.state === "done"));

  private uploads: Uploads | undefined;
  private readonly timer = setInterval(() => this.uploads?.tick(), 1000);
  private readonly onOnline = () => this.uploads?.retryAll();

  constructor(private readonly server: Server) {
    window.addEventListener("online", this.onOnline);
  }

  async begin(from: string): Promise<Result> {
    if (this.place) return pass(undefined);
    const made = await beginDraft(this.server, from);
    if (!made.ok) return made;
    this.place = made.value;
    this.uploads = uploadsInto(this.server, made.value, watch);
    return pass(undefined);
  }

  /** What the mail has now: new attachments begin, those that are gone leave the draft. */
  async follow(attachments: readonly Attachment[]): Promise<void> {
    const isSame = (one: Attachment) => (other: Attachment) =>
      one.id === other.id && one.size === other.size && one.name === other.name;
    for (const { attachment, upload } of this.list) {
      if (!attachments.some(isSame(attachment))) this.uploads?.remove(upload);
    }
    const kept = this.list.filter(({ attachment }) => attachments.some(isSame(attachment)));
    const fresh = attachments.filter(
      (one) => !this.list.some(({ attachment }) => isSame(one)(attachment)),
    );
    const files = await Promise.all(fresh.map(fileOf));
    const names = uniqueNames(
      fresh.map(({ name }) => name),
      kept.map(({ upload }) => upload.name),
    );
    const uploads = this.uploads?.add(
      files.map((content, at) => ({ name: names[at]!, type: content.type, content })),
    );
    const begun = (uploads ?? []).map((upload, at) => ({ attachment: fresh[at]!, upload }));
    this.list = [...kept, ...begun];
  }

  retry(upload: Upload): void {
    this.uploads?.retry(upload);
  }

  /** Throws the draft away, unless a transfer has come of it. */
  stop({ discard }: { discard: boolean }): void {
    clearInterval(this.timer);
    window.removeEventListener("online", this.onOnline);
    this.uploads?.stop();
    if (discard && this.place) void this.server.api.deleteDraft(this.place.id, this.place.secret);
  }
}
