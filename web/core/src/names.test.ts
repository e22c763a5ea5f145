import { describe, expect, it } from "vitest";

import { formatMessage } from "./messages.ts";
import { isolated, shownName } from "./names.ts";

describe("shownName", () => {
  it("lets no sign turn a name: each becomes what it becomes in a ZIP", () => {
    expect(shownName("evil\u202efdp.exe")).toBe("evil_fdp.exe");
    expect(shownName("a\u061cb\u200fc\u2066d\u2069e\u2028f")).toBe("a_b_c_d_e_f");
  });

  it.each(["Größe & Maß (1).txt", "עברית.txt", "👩\u200d⚕️ e\u0301.bin", ""])(
    "leaves %s",
    (name) => {
      expect(shownName(name)).toBe(name);
    },
  );
});

describe("isolated", () => {
  it("keeps a name that runs from right to left apart from what stands around it", () => {
    expect(isolated("שלום 1")).toBe("\u2068שלום 1\u2069");
    expect(isolated("سلام")).toBe("\u2068سلام\u2069");
    expect(formatMessage("{name} 3", { name: "שלום" }, "en")).toBe("\u2068שלום\u2069 3");
  });

  it("leaves other names as they are, and lets none out of its place", () => {
    expect(isolated("Anna Müller")).toBe("Anna Müller");
    expect(isolated("ש\u2069\u202eabc")).toBe("\u2068ש__abc\u2069");
    expect(formatMessage("{name} 3", { name: "Anna\u202e exe" }, "en")).toBe("Anna_ exe 3");
  });
});
