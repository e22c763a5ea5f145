// A language that nobody speaks, made of another: accented, longer by two fifths and in brackets.
//
// For tests only, no page imports it. On a page that speaks it, a plain letter shows a text that
// stands in the code, and a text that is cut shows a box that is too small for some language.

import { partsOf, type Part } from "./messages.ts";

const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const accented = "ÁƁÇĎÉƑĜĤÍĴĶĹḾŃÓṔǪŔŠŤÚṼŴẊÝŽáƀçďéƒĝĥíĵķĺḿńóṕǫŕšťúṽŵẋýž";
const growth = 1.4;

/** Vowels twice, so that words grow too; at the end what lacks still. */
function longer(text: string): string {
  const words = text.replace(/[aeiouy]/gi, "$&$&");
  const missing = Math.ceil(text.length * growth) - words.length;
  return missing > 0 && /\p{L}/u.test(text) ? words + "x".repeat(missing) : words;
}

const accent = (text: string) =>
  text.replace(/[A-Za-z]/g, (letter) => accented[plain.indexOf(letter)] ?? letter);

const quote = (text: string, inPlural: boolean) =>
  text.replace(/'/g, "''").replace(inPlural ? /[{}#]/g : /[{}]/g, "'$&'");

function write(parts: readonly Part[], inPlural: boolean): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return quote(accent(longer(part)), inPlural);
      switch (part.kind) {
        case "count":
          return "#";
        case "argument":
          return `{${part.name}}`;
        case "number":
        case "date":
          return `{${part.name}, ${part.kind}${part.kind === "date" ? ", long" : ""}}`;
        case "plural":
        case "select": {
          const cases = [...part.cases].map(
            ([key, inside]) => `${key} {${write(inside, inPlural || part.kind === "plural")}}`,
          );
          return `{${part.name}, ${part.kind}, ${cases.join(" ")}}`;
        }
      }
    })
    .join("");
}

/** The message in the language that nobody speaks, with the same arguments. */
export const pseudo = (message: string): string => `⟦${write(partsOf(message), false)}⟧`;

/** The texts of the pages in a catalogue. */
export const pseudoCatalogue = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts)
      .filter(([key]) => key.startsWith("page."))
      .map(([key, text]) => [key, pseudo(text)]),
  );
