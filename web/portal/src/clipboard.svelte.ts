// The password on the clipboard, and its end.
//
// A page may write to the clipboard only upon a click: so five minutes after the copy it is emptied
// at the next click, and until then every page says that the password is still there. A reload
// forgets nothing of it.

import { keepCopied, keptCopied } from "./kept.ts";

const keptFor = 5 * 60_000;

let copiedAt = $state<number | undefined>();
let overdue = $state(false);
let timer: ReturnType<typeof setTimeout> | undefined;

export const clipboardHolds = (): boolean => copiedAt !== undefined;
export const clipboardOverdue = (): boolean => overdue;

/** When a secret was copied that is on the clipboard now; undefined: there is none. */
function note(at: number | undefined): void {
  copiedAt = at;
  overdue = false;
  keepCopied(at);
  clearTimeout(timer);
  document.removeEventListener("click", empty, { capture: true });
  if (at === undefined) return;
  timer = setTimeout(
    () => {
      overdue = true;
      document.addEventListener("click", empty, { capture: true });
    },
    at + keptFor - Date.now(),
  );
}

/** Where the browser does not let it, the next click tries again. */
async function empty(): Promise<void> {
  const mine = copiedAt;
  try {
    await navigator.clipboard.writeText("");
  } catch {
    return;
  }
  // That very click may have copied anew.
  if (copiedAt === mine) note(undefined);
}

/** Copies a secret. False where the browser forbids it. */
export async function copySecret(secret: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(secret);
  } catch {
    return false;
  }
  note(Date.now());
  return true;
}

/** Copies what is no secret, and leaves it there. */
export async function copyPlain(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    note(undefined);
    return true;
  } catch {
    return false;
  }
}

const before = keptCopied();
if (before !== undefined) note(before);
