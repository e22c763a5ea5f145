// What the add-in keeps. The server is the one that it comes from. The token stays on this device,
// in the storage that Office parts by where the pane is shown; what is no secret travels with the
// mailbox (roaming settings are readable by Exchange Web Services, decision 211).
import type { Known, Settings } from "@couvert/addin/settings.ts";

import { ask } from "./office.ts";

const keyOf = (name: string) => `${Office.context.partitionKey ?? ""}couvert-outlook-${name}`;

/** Storage may be closed to pages inside of others: then things last as long as the pane. */
const lasting = new Map<string, string>();

export function readKept(name: string): string {
  try {
    return localStorage.getItem(keyOf(name)) ?? "";
  } catch {
    return lasting.get(name) ?? "";
  }
}

export function keep(name: string, value: string): void {
  lasting.set(name, value);
  try {
    localStorage.setItem(keyOf(name), value);
  } catch {
    // it lasts as long as the pane
  }
}

export const loadSettings = async (): Promise<Known> => ({
  server: location.origin,
  token: readKept("token"),
  phone: String(Office.context.roamingSettings.get("phone") ?? ""),
  managed: true,
});

export async function saveSettings({ token, phone }: Partial<Settings>): Promise<void> {
  if (token !== undefined) keep("token", token);
  if (phone !== undefined) await saveRoaming("phone", phone);
}

export async function saveRoaming(name: string, value: string | number): Promise<void> {
  Office.context.roamingSettings.set(name, value);
  await ask((done) => Office.context.roamingSettings.saveAsync(done));
}
