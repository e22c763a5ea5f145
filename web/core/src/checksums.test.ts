import { describe, expect, it } from "vitest";

import { checksumTable } from "./checksums.ts";

describe("checksumTable", () => {
  it("writes a line for each file, also for one without a sum", () => {
    const table = checksumTable([
      { name: "Größe.txt", size: 3, sha256: "e3b0" },
      { name: "b", size: 0 },
    ]);
    expect(table).toBe("\uFEFFname,bytes,sha256\r\nGröße.txt,3,e3b0\r\nb,0,\r\n");
  });

  it("quotes what would break the line, and disarms what would be a formula", () => {
    const names = ['a"b,c.txt', "=HYPERLINK(1)", "+1", "-1", "@x", "a=b"];
    const lines = checksumTable(names.map((name) => ({ name, size: 1, sha256: "00" })));
    expect(lines.split("\r\n").slice(1, -1)).toEqual([
      '"a""b,c.txt",1,00',
      "'=HYPERLINK(1),1,00",
      "'+1,1,00",
      "'-1,1,00",
      "'@x,1,00",
      "a=b,1,00",
    ]);
  });
});
