// The mail that somebody writes in Thunderbird: read, guarded, turned into what is kept under Sent.
import type { Mail } from "@couvert/addin/mail-program.ts";
import {
  addPeople,
  writtenOf,
  type Note,
  type Person,
  type Written,
} from "@couvert/addin/written.ts";

import { takeOff } from "./headers.ts";
import { newer } from "./newer.ts";

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

export interface Own extends Written {
  readonly identityId: string;
}

export async function readWritten(tabId: number): Promise<Own> {
  const details = await messenger.compose.getComposeDetails(tabId);
  const identityId = details.identityId ?? "";
  const identity = await messenger.identities.get(identityId);
  const people: Person[] = [];
  for (const kind of ["to", "cc", "bcc"] as const) {
    const found = await mailboxes(details[kind]);
    addPeople(
      people,
      found.map(({ email }) => email),
      kind,
    );
  }
  const [from] = await mailboxes(details.from);
  const attachments = (await messenger.compose.listAttachments(tabId)).map(
    ({ id, name, size }) => ({ id, name: name ?? "", size: size ?? 0 }),
  );
  const text = (details.plainTextBody ?? "").trim();
  const subject = (details.subject ?? "").trim();
  const address = from?.email ?? identity?.email ?? "";
  const name = from?.name || identity?.name || address;
  return { ...writtenOf({ address, people, subject, text, attachments }, name), identityId };
}

/**
 * Sends one notification by the identity that writes, to one recipient, without a copy.
 * Throws where Thunderbird has not sent it.
 */
export async function deliver(
  { identityId }: Own,
  address: string,
  { subject, html }: Mail,
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
  // One that is there and that Thunderbird has not marked as such yet.
  const named = (await newer.folders.getSubFolders(rootFolder.id)).find(
    ({ name }) => name === "Sent",
  );
  if (named) return named.id;
  return (await newer.folders.create(rootFolder.id, "Sent")).id;
}

const escapeHtml = (text: string) =>
  text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? "");

/**
 * Puts the mail under Sent as its writer wrote it, with the attachments up to a size; the note has
 * the names of all. Its window closes; where that did not work it is still open, and this throws.
 */
export async function keepInSent(
  tabId: number,
  { identityId, attachments }: Own,
  { note, keepBytesMax }: { readonly note: Note; readonly keepBytesMax: number },
): Promise<void> {
  const folder = await sentFolderOf(identityId);
  const large = attachments.filter(({ size }) => size > keepBytesMax);
  for (const { id } of large) {
    await messenger.compose.removeAttachment(tabId, id as number);
  }
  await takeOff(tabId);
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
