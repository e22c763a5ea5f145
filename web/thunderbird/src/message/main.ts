import { begin } from "@couvert/addin/begin.ts";
import MessagePage from "@couvert/addin/message/MessagePage.svelte";

import { program } from "../program.ts";
import { shownOf } from "../shown.ts";

const messageId = Number(new URLSearchParams(location.search).get("message"));
void begin(MessagePage, { program, shown: shownOf(messageId) });
