// The attachments of a mail on their way into a draft.
import { pass, type Result, type Upload, type Uploads } from "@couvert/core";

import { beginDraft, uploadsInto, type Place } from "../drafts.ts";
import type { Letter } from "../mail-program.ts";
import type { Server } from "../server.ts";
import type { Attachment } from "../written.ts";
import { uniqueNames } from "./names.ts";

function watch<T extends object>(record: T): T {
  const watched = $state(record);
  return watched;
}

/** An attachment of the mail, or a file that was chosen in the pane and has its bytes along. */
export interface Item extends Attachment {
  readonly content?: Blob;
}

const isSame = (one: Item) => (other: Item) =>
  one.id === other.id && one.size === other.size && one.name === other.name;

export class MailFiles {
  list = $state.raw<readonly { readonly attachment: Item; readonly upload: Upload }[]>([]);
  private reading = $state(0);
  private known = $state(false);
  /** What the mail program does not hand over. */
  unread = $state.raw<readonly Item[]>([]);
  place = $state.raw<Place | undefined>();
  readonly bytes = $derived(this.list.reduce((sum, { upload }) => sum + upload.size, 0));
  readonly sent = $derived(this.list.reduce((sum, { upload }) => sum + upload.sent, 0));
  readonly uploaded = $derived(this.list.every(({ upload }) => upload.state === "done"));
  /** Whether all that was asked for is there; not before anything was. */
  readonly complete = $derived(
    this.known && this.reading === 0 && this.unread.length === 0 && this.uploaded,
  );

  private followed = Promise.resolve();
  private uploads: Uploads | undefined;
  private readonly timer = setInterval(() => this.uploads?.tick(), 1000);
  private readonly onOnline = () => this.uploads?.retryAll();

  constructor(
    private readonly server: Server,
    private readonly letter: Letter,
  ) {
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

  /** What is to be sent now: what is new begins, what is gone leaves the draft; in turn. */
  async follow(wanted: readonly Item[]): Promise<void> {
    this.reading += 1;
    this.followed = this.followed.then(() => this.read(wanted));
    try {
      await this.followed;
      this.known = true;
    } finally {
      this.reading -= 1;
    }
  }

  private async read(wanted: readonly Item[]): Promise<void> {
    const isKept = ({ attachment }: { attachment: Item }) => wanted.some(isSame(attachment));
    for (const one of this.list) if (!isKept(one)) this.uploads?.remove(one.upload);
    this.list = this.list.filter(isKept);
    this.unread = [];
    const isThere = (one: Item) => this.list.some(({ attachment }) => isSame(one)(attachment));
    for (const one of wanted.filter((each) => !isThere(each))) {
      const content = one.content ?? (await this.letter.fileOf(one.id).catch(() => undefined));
      if (content) this.send(one, content);
      else this.unread = [...this.unread, one];
    }
  }

  private send(attachment: Item, content: Blob): void {
    const taken = this.list.map(({ upload }) => upload.name);
    const [name] = uniqueNames([attachment.name], taken);
    const [upload] = this.uploads?.add([{ name: name!, type: content.type, content }]) ?? [];
    if (upload) this.list = [...this.list, { attachment, upload }];
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
