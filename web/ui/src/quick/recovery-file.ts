// The recovery code as a text file, for whoever keeps it so.
import { formatDateTime } from "@couvert/core";

import { currentLanguage, t } from "../texts.svelte.ts";

export interface Recovery {
  readonly address: string;
  /** Where it is typed one day. */
  readonly place: string;
  readonly code: string;
  /** When it was made. */
  readonly made: string;
}

export function recoveryFile({ address, place, code, made }: Recovery): File {
  const written = code.match(/.{1,4}/g)?.join(" ") ?? code;
  const values = { address, place, code: written, date: formatDateTime(made, currentLanguage()) };
  const text = t("page.quick.file_text", values).replace(/[\u2068\u2069]/g, "");
  // Editors of Windows know line ends of their own.
  const type = "text/plain;charset=utf-8";
  return new File([text.replaceAll("\n", "\r\n")], t("page.quick.file_name"), { type });
}
