import MessagePage from "@couvert/addin/message/MessagePage.svelte";

import { outlookShown } from "../shown.ts";
import { start } from "../start.ts";

await start(MessagePage, () => ({ shown: outlookShown() }));
