// The mail that somebody writes, as a mail program hands it over.
import type { SentRecipient } from "@couvert/core";

import type { AttachmentId } from "./mail-program.ts";

export type Kind = SentRecipient["kind"];
export interface Person {
  readonly address: string;
  readonly kind: Kind;
}

export interface Attachment {
  readonly id: AttachmentId;
  readonly name: string;
  readonly size: number;
}

/** What a mail says, and what makes it another one where it changes. */
export interface Told {
  /** The sender's. */
  readonly address: string;
  readonly people: readonly Person[];
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

export interface Written extends Told {
  /** The sender's. */
  readonly name: string;
  /** The same as long as nobody has changed the mail. */
  readonly fingerprint: string;
}

/** Lines for the writer's own copy. */
export type Note = readonly string[];

export const writtenOf = (told: Told, name: string): Written => ({
  ...told,
  name,
  fingerprint: JSON.stringify([
    told.address,
    told.people,
    told.subject,
    told.text,
    told.attachments,
  ]),
});

/** Adds people who are not there yet, whatever the case of their addresses. */
export function addPeople(people: Person[], addresses: readonly string[], kind: Kind): void {
  for (const address of addresses) {
    const isThere = people.some((one) => one.address.toLowerCase() === address.toLowerCase());
    if (!isThere) people.push({ address, kind });
  }
}

/** Whether it says the same; attachments that were put back have other IDs than before. */
export function saysTheSame(one: Told, other: Told): boolean {
  const said = ({ address, people, subject, text, attachments }: Told) =>
    JSON.stringify([address, people, subject, text, attachments.map(({ name }) => name)]);
  return said(one) === said(other);
}
