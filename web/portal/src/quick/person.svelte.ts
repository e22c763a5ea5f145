// QUICK of one address in this browser.
import type { Verification } from "@couvert/core";
import { t } from "@couvert/ui";
import { nameParts } from "@couvert/ui/quick/device-name.ts";
import { QuickPerson as Person } from "@couvert/ui/quick/person.svelte.ts";

import { quick } from "./quick.ts";

/** How this browser is called in the list of devices. */
function deviceName(): string {
  const { userAgentData } = navigator as {
    userAgentData?: { brands?: readonly { brand: string }[] };
  };
  const parts = nameParts(navigator.userAgent, {
    brands: userAgentData?.brands?.map(({ brand }) => brand),
    touchPoints: navigator.maxTouchPoints,
  });
  return parts ? t("page.quick.device_name", parts) : t("page.quick.device_plain");
}

export class QuickPerson extends Person {
  constructor(verification: Verification) {
    super({ quick, deviceName }, verification);
  }
}
