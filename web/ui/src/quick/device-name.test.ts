import { describe, expect, it } from "vitest";

import { nameParts } from "./device-name.ts";

const mozilla = "Mozilla/5.0";
const like = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("the name of a browser", () => {
  it.each([
    [`${mozilla} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`, "Firefox", "Linux"],
    [
      `${mozilla} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0`,
      "Thunderbird",
      "Linux",
    ],
    [
      `${mozilla} (Windows NT 10.0; Win64; x64) ${like} Chrome/140.0.0.0 Safari/537.36`,
      "Chrome",
      "Windows",
    ],
    [
      `${mozilla} (Windows NT 10.0) ${like} Chrome/140.0 Safari/537.36 Edg/140.0`,
      "Edge",
      "Windows",
    ],
    [
      `${mozilla} (Linux; Android 14; SM-S911B) ${like} SamsungBrowser/25.0 Chrome/121.0 Mobile`,
      "Samsung Internet",
      "Android",
    ],
    [
      `${mozilla} (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E Safari/604.1`,
      "Safari",
      "iPhone",
    ],
    [
      `${mozilla} (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15`,
      "Safari",
      "macOS",
    ],
    [`${mozilla} (X11; CrOS x86_64 14541.0.0) ${like} Chrome/140.0`, "Chrome", "ChromeOS"],
    [`${mozilla} (X11; Linux x86_64) ${like} HeadlessChrome/140.0`, "Chromium", "Linux"],
  ])("%s", (userAgent, browser, system) => {
    expect(nameParts(userAgent)).toEqual({ browser, system });
  });

  it("tells Chromium from Chrome by its makers, and a tablet from a Mac by touch", () => {
    const linux = `${mozilla} (X11; Linux x86_64) ${like} Chrome/140.0 Safari/537.36`;
    const plain = ["Not=A?Brand", "Chromium"];
    expect(nameParts(linux, { brands: plain })?.browser).toBe("Chromium");
    expect(nameParts(linux, { brands: [...plain, "Google Chrome"] })?.browser).toBe("Chrome");
    const mac = `${mozilla} (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15`;
    expect(nameParts(mac, { touchPoints: 5 })?.system).toBe("iPad");
  });

  it("is none where nothing is known", () => {
    expect(nameParts("curl/8.0")).toBeUndefined();
  });
});
