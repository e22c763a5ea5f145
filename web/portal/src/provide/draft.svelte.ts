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

import { createDevices, known, newFiles, sameOf, type PickedFile } from "../files.ts";
import { api, host } from "../host.ts";
import { forgetDraft, holdDraft, keepDraft } from "../kept.ts";
import { discard, type DraftedFile, type Place, type Unfinished } from "./unfinished.ts";

const countEvery = 150;
const nothing = { bytes: 0, sent: 0, done: 0, failed: 0 };

function watch<T extends object>(record: T): T {
  const watched = $state(record);
  return watched;
}

/** Files and their draft. The draft begins with begin(), files may be added from then on. */
export class DraftFiles {
  list = $state.raw<readonly Upload[]>([]);
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

  place = $state.raw<Place | undefined>();
  /** Files that an earlier visit began and nobody has chosen again yet. */
  begun = $state.raw<readonly DraftedFile[]>([]);
  private uploads: Uploads | undefined;
  /** What each file of the list is on this device. */
  private readonly devices = createDevices();
  private rate = createRate();
  private counting: ReturnType<typeof setTimeout> | undefined;
  /** Whether this browser knows less than it should for a later visit. */
  private unnoted = false;
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
    const before = [...this.devices.values()].flatMap(({ picked }) => picked ?? []);
    const place = await this.make(from);
    if ("ok" in place) return place;
    this.clear();
    this.open(place);
    this.add(before);
    return pass(undefined);
  }

  /** Goes on with a draft of an earlier visit: files that the server has whole are in the list, the
   * others wait to be chosen again. */
  resume(found: Unfinished): void {
    this.clear();
    this.open(found.place);
    const isWhole = ({ there, size }: DraftedFile) => there === size;
    this.list = found.files.filter(isWhole).map(({ no, name, type, size, changed }) => {
      const key = -1 - no; // those of uploads count from 1
      const state = { sent: size, state: "done" as const, failure: undefined, speed: undefined };
      this.devices.set(key, { name, size, changed });
      return watch<Upload>({ key, name, type, size, no, ...state });
    });
    this.begun = found.files.filter((file) => !isWhole(file));
    this.count();
  }

  private open(place: Place): void {
    this.place = place;
    this.note();
    this.uploads = new Uploads({
      carrier: tusCarrier({ endpoint: host.base + uploadPath(place.id), secret: place.secret }),
      now: host.now,
      watch,
      changed: () => {
        this.unnoted = true;
        this.counting ??= setTimeout(() => {
          this.count();
        }, countEvery);
      },
      drop: (no) => void api.deleteFile(place.id, no, place.secret),
    });
  }

  private async make(from: string): Promise<Place | Failure> {
    const secret = newSecret(host);
    const made = await api.createDraft(from, newId(host), secret);
    if (!made.ok) return made;
    const { draft_id: id, seal_id: seal, from: address } = made.value;
    return { id, from, address, secret, seal, release: await holdDraft(id) };
  }

  /** Files of an earlier visit that nobody chose again give way to those of this one. */
  private async makeRoom(place: Place): Promise<void> {
    const gone = this.begun;
    this.begun = [];
    await Promise.all(gone.map(({ no }) => api.deleteFile(place.id, no, place.secret)));
    for (const upload of this.list) this.uploads?.retry(upload);
  }

  /** Files of an earlier visit that are not wanted any more. */
  async forgetBegun(): Promise<void> {
    if (this.place) await this.makeRoom(this.place);
  }

  /** Adds files and begins to send them. What is in the list already is left out. */
  add(picked: readonly PickedFile[]): void {
    if (!this.uploads) return;
    const names = this.list.map(({ name }) => name);
    const fresh = newFiles(picked, [...this.devices.values()], names);
    // Begun before a reload: these go on under their numbers.
    const begun = sameOf(fresh, this.begun);
    this.begun = this.begun.filter((one) => !begun.includes(one));
    const records = this.uploads.add(
      fresh.map(({ name, file }, at) => {
        const no = begun[at]?.no;
        return { name, type: file.type, content: file, ...(no !== undefined && { no }) };
      }),
    );
    records.forEach(({ key }, at) => {
      const one = fresh[at]!;
      this.devices.set(key, { ...known(one), picked: one });
    });
    this.list = [...this.list, ...records];
    this.count();
  }

  remove(upload: Upload): void {
    this.list = this.list.filter(({ key }) => key !== upload.key);
    this.devices.delete(upload.key);
    this.uploads?.remove(upload);
    // One of an earlier visit has no upload here.
    if (upload.key < 0 && upload.no !== undefined && this.place) {
      void api.deleteFile(this.place.id, upload.no, this.place.secret);
    }
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

  /** Makes room for another draft. One with files that this page cannot send again stays at the
   * server for a later visit. */
  private clear(): void {
    const movable = [...this.devices.values()].every(({ picked }) => picked !== undefined);
    if (movable && this.begun.length === 0) this.discard();
    else this.part();
  }

  /** Stops the uploads and throws the draft away. */
  discard(): void {
    this.uploads?.stop();
    if (this.place) discard(this.place);
    this.forget();
  }

  private part(): void {
    this.note();
    this.uploads?.stop();
    this.place?.release?.();
    this.forget();
  }

  /** Ends the page's part; the draft has become a transfer. */
  close(): void {
    this.uploads?.stop();
    this.stop();
    if (!this.place) return;
    forgetDraft(this.place.id);
    this.place.release?.();
  }

  /** Ends the page's part, too; the draft waits at the server for a later visit. */
  leave(): void {
    this.part();
    this.stop();
  }

  private stop(): void {
    clearInterval(this.timer);
    clearTimeout(this.counting);
    window.removeEventListener("online", this.onOnline);
  }

  /** Notes in this browser what a later visit needs. */
  private note(): void {
    this.unnoted = false;
    if (!this.place) return;
    const { id, from, secret } = this.place;
    const files: Record<string, number> = {};
    for (const { no, changed } of this.begun) files[no] = changed;
    for (const { key, no } of this.list) {
      if (no !== undefined) files[no] = this.devices.get(key)?.changed ?? 0;
    }
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
    this.place = undefined;
    this.uploads = undefined;
    this.begun = [];
    this.list = [];
    this.sums = nothing;
    this.devices.clear();
    this.rate = createRate();
    this.speed = undefined;
  }

  private tick(): void {
    this.uploads?.tick();
    this.rate.note(this.sent, host.now());
    if (this.unnoted) this.note();
    this.speed = this.active ? this.rate.perSecond() : undefined;
  }
}
