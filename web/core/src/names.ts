// Names that others chose (of files, of people) where a page shows them. What a name is stays as it
// is: only how it looks is decided here (decision 0135).

// What turns the writing or breaks its line: the same signs that a ZIP's names lose.
const turning = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

// Blocks of the scripts that are written from right to left.
const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The name with "_" for what would make it look like another, as it is called once saved. */
export const shownName = (name: string): string => name.replace(turning, "_");

/** The name as part of a sentence, whose order it must not change. */
export function isolated(name: string): string {
  const shown = shownName(name);
  return rightToLeft.test(shown) ? `\u2068${shown}\u2069` : shown;
}
