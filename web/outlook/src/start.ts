// What every page begins with: Office, then the look of its theme.
import { begin } from "@couvert/addin/begin.ts";
import type { MailProgram } from "@couvert/addin/mail-program.ts";
import type { Component } from "svelte";

import { program } from "./program.ts";
import { follow } from "./theme.ts";

export async function start<Props extends { program: MailProgram }>(
  page: Component<Props>,
  more: () => Omit<Props, "program">,
): Promise<void> {
  await Office.onReady();
  follow(Office.context.officeTheme?.bodyBackgroundColor);
  await begin(page, { program, ...more() } as Props);
}
