// What the panes keep, in whatever the mail program offers for it.

export interface Settings {
  /** `https://transfer.example.org`; empty until one is known. */
  readonly server: string;
  /** Of the session at this server. */
  readonly token: string;
  readonly phone: string;
}

export interface Known extends Settings {
  /** Whether the server is set, and not the person's to choose. */
  readonly managed: boolean;
}

/** The origin of what somebody typed; undefined where it is no server's address. */
export function originOf(typed: string): string | undefined {
  const text = typed.trim();
  try {
    const url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
    const isLocal = url.protocol === "http:" && url.hostname === "localhost";
    if (url.username !== "" || url.password !== "") return undefined;
    return url.protocol === "https:" || isLocal ? url.origin : undefined;
  } catch {
    return undefined;
  }
}

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
