import TransfersPage from "@couvert/addin/transfers/TransfersPage.svelte";

import { start } from "../start.ts";

await start(TransfersPage, () => ({}));
