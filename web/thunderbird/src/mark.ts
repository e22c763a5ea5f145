// What a mail is known by when it is written on after Thunderbird was closed: a header of its
// draft, random, which never leaves with it.
const header = "X-Couvert-Mark";

type Headers = readonly { readonly name: string; readonly value: string }[];

const isMark = ({ name }: { readonly name: string }) => name.toLowerCase() === header.toLowerCase();

async function headersOf(tabId: number): Promise<Headers> {
  const details = await messenger.compose.getComposeDetails(tabId);
  return (details as { customHeaders?: Headers }).customHeaders ?? [];
}

const setHeaders = (tabId: number, customHeaders: Headers): Promise<void> =>
  messenger.compose.setComposeDetails(tabId, {
    customHeaders,
  } as messenger.compose.ComposeDetails);

/** The mark in the draft that is written on: Thunderbird does not take such headers over. */
async function markOfDraft(tabId: number): Promise<string | undefined> {
  const { type, relatedMessageId } = await messenger.compose.getComposeDetails(tabId);
  if (type !== "draft" || relatedMessageId === undefined) return undefined;
  const { headers } = await messenger.messages.getFull(relatedMessageId);
  const [mark] = (headers as Record<string, string[]> | undefined)?.[header.toLowerCase()] ?? [];
  return mark === "" ? undefined : mark;
}

/** Marks the mail: its draft has the mark once it is saved, by the person or by Thunderbird. */
export async function markOf(tabId: number): Promise<string> {
  const headers = await headersOf(tabId);
  const known = headers.find(isMark)?.value;
  if (known !== undefined && known !== "") return known;
  const mark = (await markOfDraft(tabId).catch(() => undefined)) ?? crypto.randomUUID();
  await setHeaders(tabId, [...headers, { name: header, value: mark }]);
  return mark;
}

/** Before the mail leaves, or becomes a copy. */
export async function unmark(tabId: number): Promise<void> {
  const headers = await headersOf(tabId);
  if (headers.some(isMark))
    await setHeaders(
      tabId,
      headers.filter((one) => !isMark(one)),
    );
}
