// A draft of an earlier visit: its files and what was filled in, found again at the server by the
// ID and secret that this browser kept.

import { api } from "../host.ts";
import type { KnownFile } from "../files.ts";
import { forgetDraft, holdDraft, keptDrafts, type KeptDraft } from "../kept.ts";
import { readForm, type KeptForm } from "./kept-form.ts";

/** A draft at the server, held by this page alone. */
export interface Place {
  readonly id: string;
  readonly from: string;
  /** The sender's address as the server writes it. */
  readonly address: string;
  readonly secret: string;
  /** What envelopes and invitations are bound to. */
  readonly seal: string;
  /** Lets other pages of this browser have it. */
  readonly release: (() => void) | undefined;
}

/** A file as the draft has it. */
export interface DraftedFile extends KnownFile {
  readonly no: number;
  readonly type: string;
  /** Bytes that the server has. */
  readonly there: number;
}

export interface Unfinished {
  readonly place: Place;
  /** When the server throws it away. */
  readonly expires: string;
  readonly files: readonly DraftedFile[];
  readonly form: KeptForm | undefined;
}

async function read(kept: KeptDraft, release: () => void): Promise<Unfinished | undefined> {
  const { id, from, secret } = kept;
  const draft = await api.draft(id, secret);
  // Ended or started; whatever else it is may pass.
  if (!draft.ok && (draft.code === "denied" || draft.code === "conflict")) forgetDraft(id);
  if (!draft.ok) return undefined;
  const form = await api.form(id, secret);
  if (!form.ok) return undefined;
  return {
    place: { id, from, secret, release, address: draft.value.from, seal: draft.value.seal_id },
    expires: draft.value.expires,
    files: draft.value.files.map(({ no, name, type, size, offset }) => ({
      no,
      name,
      type,
      size,
      changed: kept.files[no] ?? 0,
      there: offset,
    })),
    form: form.value.form === undefined ? undefined : readForm(form.value.form),
  };
}

/** The latest draft of this sender that no other tab is filling. Order: once it is verified. */
export async function findUnfinished(from: string): Promise<Unfinished | undefined> {
  for (const kept of keptDrafts().filter((one) => one.from === from)) {
    const release = await holdDraft(kept.id);
    if (!release) continue;
    const found = await read(kept, release);
    if (found && (found.form !== undefined || found.files.length > 0)) return found;
    release();
  }
  return undefined;
}

/** Throws it away, here and at the server. */
export function discard({ id, secret, release }: Place): void {
  void api.deleteDraft(id, secret);
  forgetDraft(id);
  release?.();
}
