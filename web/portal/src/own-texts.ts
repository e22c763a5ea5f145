// The organisation's own texts: imprint, privacy, terms.
import type { Language, Server } from "@couvert/core";

export const textNames = ["imprint", "privacy", "terms"] as const;
export type TextName = (typeof textNames)[number];

/** A paragraph or, behind a line's "# ", a heading. */
export interface Block {
  readonly kind: "heading" | "paragraph";
  readonly text: string;
}

/** The language that a text is shown in: the reader's, or the first that it is there in. */
export function languageOf(
  server: Server | undefined,
  name: TextName,
  wanted: Language,
): Language | undefined {
  const there = server?.texts[name] ?? [];
  return there.includes(wanted) ? wanted : there[0];
}

/** Parted by empty lines; lines within a paragraph stay lines. Nothing in it is markup. */
export function blocksOf(text: string): Block[] {
  const lines = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  return lines
    .replace(/^# .*$/gm, "\n$&\n")
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) =>
      part.startsWith("# ")
        ? { kind: "heading", text: part.slice(2).trim() }
        : { kind: "paragraph", text: part },
    );
}

const deadline = 30_000;

/** Nothing where it cannot be had now. */
export async function readOwnText(name: TextName, language: Language): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(deadline);
    const answer = await fetch(`/look/${name}.${language}.txt`, { signal });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}
