// A draft on the server and the files that travel to it while the form is being filled in.

import {
  createRate,
  newId,
  newSecret,
  pass,
  tusCarrier,
  uploadPath,
  Uploads,
  type Failure,
  type Result,
  type Upload,
} from "@couvert/core";

import { newFiles, type PickedFile } from "../files.ts";
import { api, host } from "../host.ts";
import { forgetDraft, holdDraft, keepDraft, keptDrafts } from "../kept.ts";

const countEvery = 150;
const nothing = { bytes: 0, sent: 0, done: 0, failed: 0 };

interface Place {
  readonly id: string;
  readonly from: string;
  readonly secret: string;
  /** Lets other pages of this browser have it. */
  readonly release: (() => void) | undefined;
}

function watch<T extends object>(record: T): T {
  const watched = $state(record);
  return watched;
}

/** Files and their draft. The draft begins with begin(), files may be added from then on. */
export class DraftFiles {
  list = $state<Upload[]>([]);
  /** Bytes a second, while that is known. */
  speed = $state<number | undefined>();

  /** What the list adds up to, counted a few times a second: ten thousand rows change often. */
  private sums = $state.raw(nothing);
  readonly bytes = $derived(this.sums.bytes);
  readonly sent = $derived(this.sums.sent);
  readonly doneCount = $derived(this.sums.done);
  readonly failedCount = $derived(this.sums.failed);
  readonly complete = $derived(this.doneCount === this.list.length);
  readonly active = $derived(this.failedCount + this.doneCount < this.list.length);
  /** Of the bytes, from 0 to 1; all of it only when the server has all of it. */
  readonly share = $derived(
    this.complete ? 1 : Math.min(0.99, this.bytes === 0 ? 0 : this.sent / this.bytes),
  );
  /** Seconds until all is there, while that is known. */
  readonly timeLeft = $derived(
    this.speed !== undefined && this.speed > 0 ? (this.bytes - this.sent) / this.speed : undefined,
  );

  place = $state.raw<Place | undefined>();
  private uploads: Uploads | undefined;
  /** Files that an earlier visit began and nobody has chosen again yet. */
  private begun: { no: number; name: string; size: number; changed: number }[] = [];
  private contents: { readonly key: number; readonly picked: PickedFile }[] = [];
  private rate = createRate();
  private counting: ReturnType<typeof setTimeout> | undefined;
  private readonly timer = setInterval(() => {
    this.tick();
  }, 1000);
  private readonly onOnline = () => this.uploads?.retryAll();

  constructor() {
    window.addEventListener("online", this.onOnline);
  }

  /** Makes the draft, if there is none yet for this sender. Files of another sender's move over. */
  async begin(from: string): Promise<Result> {
    if (this.place?.from === from) return pass(undefined);
    const before = this.contents.map(({ picked }) => picked);
    const found = this.place ? undefined : await this.earlier(from);
    const place = found ?? (await this.make(from));
    if ("ok" in place) return place;
    if (this.place) this.discard();
    this.place = place;
    this.uploads = new Uploads({
      carrier: tusCarrier({ endpoint: host.base + uploadPath(place.id), secret: place.secret }),
      now: host.now,
      watch,
      changed: () => {
        this.counting ??= setTimeout(() => {
          this.count();
        }, countEvery);
      },
      drop: (no) => void api.deleteFile(place.id, no, place.secret),
    });
    this.add(before);
    return pass(undefined);
  }

  private async make(from: string): Promise<Place | Failure> {
    const secret = newSecret(host);
    const made = await api.createDraft(from, newId(host), secret);
    if (!made.ok) return made;
    const id = made.value.draft_id;
    return { id, from, secret, release: await holdDraft(id) };
  }

  /** A draft of an earlier visit that no other tab is filling, and what it holds already. */
  private async earlier(from: string): Promise<Place | undefined> {
    for (const kept of keptDrafts().filter((one) => one.from === from)) {
      const release = await holdDraft(kept.id);
      if (!release) continue;
      const draft = await api.draft(kept.id, kept.secret);
      if (draft.ok) {
        this.begun = draft.value.files.map(({ no, name, size }) => ({
          no,
          name,
          size,
          changed: kept.files[no] ?? 0,
        }));
        return { id: kept.id, from, secret: kept.secret, release };
      }
      release();
      // Ended or started; whatever else it is may pass.
      if (draft.code === "denied" || draft.code === "conflict") forgetDraft(kept.id);
    }
    return undefined;
  }

  /** Files of an earlier visit that nobody chose again give way to those of this one. */
  private async makeRoom(place: Place): Promise<void> {
    const gone = this.begun.splice(0);
    await Promise.all(gone.map(({ no }) => api.deleteFile(place.id, no, place.secret)));
    for (const upload of this.list) this.uploads?.retry(upload);
  }

  /** The number under which the same file was begun before a reload. */
  private numberOf({ name, file }: PickedFile): number | undefined {
    const at = this.begun.findIndex(
      (one) => one.name === name && one.size === file.size && one.changed === file.lastModified,
    );
    return at < 0 ? undefined : this.begun.splice(at, 1)[0]?.no;
  }

  /** Adds files and begins to send them. What is in the list already is left out. */
  add(picked: readonly PickedFile[]): void {
    if (!this.uploads) return;
    const held = this.contents.map((one) => one.picked);
    const names = this.list.map(({ name }) => name);
    const fresh = newFiles(picked, held, names);
    const records = this.uploads.add(
      fresh.map((one) => {
        const no = this.numberOf(one);
        const { name, file } = one;
        return { name, type: file.type, content: file, ...(no !== undefined && { no }) };
      }),
    );
    this.contents.push(...records.map(({ key }, index) => ({ key, picked: fresh[index]! })));
    this.list.push(...records);
    this.count();
  }

  remove(upload: Upload): void {
    this.list = this.list.filter(({ key }) => key !== upload.key);
    this.contents = this.contents.filter(({ key }) => key !== upload.key);
    this.uploads?.remove(upload);
    this.count();
  }

  retry(upload: Upload): void {
    this.uploads?.retry(upload);
  }

  /** Takes out of the draft what a broken line left there twice. */
  async dropStrays(): Promise<void> {
    const { place } = this;
    if (!place) return;
    const draft = await api.draft(place.id, place.secret);
    if (!draft.ok) return;
    const ours = this.list.map(({ no }) => no);
    for (const { no } of draft.value.files) {
      if (!ours.includes(no)) await api.deleteFile(place.id, no, place.secret);
    }
  }

  /** Stops the uploads and throws the draft away. */
  discard(): void {
    this.uploads?.stop();
    if (this.place) void api.deleteDraft(this.place.id, this.place.secret);
    this.leave();
    this.place = undefined;
    this.begun = [];
    this.forget();
  }

  /** Ends the page's part; the draft has become a transfer. */
  close(): void {
    clearInterval(this.timer);
    window.removeEventListener("online", this.onOnline);
    this.uploads?.stop();
    this.leave();
  }

  private leave(): void {
    if (!this.place) return;
    forgetDraft(this.place.id);
    this.place.release?.();
  }

  /** Notes what a reload would need. */
  private keep(): void {
    if (!this.place) return;
    const { id, from, secret } = this.place;
    const files: Record<string, number> = {};
    for (const { no, changed } of this.begun) files[no] = changed;
    // Both lists have one order.
    this.list.forEach(({ no }, at) => {
      if (no !== undefined) files[no] = this.contents[at]!.picked.file.lastModified;
    });
    keepDraft({ id, from, secret, files });
  }

  private count(): void {
    clearTimeout(this.counting);
    this.counting = undefined;
    const sums = { ...nothing };
    let crowded = false;
    for (const { size, sent, state, failure } of this.list) {
      sums.bytes += size;
      sums.sent += sent;
      if (state === "done") sums.done += 1;
      if (state === "failed") sums.failed += 1;
      crowded ||= failure?.code === "too_large" || failure?.code === "full";
    }
    this.sums = sums;
    if (crowded && this.begun.length > 0 && this.place) void this.makeRoom(this.place);
  }

  private forget(): void {
    this.list = [];
    this.sums = nothing;
    this.contents = [];
    this.rate = createRate();
    this.speed = undefined;
  }

  private tick(): void {
    this.uploads?.tick();
    this.rate.note(this.sent, host.now());
    // Often enough: at the end of an upload nothing is left to resume.
    if (this.active) this.keep();
    this.speed = this.active ? this.rate.perSecond() : undefined;
  }
}
