// QUICK as the portal's pages reach it.
import { createQuick } from "@couvert/ui/quick/quick.ts";

import { api, host } from "../host.ts";

export const quick = createQuick(host, api.client, "couvert.quick");
export const keptDevices = quick.kept;
export const openQuick = quick.open;
