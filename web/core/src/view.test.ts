import { describe, expect, it } from "vitest";

import { endingOf, mayView, textOfBytes, viewKind } from "./view.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("viewKind", () => {
  it("knows the kinds that a page shows, and no other", () => {
    expect(viewKind("image/png")).toBe("image");
    expect(viewKind("audio/mpeg")).toBe("audio");
    expect(viewKind("video/webm")).toBe("video");
    expect(viewKind("application/pdf")).toBe("pdf");
    expect(viewKind("text/plain; charset=utf-8")).toBe("text");
    for (const type of ["text/html", "application/xhtml+xml", "application/octet-stream", ""]) {
      expect(viewKind(type), type).toBeUndefined();
    }
  });
});

describe("mayView", () => {
  const file = (name: string, type = "application/octet-stream", size = 1) => ({
    name,
    type,
    size,
  });

  it("offers to look at what is called like something that can be shown", () => {
    expect(mayView(file("Bilder/Röntgen.JPG"))).toBe(true);
    expect(mayView(file("ohne Endung", "image/png"))).toBe(true);
    expect(mayView(file("befund.txt"))).toBe(true);
  });

  it("does not offer archives, programs, empty files and names that only begin with a dot", () => {
    expect(mayView(file("a.zip"))).toBe(false);
    expect(mayView(file("a.exe"))).toBe(false);
    expect(mayView(file(".png"))).toBe(false);
    expect(mayView(file("a.png", "image/png", 0))).toBe(false);
  });

  it("takes the ending of the name, not of a folder", () => {
    expect(endingOf("ordner.png/befund")).toBe("");
    expect(endingOf("a.tar.GZ")).toBe("gz");
  });
});

describe("textOfBytes", () => {
  it("reads UTF-8, UTF-16 with its mark, and else Windows-1252", () => {
    expect(textOfBytes(bytes("Größe 🦷"))).toBe("Größe 🦷");
    expect(textOfBytes(new Uint8Array([0xff, 0xfe, 0xf6, 0]))).toBe("ö");
    expect(textOfBytes(new Uint8Array([0xfe, 0xff, 0, 0xf6]))).toBe("ö");
    expect(textOfBytes(new Uint8Array([0x47, 0xf6, 0x80]))).toBe("Gö€");
  });

  it("leaves out the half of a character at the cut end, and nothing else", () => {
    const whole = bytes("aö🦷");
    expect(textOfBytes(whole.slice(0, 5), true)).toBe("aö");
    expect(textOfBytes(whole.slice(0, 2), true)).toBe("a");
    expect(textOfBytes(whole, true)).toBe("aö🦷");
  });
});
