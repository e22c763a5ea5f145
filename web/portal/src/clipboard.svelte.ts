// The password on the clipboard, and its end.
//
// A page may write to the clipboard only upon a click: so five minutes after the copy it is emptied
// at the next click, and until then the page says that the password is still there.

const keptFor = 5 * 60_000;

let copiedAt = $state<number | undefined>();
let overdue = $state(false);

export const clipboardHolds = (): boolean => copiedAt !== undefined;
export const clipboardOverdue = (): boolean => overdue;

async function empty(): Promise<void> {
  try {
    await navigator.clipboard.writeText("");
  } catch {
    return;
  }
  copiedAt = undefined;
  overdue = false;
}

/** Copies a secret. False where the browser forbids it. */
export async function copySecret(secret: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(secret);
  } catch {
    return false;
  }
  copiedAt = Date.now();
  overdue = false;
  const mine = copiedAt;
  setTimeout(() => {
    if (copiedAt !== mine) return;
    overdue = true;
    document.addEventListener(
      "click",
      () => {
        if (overdue) void empty();
      },
      { once: true, capture: true },
    );
  }, keptFor);
  return true;
}

/** Copies what is no secret, and leaves it there. */
export async function copyPlain(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    copiedAt = undefined;
    return true;
  } catch {
    return false;
  }
}
