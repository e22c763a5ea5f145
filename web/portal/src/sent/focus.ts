// Where the focus goes when what had it disappears.

/** Once the page is drawn anew. */
export function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}
