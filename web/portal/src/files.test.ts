import { describe, expect, it } from "vitest";

import { newFiles, type PickedFile } from "./files.ts";

const picked = (name: string, size = 1, lastModified = 5): PickedFile => ({
  name,
  file: { size, lastModified } as File,
});
const names = (files: readonly PickedFile[]) => files.map(({ name }) => name);

describe("newFiles", () => {
  it("lists files by name, numbers by their value", () => {
    const files = ["b.txt", "a 10.txt", "a 9.txt"].map((name) => picked(name));
    expect(names(newFiles(files, [], []))).toEqual(["a 9.txt", "a 10.txt", "b.txt"]);
  });

  it("leaves out what is held already", () => {
    const held = [picked("a.txt")];
    expect(newFiles([picked("a.txt")], held, ["a.txt"])).toEqual([]);
  });

  it("gives another file of the same name a number before its ending", () => {
    const held = [picked("x/Brief.pdf"), picked("x/Brief (2).pdf")];
    const taken = names(held);
    expect(names(newFiles([picked("x/brief.pdf", 2)], held, taken))).toEqual(["x/brief (3).pdf"]);
    expect(names(newFiles([picked("v1.0/README", 2)], [], ["v1.0/readme"]))).toEqual([
      "v1.0/README (2)",
    ]);
    expect(names(newFiles([picked(".env", 2)], [], [".env"]))).toEqual([".env (2)"]);
  });
});
