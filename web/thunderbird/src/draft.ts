// The draft of a mail that is written on. Of an answer Thunderbird tells only which mail it
// answers; then the draft is looked for.
import { newer } from "./newer.ts";

export type Fields = Readonly<Record<string, readonly string[] | undefined>>;

/** Thunderbird may be busy with a mail: it is asked so often, and so many milliseconds apart. */
const triesMax = 10;
const pause = 300;
/** Drafts of one subject. */
const likeMax = 20;

/** Undefined where it is there no more: a draft that was saved anew is another mail. */
async function fieldsOf(id: number): Promise<Fields | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await messenger.messages.getFull(id)).headers as Fields;
    } catch (error) {
      const isThere = await messenger.messages.get(id).then(Boolean, () => false);
      if (!isThere) return undefined;
      if (tries === triesMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

const isDraft = (fields: Fields) => fields["x-mozilla-draft-info"] !== undefined;

async function answersTo(id: number, subject: string): Promise<Fields[]> {
  const { headerMessageId } = await messenger.messages.get(id);
  const bare = subject.replace(/^(re: ?)+/i, "");
  const found: Fields[] = [];
  for (const folder of await newer.folders.query({ specialUse: ["drafts"] })) {
    const like = await newer.messages.query({ folderId: folder.id, subject: bare });
    for (const one of like.messages.slice(0, likeMax)) {
      const fields = await fieldsOf(one.id);
      if (fields?.["in-reply-to"]?.[0]?.includes(headerMessageId)) found.push(fields);
    }
  }
  return found;
}

/** The fields of the draft; of several that cannot be told apart, of none where it is gone. */
export async function draftsOf(related: number, subject: string): Promise<readonly Fields[]> {
  const fields = await fieldsOf(related);
  if (!fields) return [];
  return isDraft(fields) ? [fields] : await answersTo(related, subject);
}
