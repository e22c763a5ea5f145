// The attachments of a mail on their way into a draft.
import { pass, type Result, type Upload, type Uploads } from "@couvert/core";

import { beginDraft, uploadsInto, type Place } from "../drafts.ts";
import type { Letter } from "../mail-program.ts";
import type { Server } from "../server.ts";
import type { Attachment } from "../written.ts";
import { digestOf } from "./digest.ts";
import { uniqueNames } from "./names.ts";
import type { NotedFile } from "./noted.ts";

function watch<T extends object>(record: T): T {
  const watched = $state(record);
  return watched;
}

/** An attachment of the mail, or a file that was chosen in the pane and has its bytes along. */
export interface Item extends Attachment {
  readonly content?: Blob;
  /** It was chosen in an earlier pane, and is whole at the server. */
  readonly whole?: NotedFile;
}

export const isChosen = ({ content, whole }: Item): boolean =>
  content !== undefined || whole !== undefined;

interface Listed {
  readonly attachment: Item;
  readonly upload: Upload;
  readonly digest: string;
}

/** What the draft has already, of an earlier pane. */
export interface Begun {
  readonly place: Place;
  readonly files: readonly NotedFile[];
}

const doneRecord = ({ no, name, size }: NotedFile): Upload => ({
  ...{ key: -no, no, name, size, sent: size, type: "", state: "done" },
  failure: undefined,
  speed: undefined,
});

const isSame = (one: Item) => (other: Item) =>
  one.id === other.id && one.size === other.size && one.name === other.name;

export class MailFiles {
  list = $state.raw<readonly Listed[]>([]);
  private reading = $state(0);
  private known = $state(false);
  /** Of an earlier pane; what was chosen there waits for its bytes. */
  private begun = $state.raw<readonly NotedFile[]>([]);
  readonly unchosen = $derived(this.known ? this.begun.filter(({ chosen }) => chosen) : []);
  /** What the mail program does not hand over. */
  unread = $state.raw<readonly Item[]>([]);
  place = $state.raw<Place | undefined>();
  readonly bytes = $derived(this.list.reduce((sum, { upload }) => sum + upload.size, 0));
  readonly sent = $derived(this.list.reduce((sum, { upload }) => sum + upload.sent, 0));
  readonly uploaded = $derived(this.list.every(({ upload }) => upload.state === "done"));
  /** Whether all that was asked for is there; not before anything was. */
  readonly complete = $derived(
    this.known &&
      this.reading === 0 &&
      this.unread.length === 0 &&
      this.unchosen.length === 0 &&
      this.uploaded,
  );

  private followed = Promise.resolve();
  private uploads: Uploads | undefined;
  private readonly timer = setInterval(() => this.uploads?.tick(), 1000);
  private readonly onOnline = () => this.uploads?.retryAll();

  constructor(
    private readonly server: Server,
    private readonly letter: Letter,
    /** Another file has a number at the server. */
    private readonly numbered: () => void,
  ) {
    window.addEventListener("online", this.onOnline);
  }

  async begin(from: string, earlier?: Begun): Promise<Result> {
    if (this.place) return pass(undefined);
    const made = earlier ? pass(earlier.place) : await beginDraft(this.server, from);
    if (!made.ok) return made;
    this.place = made.value;
    this.begun = earlier?.files ?? [];
    this.uploads = uploadsInto(this.server, made.value, watch, () => {
      const numbers = this.noted().map(({ no }) => no);
      if (`${numbers}` === this.numbers) return;
      this.numbers = `${numbers}`;
      this.numbered();
    });
    return pass(undefined);
  }
  private numbers = "";

  /** What another pane needs to know of them. */
  noted(): NotedFile[] {
    const listed = this.list.flatMap(({ attachment, digest, upload: { no, name, size } }) =>
      no === undefined ? [] : [{ no, name, size, digest, chosen: isChosen(attachment) }],
    );
    return [...listed, ...this.begun];
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
    for (const one of this.list) if (!isKept(one)) this.leaveOut(one);
    this.list = this.list.filter(isKept);
    this.unread = [];
    const isThere = (one: Item) => this.list.some(({ attachment }) => isSame(one)(attachment));
    for (const one of wanted.filter((each) => !isThere(each))) {
      if (one.whole) {
        const { whole } = one;
        this.begun = this.begun.filter(({ no }) => no !== whole.no);
        const listed = { attachment: one, upload: watch(doneRecord(whole)), digest: whole.digest };
        this.list = [...this.list, listed];
        continue;
      }
      const content = one.content ?? (await this.letter.fileOf(one.id).catch(() => undefined));
      const digest = content && (await digestOf(content).catch(() => undefined));
      if (content && digest !== undefined) await this.send(one, content, digest);
      else this.unread = [...this.unread, one];
    }
    // Of the mail's own attachments these are gone, or are others now.
    for (const { no, chosen } of this.begun) if (!chosen) await this.forget(no);
  }

  private async send(attachment: Item, content: Blob, digest: string): Promise<void> {
    const taken = this.list.map(({ upload }) => upload.name);
    const name = uniqueNames([attachment.name], taken)[0]!;
    const named = this.begun.find((one) => one.name === name);
    const isIt = named?.size === content.size && named.digest === digest;
    if (named && !isIt) await this.forget(named.no); // the draft has one file of a name
    const no = isIt ? named.no : undefined;
    this.begun = this.begun.filter((one) => one !== named);
    const file = { name, type: content.type, content, ...(no !== undefined && { no }) };
    const [upload] = this.uploads?.add([file]) ?? [];
    if (upload) this.list = [...this.list, { attachment, upload, digest }];
  }

  private leaveOut({ attachment, upload }: Listed): void {
    if (attachment.whole) void this.forget(attachment.whole.no);
    else this.uploads?.remove(upload);
  }

  /** Takes a file of an earlier pane out of the draft. */
  async forget(no: number): Promise<void> {
    this.begun = this.begun.filter((one) => one.no !== no);
    const { id, secret } = this.place!;
    await this.server.api.deleteFile(id, no, secret);
    this.numbered();
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
