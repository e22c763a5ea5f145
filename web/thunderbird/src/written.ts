// The mail that somebody writes in Thunderbird: read, guarded, turned into what is kept under Sent.
import type { SentRecipient } from "@couvert/core";

import { newer } from "./newer.ts";

export type Kind = SentRecipient["kind"];
export interface Person {
  readonly address: string;
  readonly kind: Kind;
}

export interface Attachment {
  readonly id: number;
  readonly name: string;
  readonly size: number;
}

export interface Written {
  readonly tabId: number;
  readonly identityId: string;
  /** The sender, as the identity has it. */
  readonly address: string;
  readonly name: string;
  readonly people: readonly Person[];
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Of the mail that this one answers. */
  readonly relatedMessageId: number | undefined;
  /** The same as long as nobody has changed the mail. */
  readonly fingerprint: string;
}

async function mailboxes(value: unknown): Promise<{ name: string; email: string }[]> {
  const list = Array.isArray(value) ? value : [value];
  const found = [];
  for (const one of list) {
    if (typeof one !== "string" || one.trim() === "") continue;
    const parsed = await newer.messengerUtilities.parseMailboxString(one);
    // A list of the address book has no address: it is shown as it stands, and refused.
    found.push(...parsed.map(({ name, email }) => ({ name: name ?? "", email: email ?? one })));
  }
  return found;
}

export async function readWritten(tabId: number): Promise<Written> {
  const details = await messenger.compose.getComposeDetails(tabId);
  const identityId = details.identityId ?? "";
  const identity = await messenger.identities.get(identityId);
  const people: Person[] = [];
  for (const kind of ["to", "cc", "bcc"] as const) {
    for (const { email } of await mailboxes(details[kind])) {
      const isThere = people.some(({ address }) => address.toLowerCase() === email.toLowerCase());
      if (!isThere) people.push({ address: email, kind });
    }
  }
  const [from] = await mailboxes(details.from);
  const attachments = (await messenger.compose.listAttachments(tabId)).map(
    ({ id, name, size }) => ({ id, name: name ?? "", size: size ?? 0 }),
  );
  const text = (details.plainTextBody ?? "").trim();
  const subject = (details.subject ?? "").trim();
  const address = from?.email ?? identity?.email ?? "";
  const told = { address, people, subject, text, attachments };
  return {
    tabId,
    identityId,
    ...told,
    name: from?.name || identity?.name || address,
    relatedMessageId: (details as { relatedMessageId?: number }).relatedMessageId,
    fingerprint: JSON.stringify(told),
  };
}

export const fileOf = async (attachment: Attachment): Promise<File> =>
  (await messenger.compose.getAttachmentFile(attachment.id)) as File;

export interface Notification {
  readonly subject: string;
  readonly html: string;
}

/**
 * Sends one notification from the person's own mailbox, to one recipient, without a copy.
 * Throws where Thunderbird has not sent it.
 */
export async function deliver(
  { identityId }: Written,
  address: string,
  { subject, html }: Notification,
): Promise<void> {
  const details = {
    to: [address],
    subject,
    identityId,
    isPlainText: false,
    deliveryFormat: "both",
    overrideDefaultFccFolderId: "",
    attachPublicPGPKey: false,
    attachVCard: false,
  } as messenger.compose.ComposeDetails;
  const tab = await messenger.compose.beginNew(details);
  const id = tab.id!;
  try {
    await messenger.compose.setComposeDetails(id, { body: html }); // without a signature
    const sent = await messenger.compose.sendMessage(id, { mode: "sendNow" });
    if (sent.mode !== "sendNow") throw new Error("not sent");
  } catch (error) {
    await messenger.compose.setComposeDetails(id, { isModified: false }).catch(() => undefined);
    await messenger.tabs.remove(id).catch(() => undefined);
    throw error;
  }
}

async function sentFolderOf(identityId: string): Promise<string> {
  const identity = await messenger.identities.get(identityId);
  const accountId = identity!.accountId!;
  const [found] = await newer.folders.query({ accountId, specialUse: ["sent"] });
  if (found) return found.id;
  const { rootFolder } = await newer.accounts.get(accountId);
  return (await newer.folders.create(rootFolder.id, "Sent")).id;
}

const escapeHtml = (text: string) =>
  text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? "");

/**
 * Puts the mail under Sent as its writer wrote it: with the attachments up to a size, of the others
 * the names. Its window closes. Throws where that did not work; the window is then still open.
 */
export async function keepInSent(
  { tabId, identityId, attachments }: Written,
  keepBytesMax: number,
  note: readonly string[],
): Promise<void> {
  const folder = await sentFolderOf(identityId);
  for (const { id, size } of attachments) {
    if (size > keepBytesMax) await messenger.compose.removeAttachment(tabId, id);
  }
  const details = await messenger.compose.getComposeDetails(tabId);
  if (details.isPlainText) {
    const plainTextBody = `${details.plainTextBody ?? ""}\n\n${note.join("\n")}\n`;
    await messenger.compose.setComposeDetails(tabId, { plainTextBody });
  } else {
    const lines = note.map(escapeHtml).join("<br>");
    const page = new DOMParser().parseFromString(details.body ?? "", "text/html");
    const body = page.body.innerHTML;
    await messenger.compose.setComposeDetails(tabId, {
      body: `<!doctype html><html><body>${body}<hr><p>${lines}</p></body></html>`,
    });
  }
  const saved = await messenger.compose.saveMessage(tabId, { mode: "draft" });
  const ids = saved.messages.map(({ id }) => id);
  if (ids.length === 0) throw new Error("not saved");
  await newer.messages.move(ids, folder);
  await messenger.compose.setComposeDetails(tabId, { isModified: false });
  await messenger.tabs.remove(tabId);
}
