// Sizes, dates and times as a language writes them.

export type Language = "de" | "nl" | "en";
export const languages: readonly Language[] = ["de", "nl", "en"];

/** What Intl knows them as; English of Europe, with the day before the month. */
const locales: Record<Language, string> = { de: "de-DE", nl: "nl-NL", en: "en-GB" };
export const localeOf = (language: Language): string => locales[language];

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `1,5 MB`, which no line breaks. A megabyte is 1024 × 1024 bytes, as the file managers of most
 * visitors count. */
export function formatSize(bytes: number, language: Language): string {
  let unit = 0;
  let amount = bytes;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const written = new Intl.NumberFormat(locales[language], {
    style: "unit",
    unit: units[unit],
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: unit < 2 || amount >= 100 ? 0 : 1,
  }).format(amount);
  return written.replaceAll(" ", "\u00a0");
}

/** `24. November 2026` */
export function formatDate(time: string | number, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { dateStyle: "long" }).format(new Date(time));
}

/** `24. November 2026 um 14:05` */
export function formatDateTime(time: string | number, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], {
    dateStyle: "long",
    timeStyle: "short",
  }).format(new Date(time));
}

/** `14:05` */
export function formatTime(time: string | number, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { timeStyle: "short" }).format(new Date(time));
}

/** `7 %` */
export function formatPercent(share: number, language: Language): string {
  // Down, never up: 100 % is said only when the last byte is there.
  const whole = Math.floor(share * 100) / 100;
  return new Intl.NumberFormat(locales[language], { style: "percent" }).format(whole);
}

export interface RoughDuration {
  readonly unit: "seconds" | "minutes" | "hours";
  readonly count: number;
}

/** A wait as a clock counts it down: 1:05, also for the last minute. */
export function formatWait(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A remaining time, no more precise than it deserves. Rounded up where somebody has to wait. */
export function roughDuration(seconds: number, round = Math.round): RoughDuration {
  if (seconds < 50) return { unit: "seconds", count: Math.max(5, Math.ceil(seconds / 5) * 5) };
  if (seconds < 5400) return { unit: "minutes", count: Math.max(1, round(seconds / 60)) };
  return { unit: "hours", count: round(seconds / 3600) };
}
