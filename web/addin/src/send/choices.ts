// What a person chose in the form: it comes back where another pane goes on.
import type { Language, PasswordFrom } from "@couvert/core";

export interface Choices {
  /** Until when. */
  day: string;
  language: Language;
  mode: PasswordFrom;
  /** Somebody may have been told of it already; what the person typed is typed again. */
  generated: string;
  notifyDelivery: boolean;
  notifyDownload: boolean;
  showFileNames: boolean;
}

/** Without what else a form has. */
export const choicesOf = (form: Choices): Choices => ({
  day: form.day,
  language: form.language,
  mode: form.mode,
  generated: form.generated,
  notifyDelivery: form.notifyDelivery,
  notifyDownload: form.notifyDownload,
  showFileNames: form.showFileNames,
});
