// The mail being written, as Office.js hands it over: one call at a time, since Outlook on the web
// answers no more than three at once.
import {
  addPeople,
  writtenOf,
  type Attachment,
  type Person,
  type Written,
} from "@couvert/addin/written.ts";

import { ask, composed } from "./office.ts";

export const fields = ["to", "cc", "bcc"] as const;
type Field = (typeof fields)[number];
export type People = Record<Field, Office.EmailAddressDetails[]>;

/** Outlook may know more recipients than it tells, 500 or 1000 of a field. */
const isCut = (count: number) => count === 500 || count === 1000;
const cut = () =>
  Object.assign(new Error("perhaps more recipients than Outlook tells"), {
    name: "recipients_cut", // which the panes know
  });
/** So many recipients are taken at once. */
const atOnceMax = 100;

export async function peopleNow(): Promise<People> {
  const people: People = { to: [], cc: [], bcc: [] };
  for (const field of fields) {
    people[field] = await ask<Office.EmailAddressDetails[]>((done) =>
      composed()[field].getAsync(done),
    );
    if (isCut(people[field].length)) throw cut();
  }
  return people;
}

export async function setPeople(field: Field, people: readonly Recipient[]): Promise<void> {
  await ask((done) => composed()[field].setAsync(people.slice(0, atOnceMax), done));
  for (let at = atOnceMax; at < people.length; at += atOnceMax) {
    await ask((done) => composed()[field].addAsync(people.slice(at, at + atOnceMax), done));
  }
}
type Recipient = string | Office.EmailUser;

export const userOf = ({ displayName, emailAddress }: Office.EmailAddressDetails) => ({
  displayName,
  emailAddress,
});

export const attachmentsNow = (): Promise<Office.AttachmentDetailsCompose[]> =>
  ask((done) => composed().getAttachmentsAsync(done));

export const subjectNow = (): Promise<string> => ask((done) => composed().subject.getAsync(done));

/** A mail of plain text refuses HTML. */
export type Format = "html" | "text";

export const formatNow = async (): Promise<Format> =>
  `${await ask<Office.CoercionType>((done) => composed().body.getTypeAsync(done))}` === "text"
    ? "text"
    : "html";

export const bodyNow = (format: Format): Promise<string> =>
  ask((done) => composed().body.getAsync(format as Office.CoercionType, done));

export const setBody = (body: string, format: Format): Promise<void> =>
  ask((done) =>
    composed().body.setAsync(body, { coercionType: format as Office.CoercionType }, done),
  );

export const setSubject = (subject: string): Promise<void> =>
  ask((done) => composed().subject.setAsync(subject, done));

export async function readWritten(): Promise<Written> {
  const from = await ask<Office.EmailAddressDetails>((done) => composed().from.getAsync(done));
  const found = await peopleNow();
  const people: Person[] = [];
  for (const field of fields) {
    const addresses = found[field].map(
      // A list of the address book has no address: it is shown by its name, and refused.
      ({ emailAddress, displayName }) => emailAddress || displayName,
    );
    addPeople(people, addresses, field);
  }
  const subject = (await subjectNow()).trim();
  const text = (await bodyNow("text")).trim();
  const attachments: Attachment[] = (await attachmentsNow()).map(({ id, name, size }) => ({
    id,
    name,
    size,
  }));
  const told = { address: from.emailAddress, people, subject, text, attachments };
  return writtenOf(told, from.displayName || from.emailAddress);
}

export async function contentOf(id: string): Promise<Office.AttachmentContent> {
  return ask((done) => composed().getAttachmentContentAsync(id, done));
}

/** The bytes, where Outlook hands over bytes, or a text that stands for an item. */
export function blobOf({ content, format }: Office.AttachmentContent): Blob {
  switch (format as string) {
    case "base64": {
      const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
      return new Blob([bytes]);
    }
    case "eml":
      return new Blob([content], { type: "message/rfc822" });
    case "iCalendar":
      return new Blob([content], { type: "text/calendar" });
    default:
      throw new Error("in the cloud"); // Outlook has a link to it only
  }
}
