// Reads the vectors of tests/vectors for tests (its README.md has the notation).

import { readdirSync, readFileSync } from "node:fs";

import { join, utf8, type Bytes } from "../bytes.ts";
import type { Result } from "../result.ts";

const folder = new URL("../../../../tests/vectors/", import.meta.url);

const fromHex = (text: string): Bytes =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

function termBytes(term: string): Bytes {
  if (term.startsWith("'")) return utf8(term.slice(1, -1));
  const [, name, list = ""] = /^(\w+)\((.*)\)$/.exec(term) ?? [];
  const [first = "", from = "", to = ""] = list.split(",");
  switch (name) {
    case undefined:
      return fromHex(term);
    case "repeat":
      return new Uint8Array(Number(from)).fill(Number.parseInt(first, 16));
    case "pattern":
      return Uint8Array.from({ length: Number(first) }, (_, at) => (7 * at + 3) % 256);
    case "data":
      return new Uint8Array(readFileSync(new URL(`data/${first}.bin`, folder))).slice(+from, +to);
    default:
      throw new Error(term);
  }
}

export interface Vector {
  readonly name: string;
  readonly expect: string;
  text(field: string): string;
  number(field: string): number;
  bytes(field: string): Bytes;
}

function vector(kind: string, file: string): Vector {
  const lines = readFileSync(new URL(`${kind}/${file}`, folder), "utf8")
    .trimEnd()
    .split("\n");
  const fields = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const text = (field: string): string => {
    const value = fields.get(field);
    if (value === undefined) throw new Error(`${kind}/${file} has no ${field}`);
    return value;
  };
  return {
    name: `${kind}/${file}`,
    expect: text("expect"),
    text,
    number: (field) => Number(text(field)),
    bytes: (field) => join(...(text(field).match(/'[^']*'|[^ ']+/g) ?? []).map(termBytes)),
  };
}

/** All cases of a kind. */
export const vectorsOf = (kind: string): Vector[] =>
  readdirSync(new URL(kind, folder))
    .sort()
    .map((file) => vector(kind, file));

/** The word that a vector has for a result. */
export const outcomeOf = <T>(result: Result<T>): string => (result.ok ? "ok" : result.code);
