import { describe, expect, it } from "vitest";

import { bytesOf, filesOfEntries, known, newFiles, sameOf, type PickedFile } from "./files.ts";

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
    const held = [known(picked("a.txt"))];
    expect(newFiles([picked("a.txt")], held, ["a.txt"])).toEqual([]);
  });

  it("gives another file of the same name a number before its ending", () => {
    const taken = ["x/Brief.pdf", "x/Brief (2).pdf"];
    const held = taken.map((name) => known(picked(name)));
    expect(names(newFiles([picked("x/brief.pdf", 2)], held, taken))).toEqual(["x/brief (3).pdf"]);
    expect(names(newFiles([picked("v1.0/README", 2)], [], ["v1.0/readme"]))).toEqual([
      "v1.0/README (2)",
    ]);
    expect(names(newFiles([picked(".env", 2)], [], [".env"]))).toEqual([".env (2)"]);
  });
});

describe("bytesOf", () => {
  it("lets the page answer after each hundred files", async () => {
    let pauses = 0;
    const files = Array.from({ length: 250 }, (_, at) => picked(`f${at}`, 3));
    const pause = async () => void (pauses += 1);
    expect(await bytesOf(files, pause)).toBe(750);
    expect(pauses).toBe(2);
  });
});

describe("sameOf", () => {
  it("finds a file by name, size and the time of its last change", () => {
    const there = [known(picked("a.txt")), known(picked("b.txt", 2))];
    const files = [picked("b.txt", 2), picked("a.txt", 1, 6), picked("a.txt")];
    expect(sameOf(files, there)).toEqual([there[1], undefined, there[0]]);
  });
});

/** A tree as a browser hands it over; a folder gives at most two entries at a time, then none. */
type Tree = { readonly [name: string]: Tree | "file" | "broken" };

function entryOf(path: string, content: Tree | "file" | "broken"): FileSystemEntry {
  if (typeof content === "string") {
    return {
      isFile: true,
      fullPath: path,
      file: (done: (file: File) => void, failed: (error: Error) => void) => {
        if (content === "file") done({ size: 1, lastModified: 5 } as File);
        else failed(new Error("gone"));
      },
    } as unknown as FileSystemEntry;
  }
  const inside = Object.entries(content).map(([name, one]) => entryOf(`${path}/${name}`, one));
  return {
    isFile: false,
    fullPath: path,
    createReader: () => ({
      readEntries: (done: (entries: FileSystemEntry[]) => void) => {
        done(inside.splice(0, 2));
      },
    }),
  } as unknown as FileSystemEntry;
}

describe("filesOfEntries", () => {
  const walk = (tree: Tree, filesMax = 100) =>
    filesOfEntries(
      Object.entries(tree).map(([name, one]) => entryOf(`/${name}`, one)),
      filesMax,
    );

  it("keeps the folders as paths, however many lie in one", async () => {
    const dropped = await walk({
      "a.txt": "file",
      x: { "1": "file", "2": "file", "3": "file", y: { z: { "b.txt": "file" }, empty: {} } },
    });
    expect(names(dropped.files).sort()).toEqual(["a.txt", "x/1", "x/2", "x/3", "x/y/z/b.txt"]);
    expect(dropped.unreadable).toEqual([]);
  });

  it("takes what can be read and names what cannot", async () => {
    const dropped = await walk({ x: { "a.txt": "file", "b.txt": "broken" } });
    expect(names(dropped.files)).toEqual(["x/a.txt"]);
    expect(dropped.unreadable).toEqual(["x/b.txt"]);
  });

  it("stops where there are too many", async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`f${at}`, "file"]));
    const dropped = await walk({ x: many as Tree, y: many as Tree }, 60);
    expect(dropped.files).toHaveLength(61);
  });
});
