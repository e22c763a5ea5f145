// The files of a draft on their way to the server, while the form is still being filled in.
//
// A few small files travel at a time, of the large ones two: more would only share the line.

import { createRate, type Rate } from "./rate.ts";
import type { Failure } from "./result.ts";

export type UploadState = "waiting" | "running" | "retrying" | "failed" | "done";

export interface Upload {
  readonly key: number;
  /** With its folders, parted by `/`. */
  readonly name: string;
  readonly size: number;
  readonly type: string;
  /** Bytes that left this device. */
  sent: number;
  state: UploadState;
  /** What the server calls it, once it has begun. */
  no: number | undefined;
  failure: Failure | undefined;
  /** Bytes a second, while it runs and that is known. */
  speed: number | undefined;
}

export interface FileToSend {
  readonly name: string;
  readonly type: string;
  readonly content: Blob;
  /** The number under which an earlier visit began it. */
  readonly no?: number;
}

/** One file for a carrier, and what it tells on the way. */
export interface CarrierJob {
  readonly name: string;
  readonly type: string;
  readonly content: Blob;
  readonly no: number | undefined;
  onRequest(): void;
  /** The line broke or the server is away; it tries again by itself, in pauses that grow. */
  onBreak(): void;
  onNumber(no: number): void;
  onProgress(sent: number): void;
  onDone(): void;
  onFailure(failure: Failure): void;
}

/** How bytes get to the server: tus, or a stand-in in tests. */
export type Carrier = (job: CarrierJob) => { start(): void; stop(): Promise<void> };

export interface UploadsOptions {
  readonly carrier: Carrier;
  now(): number;
  /** Makes a record that the page can watch. */
  watch<T extends object>(record: T): T;
  /** Some record has changed; called often. */
  changed(): void;
  /** Takes a file out of the draft. */
  drop(no: number): void;
}

const atOnceMax = 4;
const largeAtOnceMax = 2;
const largeBytesMin = 8 * 1024 * 1024;
const isLarge = ({ size }: Upload) => size >= largeBytesMin;
/** Without a byte for so long, a request is dead (a laptop that slept) and begins anew. */
const silenceMax = 60_000;

interface Held {
  readonly record: Upload;
  readonly content: Blob;
  carried: ReturnType<Carrier> | undefined;
  heardAt: number;
  rate: Rate;
}

/** The uploads of one draft; a resource that is stopped when the page leaves it. */
export class Uploads {
  private readonly all = new Map<number, Held>();
  // Of thousands of files few are under way: whatever happens often looks at these alone.
  private readonly waiting = new Set<Held>();
  private readonly carrying = new Set<Held>();
  private nextKey = 1;
  private stopped = false;

  constructor(private readonly options: UploadsOptions) {}

  add(files: readonly FileToSend[]): readonly Upload[] {
    const records = files.map((file) => this.hold(file));
    this.fill();
    return records;
  }

  remove(upload: Upload): void {
    const held = this.all.get(upload.key);
    if (!held) return;
    this.all.delete(upload.key);
    this.waiting.delete(held);
    void this.halt(held).then(() => {
      if (held.record.no !== undefined) this.options.drop(held.record.no);
      this.fill();
    });
  }

  retry(upload: Upload): void {
    const held = this.all.get(upload.key);
    if (held?.record.state === "failed") this.again(held);
  }

  /** The line is back: all that failed for want of it, and what sits in a pause before its next
   * try. */
  retryAll(): void {
    for (const held of this.carrying) if (held.record.state === "retrying") this.anew(held);
    for (const held of this.all.values()) {
      const { state, failure } = held.record;
      if (state === "failed" && failure?.code === "unavailable") this.again(held);
    }
  }

  /** To be called about once a second; measures speeds, wakes what fell silent. */
  tick(): void {
    for (const held of this.carrying) {
      held.rate.note(held.record.sent, this.options.now());
      held.record.speed = held.rate.perSecond();
      if (this.options.now() - held.heardAt < silenceMax) continue;
      this.anew(held);
    }
  }

  /** Stops everything; nothing begins any more. */
  stop(): void {
    this.stopped = true;
    for (const held of this.carrying) void this.halt(held);
  }

  private hold({ name, type, content, no }: FileToSend): Upload {
    const record = this.options.watch<Upload>({
      key: this.nextKey++,
      name,
      type,
      size: content.size,
      sent: 0,
      state: "waiting",
      no,
      failure: undefined,
      speed: undefined,
    });
    const rate = createRate();
    const held = { record, content, carried: undefined, heardAt: 0, rate };
    this.all.set(record.key, held);
    this.waiting.add(held);
    return record;
  }

  private fill(): void {
    let free = atOnceMax - this.carrying.size;
    let freeForLarge = largeAtOnceMax;
    for (const { record } of this.carrying) if (isLarge(record)) freeForLarge -= 1;
    for (const held of this.waiting) {
      if (this.stopped || free <= 0) return;
      const large = isLarge(held.record);
      if (large && freeForLarge <= 0) continue;
      free -= 1;
      if (large) freeForLarge -= 1;
      this.run(held);
    }
  }

  private run(held: Held): void {
    this.waiting.delete(held);
    this.carrying.add(held);
    held.record.state = "running";
    held.record.failure = undefined;
    held.heardAt = this.options.now();
    held.rate = createRate();
    this.options.changed();
    const carried: ReturnType<Carrier> = this.options.carrier({
      name: held.record.name,
      type: held.record.type,
      content: held.content,
      no: held.record.no,
      ...this.ears(held, (state, failure) => {
        // What a halted request still has to say concerns nobody.
        if (held.carried === carried) this.end(held, state, failure);
      }),
    });
    held.carried = carried;
    carried.start();
  }

  /** What the carrier's words do to the record. */
  private ears(held: Held, end: (state: UploadState, failure?: Failure) => void) {
    const { record } = held;
    const heard = () => {
      held.heardAt = this.options.now();
    };
    return {
      onRequest: heard,
      onBreak: () => {
        heard();
        record.state = "retrying";
        this.options.changed();
      },
      onNumber: (no: number) => {
        record.no = no;
      },
      onProgress: (sent: number) => {
        heard();
        record.sent = sent;
        record.state = "running";
        this.options.changed();
      },
      onDone: () => {
        record.sent = record.size;
        end("done");
      },
      onFailure: (failure: Failure) => {
        end("failed", failure);
      },
    };
  }

  private end(held: Held, state: UploadState, failure?: Failure): void {
    held.carried = undefined;
    this.carrying.delete(held);
    held.record.state = state;
    held.record.failure = failure;
    held.record.speed = undefined;
    this.options.changed();
    this.fill();
  }

  private async halt(held: Held): Promise<void> {
    const carried = held.carried;
    held.carried = undefined;
    this.carrying.delete(held);
    held.record.speed = undefined;
    // A request that is over has nothing to stop.
    await carried?.stop().catch(() => undefined);
  }

  private anew(held: Held): void {
    void this.halt(held).then(() => {
      if (this.all.has(held.record.key)) this.again(held);
    });
  }

  private again(held: Held): void {
    held.record.state = "waiting";
    this.waiting.add(held);
    held.record.failure = undefined;
    this.options.changed();
    this.fill();
  }
}
