// Outlook as the panes know it.
import type { MailProgram } from "@couvert/addin/mail-program.ts";
import { saveFile } from "@couvert/ui/save-file.ts";

import { isSupported } from "./office.ts";
import { keep, loadSettings, readKept, saveSettings } from "./settings.ts";

interface Mailed {
  readonly address: string;
  readonly at: number;
}

function lastMailed(): Mailed | undefined {
  try {
    return JSON.parse(readKept("mailed")) as Mailed;
  } catch {
    return undefined;
  }
}

export const program: MailProgram = {
  name: "Outlook",
  languages: () => [Office.context.displayLanguage, ...navigator.languages],
  loadSettings,
  saveSettings,
  isAllowed: () => Promise.resolve(true), // the pane comes from there
  askAllowance: () => Promise.resolve(true),
  addresses: () => Promise.resolve([Office.context.mailbox.userProfile.emailAddress]),
  openInBrowser: (href) => {
    if (isSupported("OpenBrowserWindowApi", "1.1")) Office.context.ui.openBrowserWindow(href);
    else window.open(href, "_blank", "noopener");
  },
  codes: {
    mailedAt(address) {
      const last = lastMailed();
      return last?.address === address ? last.at : 0;
    },
    noteMailed(address, at) {
      keep("mailed", JSON.stringify({ address, at } satisfies Mailed));
    },
  },
  saveFile: (file) => Promise.resolve(saveFile(file)),
  onCalled: () => undefined, // Outlook shows a pane that is there
};
