// The host's theme goes before the device's: a dark Outlook on a light desk has dark panes.

function brightness(colour: string): number | undefined {
  const found = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
  if (!found) return undefined;
  const [red, green, blue] = found.slice(1).map((hex) => Number.parseInt(hex, 16));
  return (red! * 299 + green! * 587 + blue! * 114) / 1000;
}

/** Whether a theme is dark; undefined where it says nothing. */
export function isDark(background: string | undefined): boolean | undefined {
  const bright = brightness(background ?? "");
  return bright === undefined ? undefined : bright < 128;
}

/** Makes the rules for dark devices hold, or not, as the theme says. */
export function follow(background: string | undefined): void {
  const dark = isDark(background);
  if (dark === undefined) return;
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      const isOurs = rule instanceof CSSMediaRule;
      if (isOurs && rule.conditionText.includes("prefers-color-scheme: dark")) {
        rule.media.mediaText = dark ? "screen" : "not all";
      }
    }
  }
}
