// How far an upload is, in one line of words.

import { formatPercent, formatSize, roughDuration } from "@couvert/core";
import { currentLanguage, t } from "@couvert/ui";

import { isOnline } from "../online.svelte.ts";

interface Progress {
  /** Of the bytes, from 0 to 1. */
  readonly share: number;
  /** Bytes a second, where that is known. */
  readonly speed: number | undefined;
  readonly bytesLeft: number;
}

/** `42 % · 3.1 MB a second · about 2 minutes left`; without a line, nobody knows how long. */
export function progressText({ share, speed, bytesLeft }: Progress): string {
  const parts = [formatPercent(share, currentLanguage())];
  if (isOnline() && speed !== undefined && speed > 0) {
    const { unit, count } = roughDuration(bytesLeft / speed);
    parts.push(t("page.upload.speed", { size: formatSize(speed, currentLanguage()) }));
    parts.push(t("page.upload.left", { unit, count }));
  }
  return parts.join(" · ");
}
