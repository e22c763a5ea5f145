// What Thunderbird wakes: its buttons, and the guard before a mail leaves.
import { callForward, isGuarded, openPane, sendPage } from "./panes.ts";

messenger.composeAction.onClicked.addListener((tab) => {
  if (tab.id !== undefined) void openPane(sendPage(tab.id));
});

messenger.compose.onBeforeSend.addListener((tab) => {
  if (tab.id === undefined || !isGuarded(tab.id)) return {};
  void callForward(sendPage(tab.id));
  return { cancel: true };
});
