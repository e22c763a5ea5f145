// What the panes need from the mail program that they live in. Each host implements it; whatever
// asks the mail program may throw, and the panes say so.
import type { Started } from "@couvert/core";
import type { TextKey } from "@couvert/ui";

import type { Link } from "./links.ts";
import type { Known, Settings } from "./settings.ts";
import type { Note, Written } from "./written.ts";

export interface MailProgram {
  /** What it is called. */
  readonly name: string;
  /** The languages of its own windows, the first preferred. */
  languages(): readonly string[];
  loadSettings(): Promise<Known>;
  saveSettings(change: Partial<Settings>): Promise<void>;
  /** Whether the panes may reach this server. */
  isAllowed(server: string): Promise<boolean>;
  /** Asks the person. Order: at once in what follows a click. */
  askAllowance(server: string): Promise<boolean>;
  /** The person's own addresses, each once; the first is the usual one. */
  addresses(): Promise<readonly string[]>;
  openInBrowser(href: string): void;
  /** Into a file that the person finds again. Throws where it does not. */
  saveFile(file: File): Promise<void>;
  /**
   * Tells each code that a mail brings for an address, until it is stopped. Absent where the mail
   * program does not let its add-ins read the inbox: then the person types it.
   * @param since milliseconds since 1970
   */
  watchCodes?(address: string, since: number, tell: (code: string) => void): () => void;
  /**
   * When a code was mailed to an address, 0 where none is wanted: kept where it has to be typed,
   * since who looks at its mail may close the pane. Milliseconds since 1970.
   */
  readonly codes?: {
    mailedAt(address: string): number;
    noteMailed(address: string, at: number): void;
  };
  /** The pane is wanted again, while it is open already. */
  onCalled(called: () => void): void;
}

export type Mail = NonNullable<Started["recipients"][number]["mail"]>;

/** `ready`: the person has to press the mail program's own Send. */
export type Delivered = "sent" | "ready";

/** `left`: the mail has left by Couvert before; `interrupted`: it was put back as it was. */
export type Recovered = "left" | "interrupted";

/** Where the writer's own copy is. */
export type Kept = "sent_folder" | "draft" | "notification";

/** The mail that somebody writes. */
export interface Letter {
  /** So many recipients at most can be written to from the person's own mailbox. */
  readonly ownMailsMax: number;
  /** Files can be chosen in the pane: the mail program does not hand over all attachments. */
  readonly choosesFiles: boolean;
  /** What a person reads where `keep` did not work. */
  readonly notKept: TextKey;
  /** Puts right what an earlier pane left behind; absent where none can. To be called first. */
  recover?(): Promise<Recovered | undefined>;
  /**
   * What this mail is known by, and no other, when it is opened again: random, and no secret.
   * Absent where a mail cannot be marked: then nothing goes on that a closed pane left.
   */
  mark?(): Promise<string>;
  read(): Promise<Written>;
  /** The bytes of an attachment. Throws where the mail program does not hand them over. */
  fileOf(id: AttachmentId): Promise<Blob>;
  removeAttachment(id: AttachmentId): Promise<void>;
  /** The transfer that this mail answers. */
  replyTo(): Promise<string | undefined>;
  /**
   * Sends one notification from the person's own mailbox, to one recipient.
   * Throws where it has not been sent and nothing else has either.
   */
  deliver(written: Written, address: string, mail: Mail): Promise<Delivered>;
  /** Everything has left: the mail becomes the writer's own copy, which cannot leave any more. */
  keep(written: Written, note: Note): Promise<Kept>;
}

export type AttachmentId = number | string;

/** A mail that is read. */
export interface Shown {
  /** The link of a notification of this server; undefined where the mail is none. */
  link(server: string): Promise<Link | undefined>;
  /** Into a file that the person finds again. False, or a throw, where it is not whole. */
  save(file: FileToSave): Promise<boolean>;
  /** Begins an answer, which then leaves by Couvert. */
  reply(answer: Answer): Promise<void>;
}

export interface Answer {
  /** Where the message was opened. */
  readonly to?: string;
  /** Of the message that is answered. */
  readonly subject?: string;
  readonly transferId: string;
}

export interface FileToSave {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly name: string;
  readonly size: number;
}
