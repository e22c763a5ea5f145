// What the add-on keeps, and what an administrator has set for it (managed storage).
import { originOf, type Known, type Settings } from "@couvert/addin/settings.ts";

interface Own extends Settings {
  /** Attachments up to this size stay in the copy under Sent. */
  readonly keepBytesMax: number;
}

const initial: Own = { server: "", token: "", phone: "", keepBytesMax: 1024 * 1024 };

async function managedValues(): Promise<Partial<Own>> {
  try {
    const values: Record<string, unknown> = await messenger.storage.managed.get();
    const server = typeof values["server"] === "string" ? originOf(values["server"]) : undefined;
    const keep = values["keep_bytes_max"];
    return {
      ...(server !== undefined && { server }),
      ...(typeof keep === "number" && keep >= 0 && { keepBytesMax: keep }),
    };
  } catch {
    return {}; // there is no policy
  }
}

export async function loadSettings(): Promise<Known & Own> {
  const managed = await managedValues();
  const kept = (await messenger.storage.local.get({ ...initial })) as unknown as Own;
  // A token is for the server that gave it.
  const token = managed.server !== undefined && managed.server !== kept.server ? "" : kept.token;
  return { ...kept, token, ...managed, managed: managed.server !== undefined };
}

export const saveSettings = (change: Partial<Own>): Promise<void> =>
  messenger.storage.local.set({ ...change });

const permissionOf = (server: string) => ({
  origins: [`${new URL(server).protocol}//${new URL(server).hostname}/*`],
});

export const isAllowed = (server: string): Promise<boolean> =>
  messenger.permissions.contains(permissionOf(server));

/** Asks the person. Order: at once in what follows a click. */
export const askAllowance = (server: string): Promise<boolean> =>
  messenger.permissions.request(permissionOf(server));
