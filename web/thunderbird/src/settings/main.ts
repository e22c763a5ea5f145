import { begin } from "@couvert/addin/begin.ts";
import SettingsPage from "@couvert/addin/settings/SettingsPage.svelte";

import { nowReady } from "../filelink/options.ts";
import { program } from "../program.ts";
import { loadSettings, saveSettings } from "../settings.ts";

const size = {
  label: "addin.settings.keep" as const,
  hint: "addin.settings.keep_hint" as const,
  load: async () => (await loadSettings()).keepBytesMax,
  save: (keepBytesMax: number) => saveSettings({ keepBytesMax }),
};
void begin(SettingsPage, { program, size, ready: () => void nowReady() });
