import { begin } from "@couvert/addin/begin.ts";
import SettingsPage from "@couvert/addin/settings/SettingsPage.svelte";

import { program } from "../program.ts";
import { loadSettings, saveSettings } from "../settings.ts";

/** FileLink offers an account only once it is said to be ready. */
async function ready(): Promise<void> {
  for (const { id } of await messenger.cloudFile.getAllAccounts()) {
    await messenger.cloudFile.updateAccount(id, { configured: true });
  }
}

const size = {
  label: "addin.settings.keep" as const,
  hint: "addin.settings.keep_hint" as const,
  load: async () => (await loadSettings()).keepBytesMax,
  save: (keepBytesMax: number) => saveSettings({ keepBytesMax }),
};
void begin(SettingsPage, { program, size, ready });
