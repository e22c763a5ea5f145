import { begin } from "@couvert/addin/begin.ts";

import { program } from "../program.ts";
import LinkedPage from "./LinkedPage.svelte";

const tabId = Number(new URLSearchParams(location.search).get("tab"));
void begin(LinkedPage, { program, tabId });
