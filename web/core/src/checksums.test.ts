import { describe, expect, it } from "vitest";

import { checksumTable } from "./checksums.ts";

describe("checksumTable", () => {
  it("writes a line for each file", () => {
    expect(checksumTable([{ name: "Größe.txt", size: 3, crc32: "0012ab34" }])).toBe(
      "\uFEFFname,bytes,crc32\r\nGröße.txt,3,0012ab34\r\n",
    );
  });

  it("has SHA-256 where the transfer has it", () => {
    const table = checksumTable([
      { name: "a", size: 0, crc32: "00000000", sha256: "e3b0" },
      { name: "b", size: 0, crc32: "00000000" },
    ]);
    expect(table).toContain("\r\na,0,00000000,e3b0\r\nb,0,00000000,\r\n");
  });

  it("quotes what would break the line, and disarms what would be a formula", () => {
    const names = ['a"b,c.txt', "=HYPERLINK(1)", "+1", "-1", "@x", "a=b"];
    const lines = checksumTable(names.map((name) => ({ name, size: 1, crc32: "00000000" })));
    expect(lines.split("\r\n").slice(1, -1)).toEqual([
      '"a""b,c.txt",1,00000000',
      "'=HYPERLINK(1),1,00000000",
      "'+1,1,00000000",
      "'-1,1,00000000",
      "'@x,1,00000000",
      "a=b,1,00000000",
    ]);
  });
});
