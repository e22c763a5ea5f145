// Outlook as the panes know it.
import type { MailProgram } from "@couvert/addin/mail-program.ts";

import { isSupported } from "./office.ts";
import { loadSettings, saveSettings } from "./settings.ts";

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
  onCalled: () => undefined, // Outlook shows a pane that is there
};
