/** For what appears away from the button that was pressed: a narrow pane is long. */
export function seen(part: HTMLElement): void {
  part.scrollIntoView({ block: "nearest" });
}
