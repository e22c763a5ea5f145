// A draft at the server, and what uploads files into it.
import {
  newId,
  newSecret,
  pass,
  tusCarrier,
  uploadPath,
  Uploads,
  type Result,
} from "@couvert/core";

import type { Server } from "./server.ts";

/** A draft; the secret is this program's alone. */
export interface Place {
  readonly id: string;
  readonly secret: string;
  /** What envelopes and invitations are bound to. */
  readonly seal: string;
  /** The sender's, as the server writes it. */
  readonly address: string;
}

export async function beginDraft({ api, host }: Server, from: string): Promise<Result<Place>> {
  const secret = newSecret(host);
  const made = await api.createDraft(from, newId(host), secret);
  if (!made.ok) return made;
  const { draft_id: id, seal_id: seal, from: address } = made.value;
  return pass({ id, secret, seal, address });
}

/** `watch` makes the records that a page shows; `changed` hears often that some has changed. */
export function uploadsInto(
  { api, host, headers }: Server,
  { id, secret }: Place,
  watch: <T extends object>(record: T) => T,
  changed: () => void = () => undefined,
): Uploads {
  const endpoint = host.base + uploadPath(id);
  return new Uploads({
    carrier: tusCarrier({ endpoint, secret, headers: headers() }),
    now: host.now,
    watch,
    changed,
    drop: (no) => void api.deleteFile(id, no, secret),
  });
}
