// Thunderbird as the panes know it.
import type { MailProgram } from "@couvert/addin/mail-program.ts";

import { watchCodes } from "./codes.ts";
import { heedCalls } from "./panes.ts";
import { askAllowance, isAllowed, loadSettings, saveSettings } from "./settings.ts";

export const program: MailProgram = {
  name: "Thunderbird",
  languages: () => [messenger.i18n.getUILanguage(), ...navigator.languages],
  loadSettings,
  saveSettings,
  isAllowed,
  askAllowance,
  addresses: async () => {
    const accounts = await messenger.accounts.list(false);
    const all = accounts.flatMap(({ identities }) => identities.map(({ email }) => email ?? ""));
    return all.filter((one, at) => one !== "" && all.indexOf(one) === at);
  },
  openInBrowser: (href) => void messenger.windows.openDefaultBrowser(href),
  watchCodes,
  onCalled: heedCalls,
};
