// Thunderbird as the panes know it.
import type { MailProgram } from "@couvert/addin/mail-program.ts";

import { watchCodes } from "./codes.ts";
import { hasEndedWell } from "./downloads.ts";
import { heedCalls } from "./panes.ts";
import { askAllowance, isAllowed, loadSettings, saveSettings } from "./settings.ts";

async function saveFile(file: File): Promise<void> {
  const url = URL.createObjectURL(file);
  try {
    const filename = file.name;
    const id = await messenger.downloads.download({ url, filename, conflictAction: "uniquify" });
    if (!(await hasEndedWell(id, file.size))) throw new Error("not saved");
  } finally {
    URL.revokeObjectURL(url);
  }
}

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
  saveFile,
  watchCodes,
  onCalled: heedCalls,
};
