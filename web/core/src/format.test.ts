import { describe, expect, it } from "vitest";

import { formatPercent, formatSize, formatTime, formatWait, roughDuration } from "./format.ts";
import { dayAhead, endOfDay, toApiTime, toDay } from "./time.ts";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("formatSize", () => {
  it.each([
    [0, "0 Byte"],
    [999, "999 Byte"],
    [1024, "1 kB"],
    [1_500_000, "1,4 MB"],
    [150 * 1024 * 1024, "150 MB"],
    [2 * 1024 ** 3, "2 GB"],
    [3 * 1024 ** 4, "3 TB"],
  ])("writes %d bytes in German as %s", (bytes, written) => {
    expect(plain(formatSize(bytes, "de"))).toBe(written);
  });

  it("follows the language", () => {
    expect(plain(formatSize(1_500_000, "en"))).toBe("1.4 MB");
    expect(plain(formatSize(1, "nl"))).toBe("1 byte");
  });
});

describe("formatPercent", () => {
  it("says 100 % only for all of it", () => {
    expect(plain(formatPercent(0.9999, "de"))).toBe("99 %");
    expect(plain(formatPercent(1, "de"))).toBe("100 %");
  });
});

it("a wait counts down like a clock", () => {
  expect([1, 59, 60, 65, 900, 3600].map(formatWait)).toEqual([
    "0:01",
    "0:59",
    "1:00",
    "1:05",
    "15:00",
    "60:00",
  ]);
});

describe("roughDuration", () => {
  it.each([
    [0, "seconds", 5],
    [12, "seconds", 15],
    [60, "minutes", 1],
    [600, "minutes", 10],
    [7200, "hours", 2],
  ])("makes of %d seconds: %s, %d", (seconds, unit, count) => {
    expect(roughDuration(seconds)).toEqual({ unit, count });
  });

  it("never sends anybody back too early", () => {
    const waits = [61, 3540, 3541, 7201].map((seconds) => roughDuration(seconds, Math.ceil));
    expect(waits.map(({ unit, count }) => `${count} ${unit}`)).toEqual([
      "2 minutes",
      "59 minutes",
      "60 minutes",
      "3 hours",
    ]);
  });
});

describe("days", () => {
  const noon = new Date(2026, 10, 22, 12).getTime();

  it("end at their last second, in the visitor's time", () => {
    const end = endOfDay("2026-11-25", noon, 10)!;
    expect(toDay(end)).toBe("2026-11-25");
    expect(formatTime(end, "de")).toBe("23:59");
  });

  it("never reach beyond the policy", () => {
    expect(endOfDay("2026-12-02", noon, 10)).toBe(noon + 10 * 86_400_000 - 60_000);
    expect(endOfDay("2026-12-03", noon, 10)).toBeUndefined();
    expect(dayAhead(noon, 10)).toBe("2026-12-02");
  });

  it("take today, but no day that is over, and nothing that is no day", () => {
    expect(endOfDay("2026-11-22", noon, 10)).toBeDefined();
    expect(endOfDay("2026-11-21", noon, 10)).toBeUndefined();
    expect(endOfDay("", noon, 10)).toBeUndefined();
    expect(endOfDay("2026-11", noon, 10)).toBeUndefined();
  });

  it("become the API's times", () => {
    expect(toApiTime(Date.UTC(2026, 10, 22, 12, 0, 0, 7))).toBe("2026-11-22T12:00:00Z");
  });
});
