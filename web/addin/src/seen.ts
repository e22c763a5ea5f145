/** For what appears away from the button that was pressed: a narrow pane is long. */
export function seen(part: HTMLElement): void {
  const scroll = () => {
    part.scrollIntoView({ block: "nearest" });
  };
  scroll();
  // Once more when it is drawn: browsers keep what was in sight where something appears above it.
  requestAnimationFrame(() => requestAnimationFrame(scroll));
}
