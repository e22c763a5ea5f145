// The part of ICU MessageFormat that our pages use, in a tenth of the bytes of a library.
//
// Known: `{name}`, `{n, number}`, `{d, date}`, `{n, plural, =0 {…} one {…} other {# …}}`,
// `{s, select, a {…} other {…}}`, and ICU's apostrophes: '' is one, '{' opens a literal.
// A value keeps to its place, whatever the direction of its script (names.ts).
// A test formats every text of the catalogues with intl-messageformat, too, and compares.

import { formatDate, localeOf, type Language } from "./format.ts";
import { isolated } from "./names.ts";

export type Values = Readonly<Record<string, string | number>>;

/** A piece of a message that was read. */
export type Part =
  | string
  | { readonly kind: "argument" | "number" | "date"; readonly name: string }
  | { readonly kind: "count" }
  | {
      readonly kind: "plural" | "select";
      readonly name: string;
      readonly cases: ReadonlyMap<string, readonly Part[]>;
    };

interface Reader {
  readonly text: string;
  at: number;
}

function take(reader: Reader, pattern: RegExp): string {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  if (found === undefined) throw new Error(`message, character ${reader.at}: ${reader.text}`);
  reader.at += found.length;
  return found.trim();
}

/** What stands between apostrophes, or one apostrophe. */
function quoted(reader: Reader): string {
  const { text } = reader;
  reader.at += 1;
  if (text[reader.at] === "'") {
    reader.at += 1;
    return "'";
  }
  if (!/[{}#|]/.test(text[reader.at] ?? "")) return "'";
  let literal = "";
  while (reader.at < text.length) {
    if (text[reader.at] === "'") {
      reader.at += 1;
      if (text[reader.at] !== "'") return literal;
    }
    literal += text[reader.at];
    reader.at += 1;
  }
  return literal;
}

function readCases(reader: Reader, inPlural: boolean): Map<string, readonly Part[]> {
  const cases = new Map<string, readonly Part[]>();
  for (;;) {
    take(reader, /\s*/y);
    if (reader.text[reader.at] === "}") break;
    const key = take(reader, /=?\w+\s*/y);
    take(reader, /\{/y);
    cases.set(key, readParts(reader, inPlural));
    take(reader, /\}\s*/y);
  }
  return cases;
}

function readArgument(reader: Reader): Part {
  take(reader, /\{\s*/y);
  const name = take(reader, /\w+\s*/y);
  if (reader.text[reader.at] === "}") {
    // No white space after it is taken: that is text.
    reader.at += 1;
    return { kind: "argument", name };
  }
  take(reader, /,\s*/y);
  const kind = take(reader, /(?:number|date|plural|select)\s*/y) as
    "number" | "date" | "plural" | "select";
  if (kind === "number" || kind === "date") {
    take(reader, /(?:,\s*long\s*)?\}/y);
    return { kind, name };
  }
  take(reader, /,\s*/y);
  const cases = readCases(reader, kind === "plural");
  take(reader, /\}/y);
  return { kind, name, cases };
}

function readParts(reader: Reader, inPlural: boolean): readonly Part[] {
  const parts: Part[] = [];
  let literal = "";
  while (reader.at < reader.text.length && reader.text[reader.at] !== "}") {
    const letter = reader.text[reader.at];
    if (letter === "'") {
      literal += quoted(reader);
    } else if (letter === "{" || (letter === "#" && inPlural)) {
      if (literal !== "") parts.push(literal);
      literal = "";
      if (letter === "{") {
        parts.push(readArgument(reader));
      } else {
        reader.at += 1;
        parts.push({ kind: "count" });
      }
    } else {
      literal += letter;
      reader.at += 1;
    }
  }
  if (literal !== "") parts.push(literal);
  return parts;
}

const read = new Map<string, readonly Part[]>();

/** The pieces of a message, in their order. Throws for a text that is wrong in the catalogue. */
export function partsOf(message: string): readonly Part[] {
  let parts = read.get(message);
  if (!parts) {
    const reader = { text: message, at: 0 };
    parts = readParts(reader, false);
    if (reader.at < message.length) throw new Error(`message, character ${reader.at}: ${message}`);
    read.set(message, parts);
  }
  return parts;
}

interface Context {
  readonly values: Values;
  readonly language: Language;
  readonly count: number;
}

function chosen(part: Extract<Part, { kind: "plural" | "select" }>, context: Context) {
  const value = context.values[part.name] ?? "";
  if (part.kind === "select") return part.cases.get(String(value)) ?? part.cases.get("other");
  const rule = new Intl.PluralRules(localeOf(context.language)).select(Number(value));
  return part.cases.get(`=${value}`) ?? part.cases.get(rule) ?? part.cases.get("other");
}

function write(parts: readonly Part[], context: Context): string {
  const { values, language } = context;
  const number = (value: unknown) =>
    new Intl.NumberFormat(localeOf(language)).format(Number(value));
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      switch (part.kind) {
        case "count":
          return number(context.count);
        case "number":
          return number(values[part.name]);
        case "date":
          return formatDate(values[part.name] ?? "", language);
        case "argument":
          return isolated(String(values[part.name] ?? ""));
        case "plural":
        case "select":
          return write(chosen(part, context) ?? [], {
            ...context,
            count: part.kind === "plural" ? Number(values[part.name]) : context.count,
          });
      }
    })
    .join("");
}

/** The message in that language. Throws only for a text that is wrong in the catalogue. */
export function formatMessage(message: string, values: Values, language: Language): string {
  return write(partsOf(message), { values, language, count: 0 });
}
