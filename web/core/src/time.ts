// Dates of the form and times of the API.

const dayMilliseconds = 86_400_000;

/** The API's form: `2026-11-22T12:00:00Z`. */
export function toApiTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A day as `<input type=date>` holds it, in the visitor's own time zone. */
export function toDay(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * The last second of a chosen day in the visitor's time zone, at most `daysMax` days from now.
 * Undefined where it is no day, is over, or lies beyond the last day that `daysMax` reaches.
 */
export function endOfDay(day: string, now: number, daysMax: number): number | undefined {
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const end = new Date(year, month - 1, date, 23, 59, 59).getTime();
  // A minute less: the request takes its time, and clocks differ a little.
  const last = now + daysMax * dayMilliseconds - 60_000;
  if (Number.isNaN(end) || end <= now || day > toDay(last)) return undefined;
  return Math.min(end, last);
}

/** The day so many days from now. */
export const dayAhead = (now: number, days: number): string =>
  toDay(now + days * dayMilliseconds - 60_000);
