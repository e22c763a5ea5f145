// What every page begins with: Office, then the look of its theme.
import { begin } from "@couvert/addin/begin.ts";
import type { MailProgram } from "@couvert/addin/mail-program.ts";
import type { Component } from "svelte";

import { inTime } from "./office.ts";
import { program } from "./program.ts";
import { follow } from "./theme.ts";
import NoAnswer from "./NoAnswer.svelte";

/** Nobody looks at an empty pane for longer. */
const readyTimeMax = 30_000;

/** Where Microsoft's script did not come, or has no answer, nothing of Outlook is there. */
const isReady = (): Promise<boolean> =>
  inTime(async () => Office.onReady(), readyTimeMax).then(
    () => true,
    () => false,
  );

export async function start<Props extends { program: MailProgram }>(
  page: Component<Props>,
  more: () => Omit<Props, "program">,
): Promise<void> {
  if (!(await isReady())) {
    await begin(NoAnswer, { program: { ...program, languages: () => navigator.languages } });
    return;
  }
  follow(Office.context.officeTheme?.bodyBackgroundColor);
  await begin(page, { program, ...more() } as Props);
}
