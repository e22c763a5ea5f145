// Which page is shown: the address bar decides, the browser's Back works.

interface Place {
  readonly path: string;
  readonly search: string;
  /** The wizard's step, where the page has some. */
  readonly step: string | undefined;
}

function readPlace(): Place {
  const state = history.state as { step?: string } | null;
  return { path: location.pathname, search: location.search, step: state?.step };
}

let place = $state.raw(readPlace());
let moved = false;

window.addEventListener("popstate", () => {
  moved = true;
  place = readPlace();
});

/** Whether the visitor has gone from one page to another yet; then its heading takes the focus. */
export const hasMoved = (): boolean => moved;

export const currentPlace = (): Place => place;

/** What is shown changed at the same address. */
export function noteMove(): void {
  moved = true;
}

interface GoOptions {
  readonly step?: string;
  readonly replace?: boolean;
}

/** Shows another page, or another step of this one. */
export function go(path: string, { step, replace = false }: GoOptions = {}): void {
  const state = step === undefined ? null : { step };
  if (replace) history.replaceState(state, "", path);
  else history.pushState(state, "", path);
  if (!replace) moved = true;
  place = readPlace();
  window.scrollTo(0, 0);
}

/** For links within the portal; whoever asks for a new tab gets one. */
export function follow(event: MouseEvent): void {
  const link = (event.currentTarget as HTMLElement).closest("a");
  const special = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || special || event.button !== 0) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
