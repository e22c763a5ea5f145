// Lists of recipients that a generator writes, from a seed that a failure prints.
import { describe, expect, it } from "vitest";

import { addressKey, isAddress, parseRecipients } from "./addresses.ts";

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const seeds = Array.from({ length: 300 }, (_, index) => index + 1);

function pick<Item>(random: () => number, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

const times = (random: () => number, most: number) => Math.floor(random() * (most + 1));

const names = ["", "Ann Doe ", '"Doe, Ann" ', '"Doe; Ann, Dr." ', "Ärztin Müller ", "O'Neill "];
const separators = [", ", ",", "; ", ";", "\n", "\r\n", "\t", ";\n\n", " ,"];
const rubbish = [
  ..." ,;\t\n\r<>\"'()@.:?\\[]",
  "mailto:",
  "a",
  "é",
  "😀",
  "\u202e",
  "\0",
  "@x.org",
  "<@",
];

describe("parseRecipients, from a seed", () => {
  it("finds every address of a list once and in its order, however it is written", () => {
    for (const seed of seeds) {
      const random = generator(seed);
      const written = Array.from({ length: 1 + times(random, 8) }, () => {
        const local = pick(random, ["ann", "Bob", "c.d", "e+f", "g-h", "i_j"]);
        return `${local}${times(random, 5)}@${pick(random, ["example.org", "mail.example.net"])}`;
      });
      const text = written
        .map((address) => {
          const name = pick(random, names);
          const inner = name || random() < 0.3 ? `${name}<${address}>` : address;
          return inner + pick(random, separators);
        })
        .join("");
      const found = parseRecipients(text);
      expect(
        found.map(({ address }) => addressKey(address)),
        `seed ${seed}: ${JSON.stringify(text)}`,
      ).toEqual([...new Set(written.map(addressKey))]);
      expect(found.every(({ valid }) => valid)).toBe(true);
    }
  });

  it("takes any text: nothing is thrown, nothing is there twice, only addresses are valid", () => {
    for (const seed of seeds) {
      const random = generator(seed);
      const text = Array.from({ length: times(random, 60) }, () => pick(random, rubbish)).join("");
      const found = parseRecipients(text);
      const keys = found.map(({ address }) => addressKey(address));
      expect(new Set(keys).size, `seed ${seed}: ${JSON.stringify(text)}`).toBe(keys.length);
      for (const { address, valid } of found) {
        expect(address.trim(), `seed ${seed}`).not.toBe("");
        expect(valid).toBe(isAddress(address));
      }
    }
  });

  it.each(['"', "<", "<@", '"<', "a,", "<a@b ", ", <", "@.", "mailto:", "(<"])(
    "comes to an end with twenty thousand characters of %s",
    (piece) => {
      const text = piece.repeat(20_000 / piece.length);
      expect(parseRecipients(text).length).toBeLessThanOrEqual(text.length);
      expect(isAddress(`a@${text}`)).toBe(false);
    },
  );
});
