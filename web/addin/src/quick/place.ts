// Where a mail program's panes use QUICK.
import { t } from "@couvert/ui";
import { nameParts } from "@couvert/ui/quick/device-name.ts";
import type { QuickPlace } from "@couvert/ui/quick/person.svelte.ts";

import type { MailProgram } from "../mail-program.ts";
import type { Server } from "../server.ts";

/** As the person's list of devices shall call it. */
function deviceName(program: string): string {
  const system = nameParts(navigator.userAgent)?.system;
  return system === undefined ? program : t("page.quick.device_name", { browser: program, system });
}

export const quickPlace = ({ quick }: Server, { name }: MailProgram): QuickPlace => ({
  quick,
  deviceName: () => deviceName(name),
});
