// The mail in Outlook's window for writing. Where it has one recipient it becomes the notification
// itself, which the person then sends; for several, the server sends theirs. As long as the mail is
// neither what it was nor a whole notification it has no recipients, so that no button sends it.
import type { Letter, Mail } from "@couvert/addin/mail-program.ts";
import { saysTheSame, type Written } from "@couvert/addin/written.ts";

import {
  attachmentsNow,
  blobOf,
  contentOf,
  fields,
  bodyNow,
  formatNow,
  peopleNow,
  readWritten,
  setBody,
  setPeople,
  setSubject,
  subjectNow,
  userOf,
  type Format,
  type People,
} from "./compose.ts";
import { ask, composed } from "./office.ts";
import { replyOf } from "./replies.ts";
import { markOf } from "./mark.ts";
import { found, holdWith, noteBefore, release, type Before } from "./session.ts";

/** Attachments as Outlook gave them, to be put back. */
const given = new Map<string, Office.AttachmentContent>();

async function fileOf(id: string): Promise<Blob> {
  const content = await contentOf(id);
  const blob = blobOf(content);
  given.set(id, content);
  return blob;
}

const withoutRecipients = async () => {
  for (const field of fields) await setPeople(field, []);
};

async function putPeople(people: Before["people"]): Promise<void> {
  for (const field of fields) await setPeople(field, people[field]);
}

const usersOf = (people: People): Before["people"] => ({
  to: people.to.map(userOf),
  cc: people.cc.map(userOf),
  bcc: people.bcc.map(userOf),
});

const remove = (id: string): Promise<void> =>
  ask((done) => composed().removeAttachmentAsync(id, done));

async function putBack({ id, name }: Office.AttachmentDetailsCompose): Promise<void> {
  const content = given.get(id)?.content ?? "";
  await ask<string>((done) => composed().addFileAttachmentFromBase64Async(content, name, done));
}

/** Whether the mail is the notification, whole, and nothing else. */
async function isNotification(mail: Mail, written: Written, format: Format): Promise<boolean> {
  const { subject } = mail;
  const link = /https?:\/\/[^"'<>\s]+\/r\/[a-z2-7]{26}/.exec(mail[format])?.[0];
  if (link === undefined || !(await bodyNow(format)).includes(link)) return false;
  const text = await bodyNow("text");
  // What is as short as a word may stand in any notification; what has the link is one itself,
  // which an earlier pane had put there.
  const isOwn = written.text.length > 20 && !written.text.includes(link);
  if (isOwn && text.includes(written.text)) return false;
  if ((await attachmentsNow()).length > 0) return false;
  return (await subjectNow()) === subject.slice(0, 255);
}

interface Changed {
  readonly before: Before;
  readonly gone: Office.AttachmentDetailsCompose[];
}
/** A change that could not be put back yet. */
let halfway: Changed | undefined;

async function replace(written: Written, address: string, mail: Mail): Promise<void> {
  if (halfway) await undo(halfway);
  if (!saysTheSame(await readWritten(), written)) throw new Error("another mail than was sent");
  const format = await formatNow();
  const before: Before = {
    people: usersOf(await peopleNow()),
    subject: await subjectNow(),
    format,
    body: await bodyNow(format),
  };
  await noteBefore(before);
  const changed: Changed = { before, gone: [] };
  try {
    await holdWith("replacing");
    await withoutRecipients();
    await setBody(mail[format], format);
    await setSubject(mail.subject.slice(0, 255));
    for (const attachment of await attachmentsNow()) {
      if (attachment.isInline) continue; // it goes with the body that showed it
      await remove(attachment.id);
      changed.gone.push(attachment);
    }
    if (!(await isNotification(mail, written, format))) throw new Error("not what it should be");
    await release();
    await setPeople("to", [address]);
  } catch (error) {
    halfway = changed;
    await undo(changed);
    throw error;
  }
}

/** As it was; recipients come last, and not at all where something is still missing. */
async function undo({ before: { people, subject, format, body }, gone }: Changed): Promise<void> {
  if (body !== undefined) await setBody(body, format);
  await setSubject(subject);
  while (gone[0]) {
    await putBack(gone[0]);
    gone.shift();
  }
  await putPeople(people);
  await release();
  halfway = undefined;
}

export function outlookLetter(): Letter {
  let replaced = false;
  return {
    ownMailsMax: 1,
    choosesFiles: true,
    notKept: "addin.done.not_cleared",
    mark: markOf,
    read: readWritten,
    fileOf: (id) => fileOf(String(id)),
    removeAttachment: (id) => remove(String(id)),
    replyTo: () => Promise.resolve(replyOf(composed().conversationId ?? "")),
    async recover() {
      const { hold, before } = await found();
      if (hold === "left") return "left";
      if (before === undefined) return undefined;
      await undo({ before, gone: [] });
      return "interrupted";
    },
    async deliver(written, address, mail) {
      await replace(written, address, mail);
      replaced = true;
      return "ready";
    },
    async keep() {
      if (replaced) return "notification";
      await holdWith("left");
      await withoutRecipients();
      return "draft";
    },
  };
}
