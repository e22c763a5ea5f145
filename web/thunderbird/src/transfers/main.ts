import { begin } from "@couvert/addin/begin.ts";
import TransfersPage from "@couvert/addin/transfers/TransfersPage.svelte";

import { program } from "../program.ts";

void begin(TransfersPage, { program });
