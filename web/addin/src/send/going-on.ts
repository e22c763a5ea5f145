// A mail that an earlier pane began to send: what the server has of it, and what may go on.
import { pass, type Result, type Started } from "@couvert/core";

import type { Letter } from "../mail-program.ts";
import type { Server } from "../server.ts";
import { saysTheSame, type Written } from "../written.ts";
import type { Item } from "./files.svelte.ts";
import { noteFor } from "./note.ts";
import { forgetNote, keepNote, loadNote, type Asked, type Noted, type NotedFile } from "./noted.ts";
import { mayPass } from "./start.ts";

/** Of two panes of one mail, the one that closes may need so long to go. */
const turnMax = 1000;

/** Takes a mail for this pane alone, until the pane goes. */
function holdMail(mark: string): Promise<boolean> {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (!locks) return Promise.resolve(false);
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(turnMax);
    locks
      .request(`couvert.mail.${mark}`, { signal }, () => {
        resolve(true);
        return new Promise(() => undefined);
      })
      .catch(() => {
        resolve(false);
      });
  });
}

/** What is noted of one mail, by the one pane that has it. */
export class Notes {
  private mark: Promise<string | undefined> | undefined;
  private last: Noted | undefined;
  private kept = Promise.resolve<unknown>(undefined);
  /** Whether something is noted, which another pane can go on with. */
  isKept = false;
  /** Whether it is another pane's. */
  isEarlier = false;

  constructor(private readonly letter: Letter) {}

  private async take(): Promise<string | undefined> {
    // What cannot be noted goes on nowhere; it leaves all the same.
    const mark = await this.letter.mark?.().catch(() => undefined);
    return mark !== undefined && (await holdMail(mark)) ? mark : undefined;
  }

  async load(): Promise<Noted | undefined> {
    const mark = await (this.mark ??= this.take());
    if (this.last || mark === undefined) return this.last;
    this.last = await loadNote(mark);
    this.isEarlier = this.isKept = this.last !== undefined;
    return this.last;
  }

  /** One after the other; the last one counts. */
  async keep(noted: Noted): Promise<void> {
    this.last = noted;
    this.isEarlier = false;
    const mark = await this.mark;
    if (mark === undefined) return; // then it lasts as long as the pane
    const keeping = this.kept.then(async () => {
      if (this.last === noted) this.isKept = await keepNote(mark, noted);
    });
    this.kept = keeping;
    await keeping;
  }

  /** Whose notification has left. */
  async noteSent(address: string): Promise<void> {
    const { last } = this;
    if (!last?.asked) return;
    const asked = { ...last.asked, sent: [...last.asked.sent, address] };
    await this.keep({ ...last, asked });
  }

  async forget(): Promise<void> {
    const mark = await this.mark;
    this.last = undefined;
    this.isKept = false;
    await this.kept;
    if (mark !== undefined) await forgetNote(mark);
  }
}

/** The draft is there still, and what of its files. */
export interface Draft {
  readonly kind: "draft";
  readonly noted: Noted;
  /** Numbers of the files that are whole at the server. */
  readonly whole: ReadonlySet<number>;
  /** Those that are there at all, or in part. */
  readonly files: readonly NotedFile[];
}
/** Whether there is anything to go on with. */
export const isMore = ({ files, noted }: Draft): boolean =>
  files.length > 0 || noted.asked !== undefined;

/** Files that were chosen from disk and are whole there need not be chosen again. */
export function wholeItems({ files, whole }: Draft, chosen: readonly Item[]): Item[] {
  const isHere = ({ name, size }: NotedFile) =>
    chosen.some((one) => one.name === name && one.size === size);
  return files
    .filter((file) => file.chosen && whole.has(file.no) && !isHere(file))
    .map((file) => ({ id: `kept-${file.no}`, name: file.name, size: file.size, whole: file }));
}

/** It became a transfer. */
export interface Gone {
  readonly kind: "started";
  readonly started: Started;
  readonly asked: Asked;
}
export type Earlier = { readonly kind: "none" } | Draft | Gone;

const nothing = pass<Earlier>({ kind: "none" });

/** What the server has of what was noted. It begins nothing that had not begun. */
export async function earlierOf(
  { api, host }: Server,
  noted: Noted | undefined,
  address: string,
): Promise<Result<Earlier>> {
  if (noted?.server !== host.base || noted.address !== address) return nothing;
  const { id, secret } = noted.place;
  const draft = await api.draft(id, secret);
  if (draft.ok) {
    const there = new Map(draft.value.files.map((file) => [file.no, file]));
    const files = noted.files.filter(({ no, size }) => there.get(no)?.size === size);
    const isWhole = ({ no, size }: NotedFile) => there.get(no)?.offset === size;
    const whole = new Set(files.filter(isWhole).map(({ no }) => no));
    return pass({ kind: "draft", noted, whole, files });
  }
  // It was started: the same request gives the same transfer again.
  if (draft.code === "conflict" && noted.asked) {
    const again = await api.start(id, noted.asked.request, secret);
    if (again.ok) return pass({ kind: "started", started: again.value, asked: noted.asked });
    return mayPass(again.code) || again.code === "unproven" ? again : nothing;
  }
  return mayPass(draft.code) || draft.code === "unproven" ? draft : nothing;
}

/** What the mail is to a transfer that was made of it. */
export type Fate =
  | "same" // it says what the transfer says, whole or halfway to its notification
  | "notification" // it is the notification, whole
  | "changed";

const isWithin = (some: Written, all: Written) =>
  some.attachments.every(({ name, size }) =>
    all.attachments.some((one) => one.name === name && one.size === size),
  );

export function fateOf(now: Written, { started, asked }: Gone, isPutBack: boolean): Fate {
  const { written } = asked;
  const link = started.recipients.find(({ transfer_id }) => now.text.includes(transfer_id));
  if (link) {
    const [only, ...others] = now.people;
    const isAddressed = others.length === 0 && only?.address === link.address;
    const isWhole = now.attachments.length === 0 && now.subject === link.mail?.subject;
    return isAddressed && isWhole ? "notification" : "same";
  }
  // While a mail is changed it has no recipients, and what was put back may lack attachments.
  const people = now.people.length === 0 ? written.people : now.people;
  const lacks = isPutBack && isWithin(now, written);
  const attachments = lacks ? written.attachments : now.attachments;
  const meant = { ...now, people, attachments };
  return saysTheSame(meant, written) && isWithin(meant, written) ? "same" : "changed";
}

/** `unfinished`: the draft goes on; `taken_back`: its transfer did not fit the mail any more. */
export type WentOn = "unfinished" | "taken_back";

/** The mail says something else now. What nobody has heard of is revoked; what the server has
 * mailed has left, and the mail is the copy of it. */
export async function takeBack(
  { api }: Server,
  letter: Letter,
  { started, asked }: Gone,
  mail: Written,
): Promise<Result<"left" | "taken_back">> {
  if (asked.request.notify !== "none" || asked.sent.length > 0) {
    await letter.keep(mail, noteFor(asked.written.attachments, started.expires));
    return pass("left");
  }
  const revoked = await api.revoke(started.tracking_id);
  return revoked.ok ? pass("taken_back") : revoked;
}
