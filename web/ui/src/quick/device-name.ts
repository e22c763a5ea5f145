// What a person calls this browser: "Firefox on Linux". Browsers pass for each other: the first
// name that fits is the right one.

type Named = readonly (readonly [RegExp, string])[];

const browsers: Named = [
  [/\bEdgA?\/|\bEdgiOS\//, "Edge"],
  [/\bOPR\/|\bOPT\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bThunderbird\//, "Thunderbird"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChromium\/|\bHeadlessChrome\//, "Chromium"],
  [/\bChrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const systems: Named = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

const first = (named: Named, text: string) => named.find(([sign]) => sign.test(text))?.[1];

/** What is told of a browser beside its user agent. */
export interface Hints {
  /** Where the browser names its makers: Chromium and its kin. */
  readonly brands?: readonly string[] | undefined;
  /** A tablet of Apple says that it is a Mac, but is touched. */
  readonly touchPoints?: number;
}

/** Undefined where nothing is known of it. */
export function nameParts(
  userAgent: string,
  { brands, touchPoints = 0 }: Hints = {},
): { browser: string; system: string } | undefined {
  const named = first(browsers, userAgent);
  const isPlain = named === "Chrome" && brands?.includes("Chromium") === true;
  const browser = isPlain && !brands.includes("Google Chrome") ? "Chromium" : named;
  const system = first(systems, userAgent);
  if (browser === undefined || system === undefined) return undefined;
  return { browser, system: system === "macOS" && touchPoints > 1 ? "iPad" : system };
}
