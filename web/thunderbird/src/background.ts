// What Thunderbird wakes: its buttons, and the guard before a mail leaves.
import { hasForeignLinks } from "./filelink/links.ts";
import { offerFileLink, showLinks } from "./filelink/provider.ts";
import { putBack, takeOff, takeOver } from "./headers.ts";
import { linkOfMessage } from "./notified.ts";
import { callForward, isGuarded, openPane, page, sendPage } from "./panes.ts";
import { loadSettings } from "./settings.ts";

messenger.composeAction.onClicked.addListener((tab) => {
  if (tab.id !== undefined) void openPane(sendPage(tab.id));
});

/** Not while its transfer is made, and not with links that are for somebody else. */
async function mayLeave(tabId: number): Promise<boolean> {
  if (isGuarded(tabId)) {
    void callForward(sendPage(tabId));
    return false;
  }
  if (await hasForeignLinks(tabId)) {
    await showLinks(tabId);
    return false;
  }
  await takeOff(tabId);
  return true;
}

const beforeSend = async ({ id }: { id?: number }) => ({
  cancel: id !== undefined && !(await mayLeave(id).catch(() => false)),
});
messenger.compose.onBeforeSend.addListener(beforeSend as never); // the types know no promise

messenger.compose.onAfterSend.addListener((tab, sent) => {
  const { error } = sent as unknown as { error?: string };
  if (error !== undefined && tab.id !== undefined) void putBack(tab.id).catch(() => undefined);
});

messenger.windows.onCreated.addListener(({ id, type }) => {
  if ((type as string) !== "messageCompose") return;
  void messenger.tabs
    .query({ windowId: id! })
    .then(([tab]) => takeOver(tab!.id!))
    .catch(() => undefined); // before it leaves they are looked at once more
});

messenger.action.onClicked.addListener(() => {
  void openPane(page("transfers.html"));
});

/** The button above a mail is there for notifications of our server alone. */
async function showFor(tabId: number, messageIds: readonly number[]): Promise<void> {
  const { server } = await loadSettings();
  const [only] = messageIds;
  const isOne = messageIds.length === 1 && only !== undefined;
  const link = isOne ? await linkOfMessage(only, server) : undefined;
  if (link) await messenger.messageDisplayAction.enable(tabId);
  else await messenger.messageDisplayAction.disable(tabId);
}

messenger.messageDisplay.onMessagesDisplayed.addListener((tab, shown) => {
  const { messages } = shown as unknown as { messages: readonly { id: number }[] };
  if (tab.id !== undefined)
    void showFor(
      tab.id,
      messages.map(({ id }) => id),
    );
});

async function openShown(tabId: number): Promise<void> {
  const shown = (await messenger.messageDisplay.getDisplayedMessages(tabId)) as unknown as {
    messages: readonly { id: number }[];
  };
  const [message] = shown.messages;
  if (message) await openPane(page(`message.html?message=${message.id}`));
}

messenger.messageDisplayAction.onClicked.addListener((tab) => {
  if (tab.id !== undefined) void openShown(tab.id);
});

offerFileLink();
