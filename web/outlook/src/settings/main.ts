import SettingsPage from "@couvert/addin/settings/SettingsPage.svelte";

import { saveRoaming } from "../settings.ts";
import { start } from "../start.ts";

const usual = 10 * 1024 * 1024;
const size = {
  label: "addin.settings.alert" as const,
  hint: "addin.settings.alert_hint" as const,
  load: () => {
    const bytes: unknown = Office.context.roamingSettings.get("alert_bytes");
    return Promise.resolve(typeof bytes === "number" ? bytes : usual);
  },
  save: (bytes: number) => saveRoaming("alert_bytes", bytes),
};
await start(SettingsPage, () => ({ size }));
