// What the add-on keeps, and what an administrator has set for it (managed storage).

export interface Settings {
  /** `https://transfer.example.org`; empty until one is known. */
  readonly server: string;
  /** Of the session at this server. */
  readonly token: string;
  readonly phone: string;
  /** Attachments up to this size stay in the copy under Sent. */
  readonly keepBytesMax: number;
}

export interface Known extends Settings {
  /** Whether the administrator has set the server. */
  readonly managed: boolean;
}

const initial: Settings = { server: "", token: "", phone: "", keepBytesMax: 1024 * 1024 };

/** The origin of what somebody typed; undefined where it is no server's address. */
export function originOf(typed: string): string | undefined {
  const text = typed.trim();
  try {
    const url = new URL(/^https?:\/\//.test(text) ? text : `https://${text}`);
    const isLocal = url.hostname === "localhost";
    if (url.username !== "" || url.password !== "") return undefined;
    return url.protocol === "https:" || isLocal ? url.origin : undefined;
  } catch {
    return undefined;
  }
}

async function managedValues(): Promise<Partial<Settings>> {
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

export async function loadSettings(): Promise<Known> {
  const managed = await managedValues();
  const kept = (await messenger.storage.local.get({ ...initial })) as unknown as Settings;
  // A token is for the server that gave it.
  const token = managed.server !== undefined && managed.server !== kept.server ? "" : kept.token;
  return { ...kept, token, ...managed, managed: managed.server !== undefined };
}

export const saveSettings = (change: Partial<Settings>): Promise<void> =>
  messenger.storage.local.set({ ...change });

const permissionOf = (server: string) => ({
  origins: [`${new URL(server).protocol}//${new URL(server).hostname}/*`],
});

export const isAllowed = (server: string): Promise<boolean> =>
  messenger.permissions.contains(permissionOf(server));

/** Asks the person. Order: at once in what follows a click. */
export const askAllowance = (server: string): Promise<boolean> =>
  messenger.permissions.request(permissionOf(server));

/** The server that the mail domain names at its well-known address; undefined where none is. */
export async function serverOfDomain(domain: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`https://${domain}/.well-known/couvert.json`, {
      credentials: "omit",
      signal: AbortSignal.timeout(10_000),
    });
    const found = (await answer.json()) as { server?: unknown };
    return answer.ok && typeof found.server === "string" ? originOf(found.server) : undefined;
  } catch {
    return undefined;
  }
}
