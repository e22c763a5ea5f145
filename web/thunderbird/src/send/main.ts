import { begin } from "@couvert/addin/begin.ts";
import SendPage from "@couvert/addin/send/SendPage.svelte";

import { letterOf } from "../letter.ts";
import { program } from "../program.ts";

const tabId = Number(new URLSearchParams(location.search).get("tab"));
void begin(SendPage, { program, letter: letterOf(tabId) });
